//! Names for indexes of a test's own on a shared Elasticsearch cluster.

use std::collections::BTreeMap;
use std::env;

use elasticsearch::http::headers::HeaderMap;
use elasticsearch::http::transport::Transport;
use elasticsearch::http::{Method, response::Response};
use serde::de::IgnoredAny;

use crate::database::unique_name;

/// Variable with the URL of an Elasticsearch cluster.
const ELASTICSEARCH_URL: &str = "SOUK_TEST_ELASTICSEARCH_URL";

/// Unique prefix of index names; indexes with it are deleted with this value.
pub struct TestElasticsearch {
    url: String,
    prefix: String,
}

impl TestElasticsearch {
    /// A prefix on the cluster that `SOUK_TEST_ELASTICSEARCH_URL` names.
    ///
    /// # Panics
    /// If the variable is unset: a test that needs Elasticsearch does not pass without it.
    pub fn new() -> Self {
        let url = env::var(ELASTICSEARCH_URL)
            .unwrap_or_else(|_| panic!("{ELASTICSEARCH_URL} is not set: run `cargo xtask test`"));
        Self {
            url,
            prefix: unique_name(),
        }
    }

    /// Returns the cluster's URL, in the format of `ELASTICSEARCH_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the prefix of the test's index names.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Sends a request of a test's own and answers the body, as someone with `curl` would.
    ///
    /// # Panics
    /// If the cluster does not answer or refuses.
    pub async fn send(&self, method: Method, path: &str, body: Option<&str>) -> String {
        let response = send(&self.url, method, path, body).await;
        let response = response.expect("the cluster answers");
        let status = response.status_code();
        let text = response.text().await.expect("a text");
        assert!(status.is_success(), "{path}: {text}");
        text
    }
}

impl Default for TestElasticsearch {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestElasticsearch {
    fn drop(&mut self) {
        let (url, prefix) = (self.url.clone(), self.prefix.clone());
        // A thread of its own, because the test's runtime cannot be waited for from here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                // An index left behind is the cluster's to throw away with itself.
                let _ = runtime.block_on(delete(&url, &prefix));
            }
        });
        let _ = dropping.join();
    }
}

/// Deletes by name what has the prefix: clusters refuse to delete by pattern.
async fn delete(url: &str, prefix: &str) -> Result<(), elasticsearch::Error> {
    let listed = send(url, Method::Get, &format!("{prefix}-*/_alias"), None).await?;
    let indexes: BTreeMap<String, IgnoredAny> = listed.json().await?;
    if !indexes.is_empty() {
        let names: Vec<_> = indexes.into_keys().collect();
        send(url, Method::Delete, &names.join(","), None).await?;
    }
    let template = format!("_index_template/{prefix}");
    send(url, Method::Delete, &template, None).await?;
    Ok(())
}

async fn send(
    url: &str,
    method: Method,
    path: &str,
    body: Option<&str>,
) -> Result<Response, elasticsearch::Error> {
    let transport = Transport::single_node(url)?;
    let parameters: Option<&()> = None;
    transport
        .send(method, path, HeaderMap::new(), parameters, body, None)
        .await
}
