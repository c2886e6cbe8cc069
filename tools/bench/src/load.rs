//! Clients that ask as fast as they are answered.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use crate::{http::Connection, latencies::Latencies};

/// Results of several clients together.
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
    let connections = connect(address, clients).await?;
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
    gather(asking, begun).await
}

/// Lets clients ask together for all of the paths, once and then again until the time is over. However fast the answers
/// are, each path is asked for as often as any other: so what two servers say to the same paths can be compared.
pub(crate) async fn rounds(
    address: SocketAddr,
    paths: &Arc<[String]>,
    clients: usize,
    duration: Duration,
) -> Result<Load> {
    ensure!(!paths.is_empty(), "there is nothing to ask for");
    let mut load = round(address, paths, clients).await?;
    while load.elapsed < duration {
        load.extend(round(address, paths, clients).await?);
    }
    Ok(load)
}

async fn round(address: SocketAddr, paths: &Arc<[String]>, clients: usize) -> Result<Load> {
    let connections = connect(address, clients).await?;
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut asking = JoinSet::new();
    for mut connection in connections {
        let (paths, next) = (Arc::clone(paths), Arc::clone(&next));
        asking.spawn(async move {
            let mut latencies = Latencies::default();
            while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                let asked = Instant::now();
                connection.get(path).await?;
                latencies.add(asked.elapsed());
            }
            Ok::<_, anyhow::Error>(latencies)
        });
    }
    gather(asking, begun).await
}

async fn connect(address: SocketAddr, clients: usize) -> Result<Vec<Connection>> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(address).await?);
    }
    Ok(connections)
}

async fn gather(mut asking: JoinSet<Result<Latencies>>, begun: Instant) -> Result<Load> {
    let mut load = Load::default();
    while let Some(latencies) = asking.join_next().await {
        load.latencies.extend(latencies??);
    }
    load.elapsed = begun.elapsed();
    Ok(load)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, net::Ipv4Addr, sync::Mutex};

    use poem::{EndpointExt, Request, Route, Server, endpoint::make_sync, listener::TcpAcceptor};

    use super::*;

    #[tokio::test]
    async fn every_path_is_asked_for_equally_often() {
        let asked: Arc<Mutex<BTreeMap<String, u32>>> = Arc::default();
        let seen = Arc::clone(&asked);
        let answer = make_sync(move |request: Request| {
            *seen
                .lock()
                .unwrap()
                .entry(request.uri().to_string())
                .or_default() += 1;
        });
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
        tokio::spawn(
            Server::new_with_acceptor(acceptor).run(Route::new().at("/*path", answer.boxed())),
        );

        let paths: Arc<[String]> = (0..13).map(|number| format!("/{number}")).collect();
        let load = rounds(address, &paths, 3, Duration::ZERO).await.unwrap();
        assert_eq!(load.latencies.count(), 13);
        let load = rounds(address, &paths, 3, Duration::from_millis(20)).await;
        let times = 1 + load.unwrap().latencies.count() / 13;
        let counts = asked.lock().unwrap();
        assert_eq!(counts.len(), 13);
        assert!(counts.values().all(|count| *count as usize == times));
    }
}
