use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use souk_cache::Invalidator;
use souk_indexer::{Indexer, IndexerOptions};
use souk_search::IndexGenerations;
use souk_search::tantivy::{TantivyIndex, TantivyOptions};
use souk_store::{DatabaseOptions, Store, Tenant};

use super::elasticsearch::Cluster;
use super::purge::PurgedCdn;
use super::redis::RedisServer;

/// Where database and index are.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Folder of the embedded database and index
    #[arg(long, env = "SOUK_DATA_DIR", default_value = "data", global = true)]
    data_dir: PathBuf,
    /// PostgreSQL instead of the embedded database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
    #[command(flatten)]
    cluster: Cluster,
    #[command(flatten)]
    redis: RedisServer,
    #[command(flatten)]
    cdn: PurgedCdn,
}

/// Which marketplaces.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Only the marketplace of this name; all of them if not given
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
}

impl Place {
    pub(super) async fn store(&self) -> anyhow::Result<Store> {
        let options = match &self.database_url {
            Some(url) => DatabaseOptions::new(url),
            None => DatabaseOptions::file(&self.data_dir.join("souk.db")),
        };
        Store::connect(&options)
            .await
            .context("the database cannot be opened; `souk migrate` makes one")
    }

    pub(super) async fn indexer(&self, options: IndexerOptions) -> anyhow::Result<Indexer> {
        let mut indexer = Indexer::new(self.store().await?, self.index()?, options);
        if let Some(invalidator) = self.invalidator()? {
            indexer = indexer.invalidating(invalidator);
        }
        if let Some(purger) = self.cdn.purger()? {
            indexer = indexer.purging(purger);
        }
        Ok(indexer)
    }

    /// What tells caches of changes, if there is Redis.
    pub(super) fn invalidator(&self) -> anyhow::Result<Option<Invalidator>> {
        self.redis.invalidator()
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
