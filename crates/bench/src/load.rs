//! Clients that ask as fast as they are answered.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::{http::Connection, latencies::Latencies};

/// What some clients saw together.
#[derive(Debug, Default)]
pub(crate) struct Load {
    pub(crate) latencies: Latencies,
    pub(crate) elapsed: Duration,
}

impl Load {
    /// Answers a second.
    pub(crate) fn throughput(&self) -> f64 {
        self.latencies.count() as f64 / self.elapsed.as_secs_f64()
    }

    /// Adds another round.
    pub(crate) fn extend(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.elapsed += other.elapsed;
    }
}

/// Lets clients ask for the paths, over and over, each beginning elsewhere in the list.
pub(crate) async fn run(
    address: SocketAddr,
    paths: &Arc<[String]>,
    clients: usize,
    duration: Duration,
) -> Result<Load> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(address).await?);
    }
    let begun = Instant::now();
    let mut asking = JoinSet::new();
    for (client, mut connection) in connections.into_iter().enumerate() {
        let paths = Arc::clone(paths);
        let first = client * paths.len() / clients;
        asking.spawn(async move {
            let mut latencies = Latencies::default();
            for path in paths.iter().cycle().skip(first) {
                let asked = Instant::now();
                if asked - begun >= duration {
                    break;
                }
                connection.get(path).await?;
                latencies.add(asked.elapsed());
            }
            Ok::<_, anyhow::Error>(latencies)
        });
    }
    let mut load = Load::default();
    while let Some(latencies) = asking.join_next().await {
        load.latencies.extend(latencies??);
    }
    load.elapsed = begun.elapsed();
    Ok(load)
}
