//! Flags of the connection to Elasticsearch.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use souk_search::engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions, Login};
use souk_telemetry::traces;

/// The Elasticsearch cluster, if there is one. `souk serve` takes the same variables.
#[derive(Debug, Args)]
pub(super) struct Cluster {
    /// Elasticsearch nodes, separated by commas, instead of the embedded index
    #[arg(long, env = "ELASTICSEARCH_URL", hide_env_values = true, global = true)]
    elasticsearch_url: Option<String>,
    /// An API key; without one, the user in the address, if any
    #[arg(
        long,
        env = "ELASTICSEARCH_API_KEY",
        hide_env_values = true,
        global = true
    )]
    elasticsearch_api_key: Option<String>,
    /// File of certificates to trust, besides the well-known ones
    #[arg(long, env = "ELASTICSEARCH_CA_CERTIFICATE", global = true)]
    elasticsearch_ca_certificate: Option<PathBuf>,
    /// Prefix of index names
    #[arg(
        long,
        env = "ELASTICSEARCH_INDEX_PREFIX",
        default_value = "souk",
        global = true
    )]
    elasticsearch_index_prefix: String,
    /// Primary shards of an index
    #[arg(long, env = "ELASTICSEARCH_SHARDS", default_value_t = 1, global = true, value_parser = clap::value_parser!(u32).range(1..))]
    elasticsearch_shards: u32,
    /// Copies of each shard
    #[arg(
        long,
        env = "ELASTICSEARCH_REPLICAS",
        default_value_t = 1,
        global = true
    )]
    elasticsearch_replicas: u32,
}

impl Cluster {
    /// The index on the cluster; none if no address is given.
    pub(super) fn index(&self) -> anyhow::Result<Option<ElasticsearchIndex>> {
        let url = self.elasticsearch_url.as_deref().unwrap_or_default();
        if url.is_empty() {
            return Ok(None);
        }
        let mut options = ElasticsearchOptions::new(url).context("ELASTICSEARCH_URL is wrong")?;
        if let Some(key) = &self.elasticsearch_api_key {
            options.login = Some(Login::ApiKey(key.clone().into()));
        }
        let certificate = self.elasticsearch_ca_certificate.clone();
        options.ca_certificate = certificate.filter(|path| !path.as_os_str().is_empty());
        options.prefix.clone_from(&self.elasticsearch_index_prefix);
        options.shards = self.elasticsearch_shards;
        options.replicas = self.elasticsearch_replicas;
        options.traceparent = Some(traces::traceparent);
        Ok(Some(ElasticsearchIndex::new(options)?))
    }
}
