//! Options of the engine: its cluster and its indexes.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use elasticsearch::http::Url;
use secrecy::{ExposeSecret, SecretString};
use souk_store::Traceparent;

/// Fault of the options.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// There is no address.
    #[error("no address of an Elasticsearch node")]
    NoNode,
    /// The address cannot be used. It is not repeated here: it may hold a password.
    #[error("address {place} is no http or https address: {reason}")]
    Address {
        /// Number of the URL in the list, from 1.
        place: usize,
        /// Reason.
        reason: String,
    },
    /// An index cannot be called so.
    #[error(
        "`{0}` cannot begin index names: it takes lower-case letters, digits, `-` and `_`, a letter first"
    )]
    Prefix(String),
    /// The API key has letters that no key has. It is not repeated here.
    #[error("the API key has letters that no key has")]
    ApiKey,
    /// The certificate file cannot be read or holds no certificate.
    #[error("the certificate file {} cannot be used", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Reason.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The client cannot be made.
    #[error("the Elasticsearch client cannot be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Credentials for the cluster.
#[derive(Debug, Clone)]
pub enum Login {
    /// A user with a password.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// An API key, encoded as Elasticsearch hands it out.
    ApiKey(SecretString),
}

/// Options of the engine. Printing them shows no secret.
#[derive(Clone)]
pub struct ElasticsearchOptions {
    /// The nodes that are asked in turn, without user information.
    pub(super) nodes: Vec<Url>,
    /// Credentials; `None` on a cluster without security.
    pub login: Option<Login>,
    /// A file of PEM certificates that are trusted besides the well-known ones.
    pub ca_certificate: Option<PathBuf>,
    /// Time limit of a search.
    pub search_timeout: Duration,
    /// Time limit of a request that writes or manages.
    pub write_timeout: Duration,
    /// Time for which documents that a busy cluster rejected are sent again, before the batch is given up.
    pub retry_for: Duration,
    /// Prefix of all index names.
    pub prefix: String,
    /// Primary shards of an index.
    pub shards: u32,
    /// Copies of each shard while an index is served.
    pub replicas: u32,
    /// About how large a bulk request gets, in bytes.
    pub bulk_bytes: usize,
    /// At most so many changes go into one bulk request.
    pub bulk_count: usize,
    /// Time for which the index remembers a deletion, so that an older change arriving late does not undo it. It has to be
    /// longer than a worker may hold on to a batch.
    pub gc_deletes: Duration,
    /// Interval at which written documents become visible.
    pub refresh_interval: Duration,
    /// Trace context that requests to the cluster carry.
    pub traceparent: Option<Traceparent>,
}

impl ElasticsearchOptions {
    /// The usual set-up for the nodes at these addresses, separated by commas. User information in the first one is who
    /// we are to all of them.
    ///
    /// # Errors
    /// If there is no address, or one of them is none.
    pub fn new(urls: &str) -> Result<Self, OptionsError> {
        let mut nodes = Vec::new();
        let mut login = None;
        let urls = urls.split(',').map(str::trim).filter(|url| !url.is_empty());
        for (place, url) in urls.enumerate() {
            let wrong = |reason: String| OptionsError::Address {
                place: place + 1,
                reason,
            };
            let mut url = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
            if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
                return Err(wrong("it needs http:// or https:// and a host".to_owned()));
            }
            login = login.or_else(|| user_of(&url));
            let unnamed = url.set_username("").and_then(|()| url.set_password(None));
            unnamed.map_err(|()| wrong("its user cannot be read".to_owned()))?;
            nodes.push(url);
        }
        if nodes.is_empty() {
            return Err(OptionsError::NoNode);
        }
        Ok(Self {
            nodes,
            login,
            ca_certificate: None,
            search_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(60),
            retry_for: Duration::from_secs(30),
            prefix: "souk".to_owned(),
            shards: 1,
            replicas: 1,
            bulk_bytes: 8 << 20,
            bulk_count: 2_000,
            gc_deletes: Duration::from_secs(60 * 60),
            refresh_interval: Duration::from_secs(1),
            traceparent: None,
        })
    }

    /// Checks what cannot be checked when it is set.
    pub(super) fn check(&self) -> Result<(), OptionsError> {
        if let Some(Login::ApiKey(key)) = &self.login
            && !key
                .expose_secret()
                .bytes()
                .all(|byte| byte.is_ascii_graphic())
        {
            return Err(OptionsError::ApiKey);
        }
        let lower = |letter: char| letter.is_ascii_lowercase();
        let other = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '_');
        let prefix = &self.prefix;
        let good = prefix.starts_with(lower)
            && prefix.len() <= 100
            && prefix.chars().all(|letter| lower(letter) || other(letter));
        if good {
            Ok(())
        } else {
            Err(OptionsError::Prefix(prefix.clone()))
        }
    }
}

/// The user that an address names, percent-encoded there.
fn user_of(url: &Url) -> Option<Login> {
    let plain = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    (!url.username().is_empty()).then(|| Login::Basic {
        user: plain(url.username()),
        password: SecretString::from(plain(url.password().unwrap_or_default())),
    })
}

impl fmt::Debug for ElasticsearchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<_> = self.nodes.iter().map(Url::as_str).collect();
        f.debug_struct("ElasticsearchOptions")
            .field("nodes", &nodes)
            .field("login", &self.login)
            .field("prefix", &self.prefix)
            .field("shards", &self.shards)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_nodes_share_the_user_of_the_first_that_has_one() {
        let options =
            ElasticsearchOptions::new("https://souk:s%40cret@one:9200, https://two:9200/es")
                .unwrap();
        let nodes: Vec<_> = options.nodes.iter().map(Url::as_str).collect();
        assert_eq!(nodes, ["https://one:9200/", "https://two:9200/es"]);
        let Some(Login::Basic { user, password }) = &options.login else {
            panic!("no user");
        };
        assert_eq!(
            (user.as_str(), password.expose_secret()),
            ("souk", "s@cret")
        );
        let shown = format!("{options:?}");
        assert!(
            !shown.contains("@cret") && !shown.contains("%40"),
            "{shown}"
        );
    }

    #[test]
    fn a_key_is_not_shown() {
        let mut options = ElasticsearchOptions::new("http://localhost:9200").unwrap();
        options.login = Some(Login::ApiKey(SecretString::from("hidden")));
        assert!(!format!("{options:?}").contains("hidden"));
    }

    #[test]
    fn invalid_url_is_rejected_without_showing_it() {
        for urls in [
            "",
            " , ",
            "localhost:9200",
            "ftp://u:hidden@h",
            "http://",
            "http://u:hidden@:x",
        ] {
            let error = ElasticsearchOptions::new(urls).unwrap_err();
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }

    #[test]
    fn names_of_indexes_begin_with_a_letter() {
        let mut options = ElasticsearchOptions::new("http://localhost:9200").unwrap();
        for (prefix, good) in [
            ("souk", true),
            ("shop-2_x", true),
            ("-x", false),
            ("A", false),
            ("", false),
            ("a*", false),
        ] {
            options.prefix = prefix.to_owned();
            assert_eq!(options.check().is_ok(), good, "{prefix}");
        }
    }
}
