//! The running service: database, engine, indexer and HTTP, started and stopped together.

use std::sync::Arc;

use anyhow::Context;
use souk_cache::{Cache, Feed, Redis};
use souk_indexer::Indexer;
use souk_search::{
    IndexGenerations, SearchEngine,
    database::DatabaseEngine,
    elasticsearch::ElasticsearchIndex,
    tantivy::{TantivyIndex, TantivyOptions},
};
use souk_store::{Backend, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    analytics::Analytics,
    app::{self, App, Guards, Parts},
    backlog::OutboxBacklog,
    config::{Config, InProcess},
    error::ApiError,
    http::{self, AdminKey, RateLimit, RateLimits, Strictness},
    marketplaces::Marketplaces,
    opening::{self, ChosenKey, DataFolder},
    search_configs::SearchConfigs,
    search_gateway::SearchGateway,
    sessions::Sessions,
    suggested::SuggestedQueries,
};

/// A service whose parts are open; nothing is served or indexed yet.
pub struct Service {
    config: Config,
    store: Store,
    index: Index,
    redis: Option<Redis>,
    cache: Cache<ApiError>,
    analytics: Analytics,
    suggested: SuggestedQueries,
    admin_key: ChosenKey,
    is_new: bool,
    _folder: Option<DataFolder>,
}

/// The index, as reader and as writer.
struct Index {
    engine: Arc<dyn SearchEngine>,
    writer: Arc<dyn IndexGenerations>,
    is_embedded: bool,
}

impl Index {
    fn open(config: &Config) -> anyhow::Result<Self> {
        let timeout = config.search.gateway().timeout;
        if let Some(options) = config.elasticsearch.options(timeout)? {
            let index = Arc::new(ElasticsearchIndex::new(options)?);
            return Ok(Self {
                engine: index.clone(),
                writer: index,
                is_embedded: false,
            });
        }
        let folder = config.data.index_dir();
        let index = TantivyIndex::open(TantivyOptions::new(&folder)).with_context(|| {
            format!(
                "the index in {} cannot be opened; deleted, it is made anew from the database",
                folder.display()
            )
        })?;
        let index = Arc::new(index);
        Ok(Self {
            engine: index.clone(),
            writer: index,
            is_embedded: true,
        })
    }
}

