//! The connection to a Redis that comes and goes.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use redis::cmd;
use souk_cache::{Connected, Redis, RedisFailure, RedisOptions};
use souk_testkit::TestRedis;

const PATIENCE: Duration = Duration::from_secs(20);

async fn echo(redis: &Redis) -> Result<String, RedisFailure> {
    redis
        .ask(|Connected { mut connection, .. }| async move {
            cmd("ECHO").arg("hello").query_async(&mut connection).await
        })
        .await
}

async fn wait_for_echo(redis: &Redis) {
    let deadline = Instant::now() + PATIENCE;
    while echo(redis).await.is_err() {
        assert!(Instant::now() < deadline, "it is not connected again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn it_connects_again_after_the_server_was_killed() {
    let mut server = TestRedis::start();
    let redis = Redis::open(&RedisOptions::new(server.url())).unwrap();
    assert!(redis.connected_within(PATIENCE).await);
    assert_eq!(echo(&redis).await.unwrap(), "hello");
    let before = redis
        .ask(|connected| async move { Ok(connected.run_id) })
        .await;

    server.kill();
    let deadline = Instant::now() + PATIENCE;
    while !matches!(echo(&redis).await, Err(RedisFailure::Away)) {
        assert!(Instant::now() < deadline, "nobody noticed");
    }
    server.restart();
    wait_for_echo(&redis).await;

    let after = redis
        .ask(|connected| async move { Ok(connected.run_id) })
        .await;
    assert_ne!(before.unwrap(), after.unwrap());
}

#[tokio::test]
async fn a_server_that_is_away_at_the_start_is_found_later() {
    let mut server = TestRedis::start();
    server.kill();
    let redis = Redis::open(&RedisOptions::new(server.url())).unwrap();
    assert!(matches!(echo(&redis).await, Err(RedisFailure::Away)));
    server.restart();
    wait_for_echo(&redis).await;
}

#[tokio::test]
async fn a_server_that_hangs_is_waited_for_once() {
    let server = TestRedis::start();
    let options = RedisOptions {
        patience: Duration::from_millis(20),
        ..RedisOptions::new(server.url())
    };
    let redis = Redis::open(&options).unwrap();
    assert!(redis.connected_within(PATIENCE).await);
    redis
        .ask(|Connected { mut connection, .. }| async move {
            cmd("CLIENT")
                .arg("PAUSE")
                .arg(500)
                .query_async::<()>(&mut connection)
                .await
        })
        .await
        .unwrap();
    assert!(matches!(echo(&redis).await, Err(RedisFailure::Late(_))));
    assert!(matches!(echo(&redis).await, Err(RedisFailure::Away)));
    wait_for_echo(&redis).await;
}
