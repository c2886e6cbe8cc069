//! The connection to a Redis that comes and goes.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use redis::cmd;
use souk_redis::{Connected, Redis, RedisFailure, RedisOptions};
use souk_testkit::TestRedis;

const TIMEOUT: Duration = Duration::from_secs(20);

async fn echo(redis: &Redis) -> Result<String, RedisFailure> {
    redis
        .execute(|Connected { mut connection, .. }| async move {
            cmd("ECHO").arg("hello").query_async(&mut connection).await
        })
        .await
}

async fn wait_for_echo(redis: &Redis) {
    let deadline = Instant::now() + TIMEOUT;
    while echo(redis).await.is_err() {
        assert!(Instant::now() < deadline, "it is not connected again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn it_connects_again_after_the_server_was_killed() {
    let mut server = TestRedis::start();
    let redis = Redis::open(&RedisOptions::new(server.url())).unwrap();
    assert!(redis.connected_within(TIMEOUT).await);
    assert_eq!(echo(&redis).await.unwrap(), "hello");
    let before = redis
        .execute(|connected| async move { Ok(connected.run_id) })
        .await;

    server.kill();
    let deadline = Instant::now() + TIMEOUT;
    while !matches!(echo(&redis).await, Err(RedisFailure::Disconnected)) {
        assert!(Instant::now() < deadline, "nobody noticed");
    }
    server.restart();
    wait_for_echo(&redis).await;

    let after = redis
        .execute(|connected| async move { Ok(connected.run_id) })
        .await;
    assert_ne!(before.unwrap(), after.unwrap());
}

#[tokio::test]
async fn a_server_that_is_away_at_the_start_is_found_later() {
    let mut server = TestRedis::start();
    server.kill();
    let redis = Redis::open(&RedisOptions::new(server.url())).unwrap();
    assert!(matches!(
        echo(&redis).await,
        Err(RedisFailure::Disconnected)
    ));
    server.restart();
    wait_for_echo(&redis).await;
}

#[tokio::test]
async fn a_server_that_hangs_is_waited_for_once() {
    let server = TestRedis::start();
    let options = RedisOptions {
        request_timeout: Duration::from_millis(20),
        ..RedisOptions::new(server.url())
    };
    let redis = Redis::open(&options).unwrap();
    assert!(redis.connected_within(TIMEOUT).await);
    redis
        .execute(|Connected { mut connection, .. }| async move {
            cmd("CLIENT")
                .arg("PAUSE")
                .arg(500)
                .query_async::<()>(&mut connection)
                .await
        })
        .await
        .unwrap();
    assert!(matches!(echo(&redis).await, Err(RedisFailure::Timeout(_))));
    assert!(matches!(
        echo(&redis).await,
        Err(RedisFailure::Disconnected)
    ));
    wait_for_echo(&redis).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn connection_with_keepalive_is_probed_by_the_kernel() {
    let server = TestRedis::start();
    for (keepalive, probed) in [(Some(Duration::from_secs(60)), true), (None, false)] {
        let options = RedisOptions {
            keepalive,
            ..RedisOptions::new(server.url())
        };
        let redis = Redis::open(&options).unwrap();
        assert!(redis.connected_within(TIMEOUT).await);
        let own = redis
            .execute(|Connected { mut connection, .. }| async move {
                let mut info = cmd("CLIENT");
                info.arg("INFO");
                info.query_async::<String>(&mut connection).await
            })
            .await
            .unwrap();
        let address = own.split(' ').find_map(|field| field.strip_prefix("addr="));
        let port = address.unwrap().rsplit(':').next().unwrap();
        let port = format!(":{:04X}", port.parse::<u16>().unwrap());
        let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let socket = sockets.lines().find(|line| {
            let local = line.split_whitespace().nth(1);
            local.is_some_and(|local| local.ends_with(&port))
        });
        // The sixth field is the timer that runs: 02 is that of probes.
        let timer = socket.unwrap().split_whitespace().nth(5).unwrap();
        assert_eq!(timer.starts_with("02:"), probed, "{timer}");
    }
}
