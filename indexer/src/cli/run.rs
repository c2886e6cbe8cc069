//! `souk-indexer run` and `drain`.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;
use souk_config::{Given, IndexerFlags, RunFlags};
use souk_indexer::metrics::{DatabaseMetrics, RedisMetrics};
use souk_telemetry::{DiskMetrics, Exporter};
use tokio::net::TcpListener;

use super::{place::Place, stop_signal};

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    indexer: IndexerFlags,
    #[command(flatten)]
    metrics: RunFlags,
}

impl RunArgs {
    pub(super) fn given(&self) -> Vec<Given> {
        let mut given = self.indexer.given();
        given.extend(self.metrics.given());
        given
    }

    pub(super) async fn run(self, place: &Place) -> anyhow::Result<()> {
        let metrics = match place.config().metrics.address() {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let (store, redis) = (place.store().await?, place.redis()?);
        let indexer = place.indexer_of(store.clone(), redis.clone())?;
        let stop = stop_signal()?;
        let serving = metrics.map(|listener| {
            let mut exporter = Exporter::new();
            indexer.metrics().register(exporter.registry());
            if let Some(redis) = redis {
                RedisMetrics::register(redis, exporter.registry());
            }
            DiskMetrics::register(place.config().data.dir.clone(), exporter.registry());
            DatabaseMetrics::register(store, &mut exporter);
            tokio::spawn(exporter.serve(listener, stop.clone()))
        });
        if indexer.prepare_in_time(&stop).await {
            tracing::info!("indexing changes; stop with Ctrl-C");
            indexer.run(stop).await;
        }
        if let Some(serving) = serving {
            serving.await.context("the metrics' listener broke down")?;
        }
        Ok(())
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen for metrics on {address}; choose another with SOUK_METRICS_LISTEN")
    })?;
    tracing::info!(address = %listener.local_addr()?, "metrics are served");
    Ok(listener)
}
