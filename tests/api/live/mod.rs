//! Live updates through HTTP: who is told of what, resuming, limits and ends.

mod connections;
mod orders;
mod products;
mod watches;

use std::{io, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use serde_json::Value;
use souk::live::LiveOptions;
use tokio::time::timeout;

use crate::shop::{ADMIN_KEY, Shop};

/// Longest time that a test waits for an event.
const DEADLINE: Duration = Duration::from_secs(30);

/// Limits with pauses that a test can wait for.
fn options() -> LiveOptions {
    LiveOptions {
        heartbeat: Duration::from_millis(20),
        recheck: Duration::ZERO,
        poll: Duration::from_millis(50),
        ..LiveOptions::default()
    }
}

fn admin() -> String {
    format!("Bearer {ADMIN_KEY}")
}

/// An open connection.
struct Connection {
    parts: BoxStream<'static, Result<Bytes, io::Error>>,
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    id: Option<i64>,
    kind: String,
    data: Value,
}

/// A part of a stream.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Event(Told),
    /// A comment, after which nothing waits.
    Heartbeat,
    /// Time until a client connects again.
    Retry,
}

impl Connection {
    /// Connects, and reads the first event.
    async fn open(shop: &Shop, path: &str, headers: &[(&str, &str)]) -> Self {
        let response = shop.open_stream(path, headers).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("cache-control", "no-store"),
            ("x-accel-buffering", "no"),
        ] {
            assert_eq!(response.header(name), Some(value), "{path}");
        }
        assert_eq!(response.header("content-encoding"), None, "{path}");
        let mut connection = Self::of(response.into_body().into_bytes_stream());
        assert_eq!(connection.part().await, Some(Part::Retry), "{path}");
        connection
    }

    fn of(parts: impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static) -> Self {
        Self {
            parts: parts.boxed(),
        }
    }

    /// Reads what comes next; none at the end.
    async fn part(&mut self) -> Option<Part> {
        let part = timeout(DEADLINE, self.parts.next()).await;
        let part = part.expect("nothing came in time")?.unwrap();
        Some(read(std::str::from_utf8(&part).unwrap()))
    }

    /// Reads the next event.
    async fn next(&mut self) -> Told {
        loop {
            match self.part().await.expect("the stream has ended") {
                Part::Event(told) => return told,
                Part::Heartbeat | Part::Retry => {}
            }
        }
    }

    /// Reads up to the next event of a kind.
    async fn until(&mut self, kind: &str) -> Told {
        loop {
            let told = self.next().await;
            if told.kind == kind {
                return told;
            }
        }
    }

    /// Reads the events that wait, up to the next heartbeat.
    async fn waiting(&mut self) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            match self.part().await.expect("the stream has ended") {
                Part::Event(told) => all.push(told),
                Part::Heartbeat => return all,
                Part::Retry => {}
            }
        }
    }

    /// Reads up to the end.
    async fn ends(mut self) {
        while self.part().await.is_some() {}
    }
}

/// Reads a part, as a browser does.
fn read(part: &str) -> Part {
    assert!(part.ends_with("\n\n"), "{part:?}");
    let field = |name: &str| {
        let mut lines = part.lines();
        lines.find_map(|line| line.strip_prefix(&format!("{name}: ")))
    };
    if part.starts_with(':') {
        return Part::Heartbeat;
    }
    if field("retry").is_some() {
        return Part::Retry;
    }
    Part::Event(Told {
        id: field("id").map(|id| id.parse().unwrap()),
        kind: field("event").unwrap().to_owned(),
        data: serde_json::from_str(field("data").unwrap()).unwrap(),
    })
}

/// Kinds of events.
fn kinds(all: &[Told]) -> Vec<&str> {
    all.iter().map(|told| told.kind.as_str()).collect()
}
