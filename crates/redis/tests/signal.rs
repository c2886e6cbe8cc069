//! A word among processes.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use souk_redis::{Redis, RedisOptions, Signal};
use souk_testkit::TestRedis;
use tokio::{sync::watch, time};

const TIMEOUT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_signal_is_heard_by_others_also_after_the_server_was_killed() {
    let mut server = TestRedis::start();
    let open = || Redis::open(&RedisOptions::new(server.url())).unwrap();
    let (giver, other) = (open(), Signal::new(open(), "other"));
    assert!(giver.connected_within(TIMEOUT).await);
    let signal = Signal::new(giver.clone(), "it");
    let listener = Signal::new(open(), "it");
    let (heard, mut times) = watch::channel(0_u32);
    tokio::spawn(async move {
        listener
            .listen(|| heard.send_modify(|times| *times += 1))
            .await;
    });
    let mut wait = async |count: u32| {
        let heard = times.wait_for(|times| *times >= count);
        time::timeout(TIMEOUT, heard).await.unwrap().unwrap();
    };
    // Once for the subscription.
    wait(1).await;
    other.send().await.ok();
    signal.send().await.unwrap();
    wait(2).await;

    server.kill();
    server.restart();
    // What was given meanwhile may be lost, so that a new subscription counts as one.
    wait(3).await;
}
