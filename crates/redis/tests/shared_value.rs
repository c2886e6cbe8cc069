//! Values that one process finds out for all.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use souk_redis::{Look, Redis, RedisOptions, SharedValue};
use souk_testkit::TestRedis;

const LONG: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn value_found_out_by_one_process_is_known_to_the_others() {
    let server = TestRedis::start();
    let options = RedisOptions {
        request_timeout: Duration::from_secs(20),
        ..RedisOptions::new(server.url())
    };
    let redis = Redis::open(&options).unwrap();
    assert!(redis.connected_within(options.request_timeout).await);
    let [one, other] = [(); 2].map(|()| SharedValue::new(redis.clone(), "outbox"));
    let another = SharedValue::new(redis, "another");

    assert_eq!(one.look(LONG).await.unwrap(), Look::Needed);
    assert_eq!(other.look(LONG).await.unwrap(), Look::Pending);
    assert_eq!(another.look(LONG).await.unwrap(), Look::Needed);
    one.share("3", LONG).await.unwrap();
    for process in [&one, &other] {
        assert_eq!(
            process.look(LONG).await.unwrap(),
            Look::Known("3".to_owned())
        );
    }
    // Gone at once, and so is the claim on finding it out.
    one.share("4", Duration::ZERO).await.unwrap();
    while other.look(LONG).await.unwrap() == Look::Known("4".to_owned()) {}
    assert_eq!(one.look(LONG).await.unwrap(), Look::Pending);
}
