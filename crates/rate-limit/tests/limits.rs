//! Quotas that several processes share, with a Redis that comes and goes.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use souk_rate_limit::{Limiter, Quota};
use souk_redis::{Redis, RedisOptions};
use souk_testkit::{TestRedis, shared_redis};

const TIMEOUT: Duration = Duration::from_secs(20);

/// Given back so slowly that none is during a test.
fn quota(max: u32) -> Quota {
    Quota::new(max, Duration::from_secs(86_400)).unwrap()
}

async fn connected(options: &RedisOptions) -> Redis {
    let redis = Redis::open(options).unwrap();
    assert!(redis.connected_within(TIMEOUT).await);
    redis
}

async fn allowed(limiter: &Limiter, times: u32) -> u32 {
    let mut allowed = 0;
    for _ in 0..times {
        allowed += u32::from(limiter.check("client").await.allowed);
    }
    allowed
}

#[tokio::test]
async fn processes_share_one_count_and_names_do_not() {
    let (url, prefix) = shared_redis();
    let options = RedisOptions {
        prefix,
        request_timeout: TIMEOUT,
        ..RedisOptions::new(url)
    };
    let (first, second) = (connected(&options).await, connected(&options).await);
    let one = Limiter::new("some", quota(10), Some(&first));
    let other = Limiter::new("some", quota(10), Some(&second));
    assert_eq!(allowed(&one, 7).await, 7);
    assert_eq!(allowed(&other, 7).await, 3);
    let refused = one.check("client").await;
    assert_eq!((refused.allowed, refused.remaining), (false, 0));
    // A tenth of the window, less what has passed.
    assert!(refused.retry_in <= Duration::from_secs(8_640) && refused.retry_in > Duration::ZERO);
    assert!(one.check("another").await.allowed);
    let apart = Limiter::new("others", quota(10), Some(&first));
    assert_eq!(allowed(&apart, 11).await, 10);
}

#[tokio::test]
async fn while_redis_is_away_the_process_counts_and_when_it_is_back_redis_does() {
    let mut server = TestRedis::start();
    let options = RedisOptions {
        request_timeout: TIMEOUT,
        ..RedisOptions::new(server.url())
    };
    let redis = connected(&options).await;
    let limiter = Limiter::new("some", quota(5), Some(&redis));
    assert_eq!(allowed(&limiter, 4).await, 4);

    server.kill();
    // Its own count has not begun yet. Nothing fails, whether the break was noticed before or is by one of these.
    assert_eq!(allowed(&limiter, 8).await, 5);

    server.restart();
    // The server has forgotten everything; the process would still refuse.
    let deadline = Instant::now() + TIMEOUT;
    while !limiter.check("client").await.allowed {
        assert!(
            Instant::now() < deadline,
            "it is not counted in Redis again"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(allowed(&limiter, 8).await, 4);
}
