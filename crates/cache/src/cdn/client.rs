//! HTTP client of the CDN's purge API, with retries.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use reqwest::{Client, StatusCode, Url, header::RETRY_AFTER, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tracing::debug;

use super::{InvalidPurgeOptions, PurgeOptions};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest `Retry-After` that is honoured.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Client of the purge API.
#[derive(Debug)]
pub(super) struct Cdn {
    client: Client,
    url: Url,
    token: Option<SecretString>,
    pauses: ExponentialBuilder,
}

/// Failed purge request.
#[derive(Debug, thiserror::Error)]
pub(super) enum PurgeFailure {
    /// Request without a response.
    #[error("it cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// Response with an error status.
    #[error("it answered {status}")]
    Refused {
        status: StatusCode,
        /// Value of `Retry-After`.
        again: Option<Duration>,
    },
}

impl PurgeFailure {
    fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { status, .. } => {
                status.is_server_error()
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || *status == StatusCode::REQUEST_TIMEOUT
            }
        }
    }

    /// Returns the longer of `Retry-After` and the backoff.
    fn pause(&self, ours: Duration) -> Duration {
        match self {
            Self::Refused {
                again: Some(asked), ..
            } => ours.max((*asked).min(LONGEST_PAUSE)),
            _ => ours,
        }
    }
}

impl Cdn {
    pub(super) fn new(options: &PurgeOptions) -> Result<Self, InvalidPurgeOptions> {
        let url: Url = options.url.parse().map_err(|_| InvalidPurgeOptions::Url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidPurgeOptions::Url);
        }
        let client = Client::builder()
            .timeout(TIMEOUT)
            // The token is for whoever was named, and for nobody that they name.
            .redirect(Policy::none())
            .build()
            .map_err(InvalidPurgeOptions::Client)?;
        Ok(Self {
            client,
            url,
            token: options.token.clone(),
            pauses: ExponentialBuilder::default()
                .with_min_delay(options.shortest_pause)
                .with_max_delay(LONGEST_PAUSE)
                .with_max_times(options.tries.saturating_sub(1))
                .with_jitter(),
        })
    }

    /// Purges tags and retries transient failures.
    pub(super) async fn purge(&self, tags: &[String]) -> Result<(), PurgeFailure> {
        let purging = || self.purge_once(tags);
        purging
            .retry(self.pauses.build())
            .when(PurgeFailure::is_passing)
            .adjust(|failure, ours| ours.map(|ours| failure.pause(ours)))
            .notify(|failure, pause| debug!(%failure, ?pause, "the CDN is asked again"))
            .await
    }

    async fn purge_once(&self, tags: &[String]) -> Result<(), PurgeFailure> {
        let mut request = self.client.post(self.url.clone());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let answer = request
            .json(&json!({ "tags": tags }))
            .send()
            .await
            // Addresses of some CDNs hold what is as good as a secret.
            .map_err(|error| PurgeFailure::Unreachable(error.without_url()))?;
        if answer.status().is_success() {
            return Ok(());
        }
        let seconds = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        Err(PurgeFailure::Refused {
            status: answer.status(),
            again: seconds.map(Duration::from_secs),
        })
    }
}
