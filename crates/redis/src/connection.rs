//! Multiplexed connection to Redis that reconnects in the background.
//!
//! Requests fail at once while there is no connection, and after [`RedisOptions::request_timeout`] at the latest. A
//! background task reconnects with jittered exponential backoff.

use std::{fmt, sync::Arc, time::Duration};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use redis::{
    AsyncConnectionConfig, Client, InfoDict, IntoConnectionInfo, RedisError, RedisResult,
    aio::{MultiplexedConnection, PubSub},
    io::tcp::socket2::TcpKeepalive,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::watch,
    time::{self, Instant},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, info, warn};

/// Timeout of connecting.
const CONNECTING: Duration = Duration::from_secs(1);
/// Interval between probes of a server that does not answer.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// Probes without an answer after which the connection is given up.
const KEEPALIVE_PROBES: u32 = 3;
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Age at which a connection resets the backoff.
const PROVEN: Duration = Duration::from_secs(5);
/// Most concurrent requests; others wait within their timeout.
const PIPELINED: usize = 1_024;

/// Settings of the connection. `Debug` hides the URL.
#[derive(Debug, Clone)]
pub struct RedisOptions {
    /// `redis://` or, for TLS, `rediss://`; it may hold a user and a password.
    pub url: SecretString,
    /// Prefix of all keys and channels, `souk:` by default.
    pub prefix: String,
    /// Timeout of a request, 100 ms by default.
    pub request_timeout: Duration,
    /// Idle time after which the connection is probed; `None`, the default, leaves it to the operating system.
    pub keepalive: Option<Duration>,
}

impl RedisOptions {
    /// Creates options with the default prefix and timeout.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            prefix: "souk:".to_owned(),
            request_timeout: Duration::from_millis(100),
            keepalive: None,
        }
    }

    /// Checks the URL and the prefix.
    ///
    /// # Errors
    /// If the address or the prefix is none.
    pub fn check(&self) -> Result<(), InvalidRedisOptions> {
        self.client().map(drop)
    }

    fn client(&self) -> Result<Client, InvalidRedisOptions> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if self.prefix.is_empty() || !self.prefix.bytes().all(plain) {
            return Err(InvalidRedisOptions::Prefix(self.prefix.clone()));
        }
        let bad_address = |error: RedisError| InvalidRedisOptions::Url(error.category().to_owned());
        let address = self
            .url
            .expose_secret()
            .into_connection_info()
            .map_err(bad_address)?;
        let address = match self.keepalive {
            Some(idle) => {
                let probes = TcpKeepalive::new()
                    .with_time(idle)
                    .with_interval(KEEPALIVE_INTERVAL)
                    .with_retries(KEEPALIVE_PROBES);
                let settings = address.tcp_settings().clone().set_keepalive(probes);
                address.set_tcp_settings(settings)
            }
            None => address,
        };
        Client::open(address).map_err(bad_address)
    }
}

/// Invalid Redis options.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRedisOptions {
    /// Invalid URL. It is not repeated here because it may hold a password.
    #[error("must be a redis:// or rediss:// URL: {0}")]
    Url(String),
    /// Prefix with characters that are not allowed.
    #[error("prefix `{0}` must consist of letters, digits, `-`, `_`, `.` and `:`")]
    Prefix(String),
}

/// Failed request.
#[derive(Debug, thiserror::Error)]
pub enum RedisFailure {
    /// No connection at the moment.
    #[error("not connected to Redis")]
    Disconnected,
    /// No response within the timeout.
    #[error("Redis did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// Broken connection or error response.
    #[error("Redis failed")]
    Failed(#[from] RedisError),
}

/// Connection of one request.
#[derive(Clone)]
pub struct Connected {
    /// Multiplexed connection, shared by every clone.
    pub connection: MultiplexedConnection,
    /// Run id of the server; it changes with each start.
    pub run_id: Arc<str>,
    number: u64,
}

/// Connection to Redis, cheap to clone. Dropping the last clone closes it.
#[derive(Clone)]
pub struct Redis(Arc<Handle>);

struct Handle {
    link: Arc<Link>,
    _ends: DropGuard,
}

struct Link {
    client: Client,
    prefix: String,
    request_timeout: Duration,
    now: watch::Sender<Option<Connected>>,
}

impl Redis {
    /// Starts to connect in the background; an unreachable server is no error.
    ///
    /// Has to be called within a tokio runtime.
    ///
    /// # Errors
    /// If the options cannot be used.
    pub fn open(options: &RedisOptions) -> Result<Self, InvalidRedisOptions> {
        let link = Arc::new(Link {
            client: options.client()?,
            prefix: options.prefix.clone(),
            request_timeout: options.request_timeout,
            now: watch::Sender::new(None),
        });
        let ends = CancellationToken::new();
        let keeping = ends.clone().run_until_cancelled_owned(keep(link.clone()));
        tokio::spawn(keeping);
        Ok(Self(Arc::new(Handle {
            link,
            _ends: ends.drop_guard(),
        })))
    }

    /// Returns a name with the prefix before it.
    pub fn key(&self, name: impl fmt::Display) -> String {
        format!("{}{name}", self.0.link.prefix)
    }

