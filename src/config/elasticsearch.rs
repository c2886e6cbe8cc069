//! Options of the Elasticsearch engine.

use std::time::Duration;

use souk_config::ElasticsearchConfig;
use souk_search::engines::elasticsearch::{ElasticsearchOptions, Login, OptionsError};

/// Conversion of the `elasticsearch` section.
pub trait ElasticsearchSection {
    /// Returns the engine's options, with the time limit of a search; `None` without a URL.
    ///
    /// # Errors
    /// If a URL is invalid.
    fn options(
        &self,
        search_timeout: Duration,
    ) -> Result<Option<ElasticsearchOptions>, OptionsError>;
}

impl ElasticsearchSection for ElasticsearchConfig {
    fn options(
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
