//! One connection to Redis, shared by all that a process wants of it, and made again whenever it breaks.
//!
//! Nobody waits for a Redis that is away: whoever asks while there is no connection is told so at once, and whoever asks
//! over one that has just broken, after [`RedisOptions::patience`] at the latest. A task of its own connects again, with
//! growing, jittered pauses.

use std::{fmt, sync::Arc, time::Duration};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use redis::{
    AsyncConnectionConfig, Client, InfoDict, IntoConnectionInfo, RedisError, RedisResult,
    aio::{MultiplexedConnection, PubSub},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::watch,
    time::{self, Instant},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, info, warn};

/// How long making a connection may take.
const CONNECTING: Duration = Duration::from_secs(1);
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// A connection that has lived so long was a good one: the pauses after it begin with the shortest again.
const PROVEN: Duration = Duration::from_secs(5);
/// Requests under way at a time, at most; others wait for their turn, within their request_timeout.
const PIPELINED: usize = 1_024;

/// Where Redis is, and how it is used. Printing it shows no secret.
#[derive(Debug, Clone)]
pub struct RedisOptions {
    /// `redis://` or, for TLS, `rediss://`; it may hold a user and a password.
    pub url: SecretString,
    /// What the names of all keys and channels begin with.
    pub prefix: String,
    /// How long a request may take.
    pub request_timeout: Duration,
}

impl RedisOptions {
    /// A server, with the usual prefix and request_timeout.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            prefix: "souk:".to_owned(),
            request_timeout: Duration::from_millis(100),
        }
    }

    /// Whether a connection could be tried.
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
        Client::open(address).map_err(bad_address)
    }
}

/// Options that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRedisOptions {
    /// The address is none. It is not repeated here: it may hold a password.
    #[error("the address is no redis:// or rediss:// address: {0}")]
    Url(String),
    /// The prefix would be taken for more than a name.
    #[error("`{0}` cannot begin keys: it takes letters, digits, `-`, `_`, `.` and `:`")]
    Prefix(String),
}

/// A request that was not answered.
#[derive(Debug, thiserror::Error)]
pub enum RedisFailure {
    /// There is no connection at the moment.
    #[error("Redis is away")]
    Disconnected,
    /// There was no answer in time.
    #[error("Redis did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The connection broke, or the request was refused.
    #[error("Redis failed")]
    Failed(#[from] RedisError),
}

/// A connection as a request sees it.
#[derive(Clone)]
pub struct Connected {
    /// The connection; every clone shares it.
    pub connection: MultiplexedConnection,
    /// Which start of which server this is: what another one holds may be older than it seems.
    pub run_id: Arc<str>,
    number: u64,
}

/// The connection; cheap to clone. Dropping the last clone ends it.
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
    /// Begins to connect, and goes on in the background: a server that is away is no error.
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

    /// A name with the prefix before it.
    pub fn key(&self, name: impl fmt::Display) -> String {
        format!("{}{name}", self.0.link.prefix)
    }

    /// Whether there is a connection.
    pub fn is_connected(&self) -> bool {
        self.0.link.now.borrow().is_some()
    }

    /// Waits for a connection, so long at most, and says whether there is one.
    pub async fn connected_within(&self, limit: Duration) -> bool {
        let mut now = self.0.link.now.subscribe();
        let connected = now.wait_for(Option::is_some);
        time::timeout(limit, connected).await.is_ok()
    }

    /// Sends requests, all of them within the request_timeout, and answers what came back.
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

    /// Whether it answers.
    ///
    /// # Errors
    /// See [`RedisFailure`].
    pub async fn ping(&self) -> Result<(), RedisFailure> {
        self.execute(async |Connected { mut connection, .. }| {
            redis::cmd("PING").query_async(&mut connection).await
        })
        .await
    }

    /// A connection of its own for messages, made just now.
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
    /// Has nobody use a connection any more, unless another has taken its place.
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
                "Redis is away: every process goes by what it has itself, until it is back"
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

/// Connects, and connects again, for ever.
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
    fn what_cannot_be_an_address_or_a_prefix_is_refused_and_not_repeated() {
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
            let told = refused(url, "souk:").unwrap();
            assert!(!told.contains("secret"), "{told}");
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