impl Service {
    /// Takes the data folder if anything lies in it, brings the schema up to date and opens database and index.
    ///
    /// # Errors
    /// If any of it fails; the message says what to do.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        let is_embedded = config.database.url.is_none() || config.elasticsearch.url.is_none();
        let folder = is_embedded
            .then(|| DataFolder::lock(&config.data))
            .transpose()?;
        let store = opening::store(&config).await?;
        let redis = config.cache.redis()?;
        let redis = redis.as_ref().map(Redis::open).transpose()?;
        Ok(Self {
            index: Index::open(&config)?,
            cache: Cache::new(&config.cache.options(), redis.clone()),
            redis,
            admin_key: opening::admin_key(&config)?,
            is_new: opening::add_first_marketplace(&store).await?,
            analytics: Analytics::new(store.clone()),
            suggested: SuggestedQueries::new(store.clone()),
            config,
            store,
            _folder: folder,
        })
    }

    /// Whether this is the first start: the marketplace was just added.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The key of the admin API.
    pub fn admin_key(&self) -> &ChosenKey {
        &self.admin_key
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether this process brings changes to the index.
    pub fn indexes(&self) -> bool {
        match self.config.indexer.in_process {
            InProcess::Auto => self.index.is_embedded || self.store.backend() == Backend::Sqlite,
            InProcess::Yes => true,
            InProcess::No => false,
        }
    }

    /// An indexer between the database and the index.
    pub fn indexer(&self) -> Indexer {
        Indexer::new(
            self.store.clone(),
            Arc::clone(&self.index.writer),
            self.config.indexer.options(),
        )
        .invalidating(self.cache.invalidator())
    }

    /// Where this process hears of changes from.
    fn feed(&self) -> Feed {
        let is_alone = self.index.is_embedded || self.store.backend() == Backend::Sqlite;
        match &self.redis {
            // Nobody else indexes what is in the folder that we hold.
            _ if is_alone && self.indexes() => Feed::Here,
            Some(_) => Feed::Redis,
            None => Feed::None,
        }
    }

    /// What handlers need; `shutdown` is cancelled when they have to end.
    pub fn app(&self, shutdown: CancellationToken) -> App {
        let engine = Arc::clone(&self.index.engine);
        let fallback = Arc::new(DatabaseEngine::new(self.store.connection().clone()));
        App::new(Parts {
            search: SearchGateway::new(engine, fallback, &self.config.search.gateway()),
            redis: self.redis.clone(),
            cache: self.cache.clone(),
            compression: self.config.server.compression,
            marketplaces: Marketplaces::new(self.store.clone()),
            analytics: self.analytics.clone(),
            suggested: self.suggested.clone(),
            sessions: Sessions::new(self.store.clone()),
            search_configs: Arc::new(SearchConfigs::new(self.store.clone(), self.redis.clone())),
            admin_key: AdminKey::new(&self.admin_key.key),
            index: Arc::clone(&self.index.writer),
            store: self.store.clone(),
            shutdown,
        })
    }

    /// What stands between the crowd and the handlers.
    ///
    /// # Errors
    /// If the configuration cannot be used.
    fn guards(&self) -> anyhow::Result<Guards> {
        let limits = self
            .config
            .rate_limit
            .options()?
            .map_or_else(RateLimits::default, |options| {
                RateLimits::new(&options, self.redis.as_ref())
            });
        Ok(Guards {
            requests: self.config.server.requests(),
            rate_limit: RateLimit {
                limits,
                proxies: self.config.proxy.trusted()?,
            },
            cors: self.config.cors.cors()?,
            strictness: Strictness::new(self.config.security.hsts_max_age_secs),
        })
    }

    /// Serves and indexes until told to stop: then requests in flight are finished, and after them the batch being indexed.
    ///
    /// # Errors
    /// If the database cannot be closed, or the indexer broke down.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        if self.store.backend() == Backend::Sqlite {
            // We hold the folder, so whoever claimed rows or jobs of its database is dead.
            self.store.outbox().release_all().await?;
            self.store.job_queue().release_all().await?;
        }
        let indexing_ends = CancellationToken::new();
        let indexing = if self.indexes() {
            let (indexer, ends) = (self.indexer(), indexing_ends.clone());
            Some(tokio::spawn(async move {
                if indexer.prepare_in_time(&ends).await {
                    indexer.run(ends).await;
                }
            }))
        } else {
            None
        };

        let guards = self.guards()?;
        tokio::spawn(guards.rate_limit.limits.clone().sweep(shutdown.clone()));
        let backlog = OutboxBacklog(self.store.clone());
        let feeding = self
            .feed()
            .run(self.cache.clone(), backlog, indexing_ends.clone());
        let feeding = tokio::spawn(feeding);
        tokio::spawn(self.suggested.clone().run(shutdown.clone()));
        let counting_ends = CancellationToken::new();
        let counting = tokio::spawn(self.analytics.clone().run(counting_ends.clone()));

        let app = self.app(shutdown.clone());
        let configs = Arc::clone(&app.search_configs);
        let following = {
            let ends = shutdown.clone();
            tokio::spawn(async move { configs.follow(ends).await })
        };
        let endpoint = app::endpoint(app, guards);
        http::serve(
            listener,
            endpoint,
            self.config.server.connections(),
            shutdown,
        )
        .await;

        // Nobody searches any more.
        counting_ends.cancel();
        indexing_ends.cancel();
        counting.await.context("counting broke down")?;
        if let Some(indexing) = indexing {
            indexing.await.context("the indexer broke down")?;
        }
        feeding.await.context("the cache's feed broke down")?;
        following
            .await
            .context("the search configurations broke down")?;
        Ok(self.store.close().await?)
    }
}
