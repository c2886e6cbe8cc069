//! Database, index and caches that a command works on.

use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use souk_cache::{Invalidator, Purger};
use souk_config::Config;
use souk_indexer::{Indexer, connections};
use souk_redis::Redis;
use souk_search::IndexGenerations;
use souk_search::engines::elasticsearch::ElasticsearchIndex;
use souk_search::engines::tantivy::{TantivyIndex, TantivyOptions};
use souk_store::{Store, Tenant};
use souk_telemetry::traces;

/// Database, index and caches of the process, by its settings.
#[derive(Debug)]
pub(super) struct Place {
    config: Config,
}

/// Tenants to work on.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Only the marketplace of this name; all of them if not given
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
}

impl Place {
    pub(super) fn new(config: Config) -> Self {
        Self { config }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) async fn store(&self) -> anyhow::Result<Store> {
        let options = connections::database(&self.config, "souk-indexer");
        let store = Store::connect(&options)
            .await
            .context("the database cannot be opened; `souk migrate` makes one")?;
        Ok(store.traced(traces::traceparent))
    }

    pub(super) async fn indexer(&self) -> anyhow::Result<Indexer> {
        self.indexer_of(self.store().await?, self.redis()?)
    }

    /// Creates an indexer of an open database that invalidates caches over this Redis, and purges the CDN if any.
    pub(super) fn indexer_of(&self, store: Store, redis: Option<Redis>) -> anyhow::Result<Indexer> {
        let mut indexer = Indexer::new(store, self.index()?, self.config.indexer.clone())
            .embedding(connections::embedder(&self.config));
        if let Some(redis) = redis {
            indexer = indexer.invalidating(Invalidator::remote(redis));
        }
        let purging = connections::purging(&self.config.cdn).context("CDN_PURGE_URL")?;
        if let Some(options) = purging {
            indexer = indexer.purging(Purger::start(options)?);
        }
        Ok(indexer)
    }

    /// Begins to connect to the Redis in which the API's processes share their cache; `None` without one.
    pub(super) fn redis(&self) -> anyhow::Result<Option<Redis>> {
        let options = connections::redis(&self.config.cache).context("REDIS_URL")?;
        Ok(options.as_ref().map(Redis::open).transpose()?)
    }

    /// Returns the invalidator of caches, if there is Redis.
    pub(super) fn invalidator(&self) -> anyhow::Result<Option<Invalidator>> {
        Ok(self.redis()?.map(Invalidator::remote))
    }

    pub(super) fn index(&self) -> anyhow::Result<Arc<dyn IndexGenerations>> {
        let cluster = connections::elasticsearch(&self.config).context("ELASTICSEARCH_URL")?;
        if let Some(options) = cluster {
            return Ok(Arc::new(ElasticsearchIndex::new(options)?));
        }
        let options = TantivyOptions::new(self.config.data.index_dir());
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
