//! The running service: database, engine, indexer and HTTP, started and stopped together.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use souk_accounts::AccountService;
use souk_cache::{Cache, HotKeyStore, HotKeys, InvalidationListener, Purger};
use souk_commerce::CommerceService;
use souk_embeddings::Embedder;
use souk_indexer::{Indexer, connections};
use souk_mail::{MailSender, Transport};
use souk_redis::Redis;
use souk_search::{
    IndexGenerations, SearchEngine,
    engines::elasticsearch::ElasticsearchIndex,
    engines::sql::SqlEngine,
    engines::tantivy::{TantivyIndex, TantivyOptions},
};
use souk_search_service::{
    Analytics, QueryIdSigner, QueryUnderstandings, QueryVectors, SearchConfigs, SearchGateway,
    SearchService, SuggestedQueries, TenantDirectory, VisitorHasher,
};
use souk_store::{Backend, Store};
use souk_telemetry::DiskMetrics;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    accounts_tidying,
    admin_key::AdminKey,
    agents::Agents,
    api_keys::{ApiKeyDirectory, RefusedKeys},
    backlog::OutboxBacklog,
    cdn::Cdn,
    config::{
        AccountsSection, AgentsSection, CacheSection, CdnSection, Config, CorsSection, FeedSection,
        InProcess, LiveSection, ProxySection, RateLimitSection, SearchSection, ServerSection,
    },
    error::ApiError,
    event_sinks,
    feeds::Feeds,
    http::{self, RateLimit, RateLimits, RequestMetrics, SecurityHeaders},
    imports::{ImportRunner, ImportService},
    live::{Live, LiveOptions, watch_mails},
    metrics,
    opening::{self, ChosenKey, DataFolder},
    probing,
    readiness::Readings,
    router::{self, Guards},
    search_keys::SearchKeyQuotas,
    settings_notices,
    state::{AppState, Parts},
    warming::CacheWarmer,
    webhooks::{WebhookService, WebhookWorker},
};

/// Pause between reads of watched products where nobody tells of their changes.
const UNHEARD_SWEEP: Duration = Duration::from_secs(5);

/// A service whose parts are open; nothing is served or indexed yet.
pub struct Service {
    config: Config,
    store: Store,
    index: Index,
    redis: Option<Redis>,
    cache: Cache<ApiError>,
    analytics: Analytics,
    suggested: SuggestedQueries,
    query_ids: QueryIdSigner,
    query_understandings: QueryUnderstandings,
    hot_keys: Option<Arc<HotKeys>>,
    cdn: Cdn,
    google_feeds: Option<Feeds>,
    openai_feeds: Option<Feeds>,
    agents: Agents,
    accounts: AccountService,
    commerce: CommerceService,
    webhooks: WebhookService,
    live: Live,
    admin_key: ChosenKey,
    is_new: bool,
    /// Model of search by meaning.
    embedder: Option<Arc<dyn Embedder>>,
    _folder: Option<DataFolder>,
}

/// Listeners of a service.
pub struct Listeners {
    /// For everybody who uses it.
    pub api: TcpListener,
    /// For Prometheus alone, if it is to be watched.
    pub metrics: Option<TcpListener>,
}

/// The index, as reader and as writer.
struct Index {
    engine: Arc<dyn SearchEngine>,
    writer: Arc<dyn IndexGenerations>,
    is_embedded: bool,
}

