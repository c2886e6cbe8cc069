//! Options of database, index, Redis and CDN from the settings, for both programs.

use std::sync::Arc;
use std::time::Duration;

use souk_cache::{InvalidPurgeOptions, PurgeOptions};
use souk_config::{CacheConfig, CdnConfig, Config};
use souk_embeddings::{Embedder, SentenceModel};
use souk_redis::{InvalidRedisOptions, RedisOptions};
use souk_search::engines::elasticsearch::{ElasticsearchOptions, Login, OptionsError};
use souk_store::DatabaseOptions;
use souk_telemetry::{chain, traces};
use tracing::{error, info, warn};

/// Returns the options of the database; `program` names its connections unless a setting does.
pub fn database(config: &Config, program: &str) -> DatabaseOptions {
    let settings = &config.database;
    let options = match &settings.url {
        Some(url) => DatabaseOptions::new(url.expose()),
        None => DatabaseOptions::file(&config.data.database_file()),
    };
    let name = match settings.application_name.as_str() {
        "" => program,
        name => name,
    };
    DatabaseOptions {
        max_connections: settings.max_connections,
        min_connections: settings.min_connections,
        max_lifetime: seconds(settings.max_lifetime_secs),
        idle_timeout: seconds(settings.idle_timeout_secs),
        statement_cache: settings.statement_cache,
        application_name: name.to_owned(),
        statement_timeout: (settings.statement_timeout_ms > 0)
            .then(|| Duration::from_millis(settings.statement_timeout_ms)),
        tcp_keepalive: seconds(settings.tcp_keepalive_secs),
        slow_query: settings.slow_query(),
        ..options
    }
}

/// Returns the options of the Elasticsearch engine; `None` without a URL.
///
/// # Errors
/// If a URL is invalid.
pub fn elasticsearch(config: &Config) -> Result<Option<ElasticsearchOptions>, OptionsError> {
    let settings = &config.elasticsearch;
    let Some(url) = &settings.url else {
        return Ok(None);
    };
    let mut options = ElasticsearchOptions::new(url.expose())?;
    if let Some(key) = &settings.api_key {
        options.login = Some(Login::ApiKey(key.expose().to_owned().into()));
    }
    let certificate = &settings.ca_certificate;
    options.ca_certificate = (!certificate.as_os_str().is_empty()).then(|| certificate.clone());
    options.prefix.clone_from(&settings.index_prefix);
    options.shards = settings.shards;
    options.replicas = settings.replicas;
    options.search_timeout = Duration::from_millis(config.search.timeout_ms);
    options.traceparent = Some(traces::traceparent);
    Ok(Some(options))
}

/// Returns the options of Redis; `None` without a URL.
///
/// # Errors
/// If the URL or the prefix is invalid.
pub fn redis(settings: &CacheConfig) -> Result<Option<RedisOptions>, InvalidRedisOptions> {
    let Some(url) = &settings.redis_url else {
        return Ok(None);
    };
    let options = RedisOptions {
        prefix: settings.redis_prefix.clone(),
        keepalive: seconds(settings.redis_keepalive_secs),
        ..RedisOptions::new(url.expose())
    };
    options.check()?;
    Ok(Some(options))
}

/// Returns the options of purging the CDN; `None` without a URL.
///
/// # Errors
/// If the URL is invalid.
pub fn purging(settings: &CdnConfig) -> Result<Option<PurgeOptions>, InvalidPurgeOptions> {
    let Some(url) = &settings.purge_url else {
        return Ok(None);
    };
    let options = PurgeOptions {
        token: (settings.purge_token.as_ref()).map(|token| token.expose().to_owned().into()),
        ..PurgeOptions::new(url.expose())
    };
    options.check()?;
    Ok(Some(options))
}

/// Returns a duration; `None` for 0.
fn seconds(seconds: u64) -> Option<Duration> {
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

/// Returns the model of search by meaning, if one is given and the index keeps vectors. One that cannot be used is reported,
/// and searches are by words alone.
pub fn embedder(config: &Config) -> Option<Arc<dyn Embedder>> {
    let folder = &config.search.embeddings;
    if folder.as_os_str().is_empty() {
        return None;
    }
    if config.elasticsearch.url.is_some() {
        warn!(
            setting = "SOUK_EMBEDDINGS",
            "Elasticsearch is searched by words alone; only the embedded index is searched by meaning"
        );
        return None;
    }
    match SentenceModel::open(folder) {
        Ok(model) => {
            info!(folder = %folder.display(), model = model.model(), "searches are by meaning as well");
            Some(Arc::new(model))
        }
        Err(error) => {
            let error = chain(&error);
            error!(
                error,
                setting = "SOUK_EMBEDDINGS",
                "the model cannot be used; searches are by words alone"
            );
            None
        }
    }
}
