//! Database, index and caches that a command works on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use souk_cache::Invalidator;
use souk_indexer::{Indexer, IndexerOptions};
use souk_redis::Redis;
use souk_search::IndexGenerations;
use souk_search::engines::tantivy::{TantivyIndex, TantivyOptions};
use souk_store::{DatabaseOptions, Store, Tenant};
use souk_telemetry::traces;

use super::elasticsearch::Cluster;
use super::purge::PurgedCdn;
use super::redis::RedisServer;

/// Database and index of the process.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Folder of the embedded database and index
    #[arg(long, env = "SOUK_DATA_DIR", default_value = "data", global = true)]
    data_dir: PathBuf,
    /// PostgreSQL instead of the embedded database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
    /// A statement that takes as many milliseconds is logged, without its values; 0 for none
    #[arg(
        long,
        env = "SOUK_SLOW_QUERY_MS",
        default_value_t = 1000,
        value_name = "MILLISECONDS",
        global = true
    )]
    slow_query_ms: u64,
    #[command(flatten)]
    cluster: Cluster,
    #[command(flatten)]
    redis: RedisServer,
    #[command(flatten)]
    cdn: PurgedCdn,
}

/// Tenants to work on.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Only the marketplace of this name; all of them if not given
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
}

impl Place {
    pub(super) async fn store(&self) -> anyhow::Result<Store> {
        let mut options = match &self.database_url {
            Some(url) => DatabaseOptions::new(url),
            None => DatabaseOptions::file(&self.data_dir.join("souk.db")),
        };
        let slow_query = Duration::from_millis(self.slow_query_ms);
        options.slow_query = (!slow_query.is_zero()).then_some(slow_query);
        let store = Store::connect(&options)
            .await
            .context("the database cannot be opened; `souk migrate` makes one")?;
        Ok(store.traced(traces::traceparent))
    }

    pub(super) async fn indexer(&self, options: IndexerOptions) -> anyhow::Result<Indexer> {
        self.indexer_of(self.store().await?, self.redis()?, options)
    }

    /// An indexer of an open database that tells caches over this Redis, and the CDN if there is one.
    pub(super) fn indexer_of(
        &self,
        store: Store,
        redis: Option<Redis>,
        options: IndexerOptions,
    ) -> anyhow::Result<Indexer> {
        let mut indexer = Indexer::new(store, self.index()?, options);
        if let Some(redis) = redis {
            indexer = indexer.invalidating(Invalidator::remote(redis));
        }
        if let Some(purger) = self.cdn.purger()? {
            indexer = indexer.purging(purger);
        }
        Ok(indexer)
    }

    /// Data folder, if any file is used.
    pub(super) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The Redis that the API's processes share their cache in, if there is one.
    pub(super) fn redis(&self) -> anyhow::Result<Option<Redis>> {
        self.redis.open()
    }

    /// Invalidator of caches, if there is Redis.
    pub(super) fn invalidator(&self) -> anyhow::Result<Option<Invalidator>> {
        Ok(self.redis()?.map(Invalidator::remote))
    }

    pub(super) fn index(&self) -> anyhow::Result<Arc<dyn IndexGenerations>> {
        if let Some(index) = self.cluster.index()? {
            return Ok(Arc::new(index));
        }
        let options = TantivyOptions::new(self.data_dir.join("index"));
        Ok(Arc::new(TantivyIndex::open(options)?))
    }
}

impl Which {
    pub(super) async fn tenants(&self, store: &Store) -> anyhow::Result<Vec<Tenant>> {
        let Some(slug) = &self.tenant else {
            return Ok(store.tenants().list().await?);
        };
        match store.tenants().by_slug(slug).await? {
            Some(tenant) => Ok(vec![tenant]),
            None => bail!("there is no marketplace {slug}; `souk tenant list` shows them"),
        }
    }
}
