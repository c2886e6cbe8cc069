//! Rate-limit policies and their counters.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use souk_rate_limit::{Limiter, Quota};
use souk_redis::Redis;
use tokio_util::sync::CancellationToken;

use super::{Caller, RouteClass, Standing};

/// Interval of removing clients with a full quota.
const SWEEP: Duration = Duration::from_secs(60);

/// The quotas, each of so many requests a window.
#[derive(Debug, Clone, Copy)]
pub struct RateLimitOptions {
    /// Of an address, for all that has no quota of its own.
    pub anonymous: Quota,
    /// Of an address, for searches; none: they are counted with the rest.
    pub search: Option<Quota>,
    /// Of an address, for suggestions; none: they are counted with the rest.
    pub suggestions: Option<Quota>,
    /// Of an address, for telling what shoppers do; none: it is counted with the rest.
    pub events: Option<Quota>,
    /// Of an address, for pages, documentation and images.
    pub pages: Quota,
    /// Of a marketplace's key.
    pub key: Quota,
    /// Of the admin key or an API key, for reading.
    pub admin: Quota,
    /// Of the admin key or an API key, for changes.
    pub write: Quota,
    /// Of a network, for wrong keys.
    pub refused_keys: Quota,
}

/// The quotas and their counts; nothing is counted by default. Cheap to clone.
#[derive(Clone, Default)]
pub struct RateLimits(Option<Arc<Policies>>);

impl RateLimits {
    /// Counts against these quotas, in Redis if there is one.
    pub fn new(options: &RateLimitOptions, redis: Option<&Redis>) -> Self {
        let policy = |name, quota| Policy {
            name,
            limiter: Limiter::new(name, quota, redis),
            allowed: AtomicU64::default(),
            refused: AtomicU64::default(),
        };
        Self(Some(Arc::new(Policies {
            anonymous: policy("default", options.anonymous),
            search: options.search.map(|quota| policy("search", quota)),
            suggestions: options
                .suggestions
                .map(|quota| policy("suggestions", quota)),
            events: options.events.map(|quota| policy("events", quota)),
            pages: policy("pages", options.pages),
            key: policy("key", options.key),
            admin: policy("admin", options.admin),
            write: policy("write", options.write),
            refused_keys: policy("refused_keys", options.refused_keys),
        })))
    }

    /// Counts a wrong key of a network; returns the seconds until the next may be tried if there were too many.
    pub(in crate::http) async fn refused_key(&self, network: &str) -> Option<u32> {
        let policies = self.0.as_ref()?;
        let standing = policies.refused_keys.standing(network).await;
        (!standing.decision.allowed).then(|| standing.retry_after_secs())
    }

    pub(super) fn policies(&self) -> Option<Arc<Policies>> {
        self.0.clone()
    }

    /// Decisions per quota in this process.
    pub fn counts(&self) -> Vec<PolicyCounts> {
        let policies = self.0.iter().flat_map(|policies| policies.all());
        let counts = policies.map(|policy| PolicyCounts {
            policy: policy.name,
            allowed: policy.allowed.load(Ordering::Relaxed),
            refused: policy.refused.load(Ordering::Relaxed),
        });
        counts.collect()
    }

    /// Forgets, from time to time, clients that have not asked for long.
    pub async fn sweep(self, shutdown: CancellationToken) {
        let Some(policies) = self.0 else {
            return;
        };
        let sweeping = async {
            loop {
                tokio::time::sleep(SWEEP).await;
                policies.sweep();
            }
        };
        shutdown.run_until_cancelled(sweeping).await;
    }
}

/// Requests that were counted against one quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyCounts {
    /// The quota's name.
    pub policy: &'static str,
    /// Allowed requests.
    pub allowed: u64,
    /// Rejected requests.
    pub refused: u64,
}

/// A quota with its name and counts.
struct Policy {
    name: &'static str,
    limiter: Limiter,
    allowed: AtomicU64,
    refused: AtomicU64,
}

impl Policy {
    /// Counts a request of a client.
    async fn standing(&self, client: &str) -> Standing {
        let decision = self.limiter.check(client).await;
        let counter = if decision.allowed {
            &self.allowed
        } else {
            &self.refused
        };
        counter.fetch_add(1, Ordering::Relaxed);
        Standing {
            policy: self.name,
            quota: self.limiter.quota(),
            decision,
        }
    }
}

pub(super) struct Policies {
    anonymous: Policy,
    search: Option<Policy>,
    suggestions: Option<Policy>,
    events: Option<Policy>,
    pages: Policy,
    key: Policy,
    admin: Policy,
    write: Policy,
    refused_keys: Policy,
}

impl Policies {
    /// Counts a request.
    pub(super) async fn count(&self, caller: &Caller, class: RouteClass) -> Standing {
        let policy = self.of(caller, class);
        let client = match caller {
            Caller::Admin => "admin".to_owned(),
            Caller::ApiKey(key) => format!("key {}", key.id),
            Caller::Person(account) => format!("account {}", account.0),
            Caller::Storefront(tenant) => tenant.to_string(),
            Caller::Anonymous(client) => client.to_string(),
        };
        policy.standing(&client).await
    }

    fn of(&self, caller: &Caller, class: RouteClass) -> &Policy {
        match (caller, class) {
            (_, RouteClass::Page) => &self.pages,
            (Caller::Admin | Caller::ApiKey(_) | Caller::Person(_), RouteClass::Write) => {
                &self.write
            }
            (Caller::Admin | Caller::ApiKey(_) | Caller::Person(_), _) => &self.admin,
            (Caller::Storefront(_), _) => &self.key,
            (Caller::Anonymous(_), RouteClass::Search) => {
                self.search.as_ref().unwrap_or(&self.anonymous)
            }
            (Caller::Anonymous(_), RouteClass::Suggestions) => {
                self.suggestions.as_ref().unwrap_or(&self.anonymous)
            }
            (Caller::Anonymous(_), RouteClass::Events) => {
                self.events.as_ref().unwrap_or(&self.anonymous)
            }
            (Caller::Anonymous(_), _) => &self.anonymous,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Policy> {
        let own = [
            &self.anonymous,
            &self.pages,
            &self.key,
            &self.admin,
            &self.write,
            &self.refused_keys,
        ];
        let chosen = [&self.search, &self.suggestions, &self.events];
        own.into_iter().chain(chosen.into_iter().flatten())
    }

    fn sweep(&self) {
        for policy in self.all() {
            policy.limiter.sweep();
        }
    }
}