    /// Returns true while there is a connection.
    pub fn is_connected(&self) -> bool {
        self.0.link.now.borrow().is_some()
    }

    /// Waits up to `limit` for a connection and returns whether there is one.
    pub async fn connected_within(&self, limit: Duration) -> bool {
        let mut now = self.0.link.now.subscribe();
        let connected = now.wait_for(Option::is_some);
        time::timeout(limit, connected).await.is_ok()
    }

    /// Executes requests within the request timeout.
    ///
    /// # Errors
    /// See [`RedisFailure`]; only the last kind can have been done all the same.
    pub async fn execute<T, F, R>(&self, request: F) -> Result<T, RedisFailure>
    where
        F: FnOnce(Connected) -> R,
        R: Future<Output = RedisResult<T>>,
    {
        let link = &self.0.link;
        let connected = link
            .now
            .borrow()
            .clone()
            .ok_or(RedisFailure::Disconnected)?;
        let number = connected.number;
        match time::timeout(link.request_timeout, request(connected)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                if error.is_io_error() || error.is_unrecoverable_error() {
                    link.gave_up(number, &error);
                }
                Err(error.into())
            }
            Err(_) => {
                let late = RedisFailure::Timeout(link.request_timeout);
                link.gave_up(number, &late);
                Err(late)
            }
        }
    }

    /// Sends `PING`.
    ///
    /// # Errors
    /// See [`RedisFailure`].
    pub async fn ping(&self) -> Result<(), RedisFailure> {
        self.execute(async |Connected { mut connection, .. }| {
            redis::cmd("PING").query_async(&mut connection).await
        })
        .await
    }

    /// Opens a separate connection for subscriptions.
    ///
    /// # Errors
    /// If there is none to be had.
    pub async fn listen(&self) -> Result<PubSub, RedisFailure> {
        let connecting = self.0.link.client.get_async_pubsub();
        match time::timeout(CONNECTING, connecting).await {
            Ok(listening) => Ok(listening?),
            Err(_) => Err(RedisFailure::Timeout(CONNECTING)),
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("prefix", &self.0.link.prefix)
            .field("connected", &self.is_connected())
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Discards a connection unless it was replaced already.
    fn gave_up(&self, number: u64, why: &dyn std::error::Error) {
        let broke = self.now.send_if_modified(|now| {
            let is_it = now.as_ref().is_some_and(|now| now.number == number);
            if is_it {
                *now = None;
            }
            is_it
        });
        if broke {
            warn!(
                error = %why,
                "lost the connection to Redis; using local state until it is back"
            );
        }
    }

    async fn connect(&self, number: u64) -> RedisResult<Connected> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTING))
            .set_response_timeout(Some(CONNECTING))
            .set_pipeline_buffer_size(PIPELINED);
        let mut connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let info: InfoDict = redis::cmd("INFO")
            .arg("server")
            .query_async(&mut connection)
            .await?;
        let run_id: String = info.get("run_id").unwrap_or_default();
        Ok(Connected {
            connection,
            run_id: run_id.into(),
            number,
        })
    }
}

/// Keeps the connection open until it is cancelled.
async fn keep(link: Arc<Link>) {
    let mut pauses = pauses();
    for number in 0.. {
        let connected = connect_in_time(&link, number, &mut pauses).await;
        info!("connected to Redis");
        let since = Instant::now();
        link.now.send_replace(Some(connected));
        let mut now = link.now.subscribe();
        // Fails only without a sender, and that is ours.
        let _ = now.wait_for(Option::is_none).await;
        if since.elapsed() >= PROVEN {
            pauses = self::pauses();
        }
        // Whoever was just too busy to answer is not asked again at once.
        time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
    }
}

async fn connect_in_time(link: &Link, number: u64, pauses: &mut ExponentialBackoff) -> Connected {
    let mut failures = 0_u32;
    loop {
        match link.connect(number).await {
            Ok(connected) => return connected,
            Err(error) if failures == 0 && number == 0 => {
                warn!(%error, "Redis cannot be reached; it is looked for again and again");
            }
            Err(error) => debug!(%error, failures, "Redis still cannot be reached"),
        }
        failures = failures.saturating_add(1);
        time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
    }
}

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(SHORTEST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_url_or_prefix_is_rejected_without_showing_it() {
        let refused = |url: &str, prefix: &str| {
            let options = RedisOptions {
                prefix: prefix.to_owned(),
                ..RedisOptions::new(url)
            };
            options.check().err().map(|error| error.to_string())
        };
        assert_eq!(refused("redis://localhost", "souk:"), None);
        assert_eq!(refused("rediss://user:secret@localhost:1/2", "a"), None);
        for url in ["localhost:6379", "http://localhost", "redis://:secret@:x"] {
            let error = refused(url, "souk:").unwrap();
            assert!(!error.contains("secret"), "{error}");
        }
        for prefix in ["", "souk*", "{souk}"] {
            assert!(refused("redis://localhost", prefix).is_some(), "{prefix}");
        }
    }

    #[test]
    fn printing_shows_no_password() {
        let options = RedisOptions::new("redis://:hunter2@localhost");
        assert!(!format!("{options:?}").contains("hunter2"));
    }
}
