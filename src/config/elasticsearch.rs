//! The Elasticsearch cluster, if there is one. `souk-indexer` takes the same variables.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `elasticsearch.url` | `ELASTICSEARCH_URL` | unset: the embedded index |
//! | `elasticsearch.api_key` | `ELASTICSEARCH_API_KEY` | unset: the user in the address, if any |
//! | `elasticsearch.ca_certificate` | `ELASTICSEARCH_CA_CERTIFICATE` | unset: the well-known authorities |
//! | `elasticsearch.index_prefix` | `ELASTICSEARCH_INDEX_PREFIX` | `souk` |
//! | `elasticsearch.shards` | `ELASTICSEARCH_SHARDS` | `1` |
//! | `elasticsearch.replicas` | `ELASTICSEARCH_REPLICAS` | `1` |

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use souk_search::engines::elasticsearch::{ElasticsearchOptions, Login, OptionsError};

use super::Secret;

/// The Elasticsearch cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ElasticsearchConfig {
    /// Addresses of nodes, separated by commas. A user and password in the first are ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Secret>,
    /// An API key, encoded as Elasticsearch hands it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
    /// A file of PEM certificates to trust; empty for the well-known ones alone.
    pub ca_certificate: PathBuf,
    /// Prefix of all index names.
    pub index_prefix: String,
    /// Primary shards of an index.
    pub shards: u32,
    /// Copies of each shard.
    pub replicas: u32,
}

impl Default for ElasticsearchConfig {
    fn default() -> Self {
        Self {
            url: None,
            api_key: None,
            ca_certificate: PathBuf::new(),
            index_prefix: "souk".to_owned(),
            shards: 1,
            replicas: 1,
        }
    }
}

impl ElasticsearchConfig {
    /// As the engine takes it; none without an address. A search may take `search_timeout`.
    ///
    /// # Errors
    /// If an address is none.
    pub fn options(
        &self,
        search_timeout: Duration,
    ) -> Result<Option<ElasticsearchOptions>, OptionsError> {
        let Some(url) = &self.url else {
            return Ok(None);
        };
        let mut options = ElasticsearchOptions::new(url.expose())?;
        if let Some(key) = &self.api_key {
            options.login = Some(Login::ApiKey(key.expose().to_owned().into()));
        }
        let certificate = &self.ca_certificate;
        options.ca_certificate = (!certificate.as_os_str().is_empty()).then(|| certificate.clone());
        options.prefix.clone_from(&self.index_prefix);
        options.shards = self.shards;
        options.replicas = self.replicas;
        options.search_timeout = search_timeout;
        Ok(Some(options))
    }
}