impl Index {
    fn open(config: &Config) -> anyhow::Result<Self> {
        if let Some(options) = connections::elasticsearch(config)? {
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
        let redis = connections::redis(&config.cache)?;
        let redis = redis.as_ref().map(Redis::open).transpose()?;
        let warms = config.cache.enabled && config.cache.warm > 0;
        let purging = connections::purging(&config.cdn)?;
        let cdn = Cdn {
            media: config.cdn.media()?,
            tags: config.cdn.tag_header()?,
            purger: purging.map(Purger::start).transpose()?,
        };
        let mut service = Self {
            index: Index::open(&config)?,
            cache: Cache::new(&config.cache.options(), redis.clone()),
            query_understandings: QueryUnderstandings::default(),
            hot_keys: warms.then(|| Arc::new(HotKeys::new(config.cache.warm))),
            cdn,
            google_feeds: config.google_feeds()?,
            openai_feeds: config.openai_feeds()?,
            agents: config.agents()?,
            accounts: opening::accounts(&config, &store, redis.as_ref()).await?,
            commerce: opening::commerce(&config, &store).await?,
            webhooks: opening::webhooks(&config, &store).await?,
            live: Live::new(store.clone(), config.live()),
            redis,
            admin_key: opening::admin_key(&config)?,
            is_new: opening::add_first_marketplace(&store).await?,
            analytics: Analytics::new(store.clone()),
            suggested: SuggestedQueries::new(store.clone()),
            query_ids: QueryIdSigner::new(
                store
                    .installation_secret("query_ids", rand::random())
                    .await
                    .context("the secret that ids of searches are signed with cannot be read")?,
            ),
            embedder: connections::embedder(&config),
            config,
            store,
            _folder: folder,
        };
        if service.feed() == InvalidationListener::None {
            let options = LiveOptions {
                sweep: UNHEARD_SWEEP,
                ..*service.live.options()
            };
            service.live = Live::new(service.store.clone(), options);
        }
        Ok(service)
    }

    /// Returns true on the first start, when the tenant was just added.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The key of the admin API.
    pub fn admin_key(&self) -> &ChosenKey {
        &self.admin_key
    }

    /// Accounts of people.
    pub fn accounts(&self) -> &AccountService {
        &self.accounts
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns true if this process indexes changes.
    pub fn indexes(&self) -> bool {
        match self.config.indexer.in_process {
            InProcess::Auto => self.index.is_embedded || self.store.backend() == Backend::Sqlite,
            InProcess::Yes => true,
            InProcess::No => false,
        }
    }

    /// An indexer between the database and the index.
    pub fn indexer(&self) -> Indexer {
        let indexer = Indexer::new(
            self.store.clone(),
            Arc::clone(&self.index.writer),
            self.config.indexer.clone(),
        )
        .embedding(self.embedder.clone())
        .invalidating(self.cache.invalidator());
        match &self.cdn.purger {
            Some(purger) => indexer.purging(purger.clone()),
            None => indexer,
        }
    }

    /// Returns the source of invalidations.
    fn feed(&self) -> InvalidationListener {
        let is_alone = self.index.is_embedded || self.store.backend() == Backend::Sqlite;
        match &self.redis {
            // Nobody else indexes what is in the folder that we hold.
            _ if is_alone && self.indexes() => InvalidationListener::Local,
            Some(_) => InvalidationListener::Redis,
            None => InvalidationListener::None,
        }
    }

    /// Returns the application state; `shutdown` ends streaming responses.
    pub fn app(&self, shutdown: CancellationToken) -> AppState {
        let engine = Arc::clone(&self.index.engine);
        let fallback = Arc::new(SqlEngine::new(self.store.connection().clone()));
        let gateway = SearchGateway::new(engine, fallback, &self.config.search.gateway())
            .noting_slow(self.config.search.slow());
        AppState::new(Parts {
            search: SearchService::new(
                gateway,
                Arc::new(SearchConfigs::new(self.store.clone(), self.redis.clone())),
                self.query_understandings.clone(),
                self.suggested.clone(),
                self.query_ids.clone(),
            )
            .with_query_vectors(self.query_vectors()),
            redis: self.redis.clone(),
            cache: self.cache.clone(),
            hot_keys: self.hot_keys.clone(),
            cdn: self.cdn.clone(),
            google_feeds: self.google_feeds.clone(),
            openai_feeds: self.openai_feeds.clone(),
            agents: self.agents.clone(),
            compression: self.config.server.compression,
            tenant_directory: TenantDirectory::new(self.store.clone(), self.cache.stale_if_error()),
            analytics: self.analytics.clone(),
            visitor_hasher: VisitorHasher::new(self.store.clone()),
            accounts: self.accounts.clone(),
            commerce: self.commerce.clone(),
            webhooks: self.webhooks.clone(),
            admin_key: match self.config.admin.key_accepted {
                true => AdminKey::new(self.admin_key.key.expose()),
                false => AdminKey::switched_off(),
            },
            api_keys: ApiKeyDirectory::new(self.store.clone()),
            search_key_quotas: SearchKeyQuotas::new(self.redis.clone()),
            refused_keys: RefusedKeys::default(),
            readiness: Readings::default(),
            imports: ImportService::new(
                self.config.data.imports_dir(),
                self.config.import.max_bytes,
            ),
            live: self.live.clone(),
            index: Arc::clone(&self.index.writer),
            store: self.store.clone(),
            shutdown,
        })
    }

    /// Returns what makes vectors of queries, if there is a model.
    fn query_vectors(&self) -> Option<QueryVectors> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let embedder = self.embedder.clone()?;
        Some(QueryVectors::new(embedder, cores))
    }

    /// Returns what sends mails.
    fn mail_sender(&self) -> anyhow::Result<MailSender> {
        let transport = self.config.mail_transport()?;
        let sender = Transport::sender(&self.config.mail.from)?;
        let worker = format!("{:032x}", rand::random::<u128>());
        Ok(MailSender::new(
            self.store.clone(),
            transport,
            sender,
            worker,
        ))
    }

    /// Returns what makes deliveries to webhooks.
    fn webhook_worker(&self) -> WebhookWorker {
        let name = format!("{:032x}", rand::random::<u128>());
        WebhookWorker::new(&self.store, self.webhooks.clone(), name)
    }

    /// Returns the middleware before the handlers.
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
            request_metrics: RequestMetrics::default(),
            access_log: self.config.log.access,
            security_headers: SecurityHeaders::new(self.config.security.hsts_max_age_secs),
        })
    }

    /// Serves and indexes until told to stop: then requests in flight are finished, and after them the batch being indexed.
    ///
    /// # Errors
    /// If the database cannot be closed, or the indexer broke down.
    pub async fn run(
        self,
        listeners: Listeners,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        if self.store.backend() == Backend::Sqlite {
            // We hold the folder, so whoever claimed rows or jobs of its database is dead.
            self.store.outbox().release_all().await?;
            self.store.job_queue().release_all().await?;
            self.store.import_queue().release_all().await?;
        }
        let mut guards = self.guards()?;
        let app = self.app(shutdown.clone());
        let indexer = self.indexes().then(|| self.indexer());
        let watching = listeners.metrics.map(|listener| {
            let requests = metrics::requests();
            let mut exporter = metrics::exporter(&app, &guards.rate_limit.limits, &requests);
            DiskMetrics::register(self.config.data.dir.clone(), exporter.registry());
            if let Some(indexer) = &indexer {
                indexer.metrics().register(exporter.registry());
            }
            guards.request_metrics = RequestMetrics(Some(requests));
            tokio::spawn(exporter.serve(listener, shutdown.clone()))
        });

        let watching_database = {
            let (store, ends) = (self.store.clone(), shutdown.clone());
            async move { ends.run_until_cancelled(store.watch()).await }
        };
        tokio::spawn(watching_database);
        tokio::spawn(probing::run(app.clone(), shutdown.clone()));
        tokio::spawn(settings_notices::follow(app.clone(), shutdown.clone()));
        tokio::spawn(accounts_tidying::run(
            self.accounts.clone(),
            shutdown.clone(),
        ));
        tokio::spawn(self.commerce.clone().run(shutdown.clone()));
        tokio::spawn(event_sinks::run(
            self.store.clone(),
            self.commerce.clone(),
            shutdown.clone(),
        ));
        self.cache.observe(Arc::new(self.live.products().clone()));
        tokio::spawn(watch_mails::run(self.store.clone(), shutdown.clone()));
        tokio::spawn(self.live.clone().run(self.redis.clone(), shutdown.clone()));
        let mailing = tokio::spawn(self.mail_sender()?.run(shutdown.clone()));
        let delivering = tokio::spawn(self.webhook_worker().run(shutdown.clone()));
        let indexing_ends = CancellationToken::new();
        let indexing = indexer.map(|indexer| {
            let ends = indexing_ends.clone();
            tokio::spawn(async move {
                if indexer.prepare_in_time(&ends).await {
                    indexer.run(ends).await;
                }
            })
        });

        tokio::spawn(guards.rate_limit.limits.clone().sweep(shutdown.clone()));
        let backlog = OutboxBacklog(self.store.clone());
        let feeding = self
            .feed()
            .run(self.cache.clone(), backlog, indexing_ends.clone());
        let feeding = tokio::spawn(feeding);
        tokio::spawn(self.suggested.clone().run(shutdown.clone()));
        let counting_ends = CancellationToken::new();
        let counting = tokio::spawn(self.analytics.clone().run(counting_ends.clone()));

        let understanding = self.query_understandings.clone().run(
            self.store.clone(),
            self.config.search.understanding(),
            shutdown.clone(),
        );
        let understanding = tokio::spawn(understanding);
        let configs = Arc::clone(app.search.configs());
        let following = {
            let ends = shutdown.clone();
            tokio::spawn(async move { configs.follow(ends).await })
        };
        let runner = ImportRunner::new(self.store.clone(), app.imports.clone());
        let importing = tokio::spawn(runner.run(shutdown.clone()));
        let api = router::api(&app);
        let warming = self.hot_keys.clone().map(|hot_keys| {
            let memory = match &self.redis {
                Some(redis) => HotKeyStore::Redis(redis.clone()),
                None => HotKeyStore::File(self.config.data.hottest_file()),
            };
            let warmer = CacheWarmer::new(app.clone(), api.clone(), hot_keys, memory);
            tokio::spawn(warmer.run(shutdown.clone()))
        });
        let proxies = guards.rate_limit.proxies.clone();
        let endpoint = router::guarded(api, app, guards);
        http::serve(
            listeners.api,
            endpoint,
            self.config.server.connections(),
            proxies,
            shutdown,
        )
        .await;

        if let Some(warming) = warming {
            warming.await.context("warming the cache broke down")?;
        }
        importing.await.context("the importer broke down")?;
        mailing.await.context("the sender of mails broke down")?;
        delivering
            .await
            .context("the worker of webhooks broke down")?;
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
        understanding
            .await
            .context("learning what texts mean broke down")?;
        if let Some(watching) = watching {
            watching.await.context("the metrics' listener broke down")?;
        }
        Ok(self.store.close().await?)
    }
}
