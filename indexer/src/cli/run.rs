//! `souk-indexer run` and `drain`.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;
use souk_indexer::{
    IndexerOptions,
    metrics::{DatabaseMetrics, RedisMetrics},
};
use souk_telemetry::{DiskMetrics, Exporter};
use tokio::net::TcpListener;

use super::{place::Place, stop_signal};

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    options: IndexerOptions,
    /// Address and port on which Prometheus finds `/metrics`, such as 127.0.0.1:9464; none if not given
    #[arg(long, env = "SOUK_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,
}

impl RunArgs {
    pub(super) async fn run(self, place: &Place) -> anyhow::Result<()> {
        self.options.check()?;
        let metrics = match self.metrics_address()? {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let (store, redis) = (place.store().await?, place.redis()?);
        let indexer = place.indexer_of(store.clone(), redis.clone(), self.options)?;
        let stop = stop_signal()?;
        let serving = metrics.map(|listener| {
            let mut exporter = Exporter::new();
            indexer.metrics().register(exporter.registry());
            if let Some(redis) = redis {
                RedisMetrics::register(redis, exporter.registry());
            }
            DiskMetrics::register(place.data_dir().to_owned(), exporter.registry());
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

    /// An empty one counts as none.
    fn metrics_address(&self) -> anyhow::Result<Option<SocketAddr>> {
        let given = self.metrics_listen.as_deref().unwrap_or_default();
        if given.is_empty() {
            return Ok(None);
        }
        let address = given.parse().with_context(|| {
            format!("SOUK_METRICS_LISTEN is an address with a port, and not `{given}`")
        })?;
        Ok(Some(address))
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen for metrics on {address}; choose another with SOUK_METRICS_LISTEN")
    })?;
    tracing::info!(address = %listener.local_addr()?, "metrics are served");
    Ok(listener)
}
