//! Measures the fan-out of events to many readers: resident memory, and the time from publishing to the last reader.
//!
//! `cargo run --release -p souk-live --example fan_out -- 10000 200` takes the number of readers and of events.

// A measurement reports to its terminal, and gives up where it cannot go on.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use souk_live::{Frame, Hub};
use tokio::sync::mpsc;

/// Products that each reader watches.
const WATCHED: u64 = 20;

fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or_default()
        * 1_024
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let place = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[place]
}

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|it| it.parse().unwrap());
    let readers: u64 = arguments.next().unwrap_or(10_000);
    let events: u64 = arguments.next().unwrap_or(200);

    let before = resident_bytes();
    let hub: Hub<u64> = Hub::new(64);
    let received = Arc::new(AtomicU64::new(0));
    let (all_have_read, mut done) = mpsc::unbounded_channel();
    for reader in 0..readers {
        // All watch topic 0, and some of their own.
        let own = (1..WATCHED).map(|place| 1 + (reader * WATCHED + place) % 50_000);
        let mut subscription = hub.subscribe(own.chain([0]));
        let (received, all_have_read) = (Arc::clone(&received), all_have_read.clone());
        tokio::spawn(async move {
            while subscription.next().await.is_ok() {
                if received.fetch_add(1, Ordering::Relaxed) + 1 == readers {
                    received.store(0, Ordering::Relaxed);
                    all_have_read.send(Instant::now()).unwrap();
                }
            }
        });
    }
    let connected = resident_bytes();

    let data = format!(r#"{{"id":1,"note":"{}"}}"#, "x".repeat(200));
    let mut times = Vec::new();
    for position in 0..events {
        let began = Instant::now();
        let frame = Frame::new(Some(position as i64), "product.changed", &data);
        assert_eq!(hub.publish(&0, &frame) as u64, readers);
        let ended = done.recv().await.unwrap();
        times.push(ended - began);
    }
    times.sort();
    let after = resident_bytes();

    // Nobody reads: every queue is as full as it gets, and its reader is then dropped.
    let full: Vec<_> = (0..readers).map(|_| hub.subscribe([u64::MAX])).collect();
    for position in 0..64 {
        let frame = Frame::new(Some(position), "product.changed", &data);
        hub.publish(&u64::MAX, &frame);
    }
    let filled = resident_bytes();
    drop(full);

    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!("readers             {readers}, each of {WATCHED} topics");
    println!(
        "memory, connected   {:.1} MB",
        megabytes(connected - before)
    );
    println!(
        "memory, after       {:.1} MB",
        megabytes(after.saturating_sub(before))
    );
    println!(
        "memory, queues full {:.1} MB more",
        megabytes(filled.saturating_sub(after))
    );
    println!("fan-out p50         {:?}", percentile(&times, 50));
    println!("fan-out p99         {:?}", percentile(&times, 99));
    println!("fan-out longest     {:?}", percentile(&times, 100));
}
