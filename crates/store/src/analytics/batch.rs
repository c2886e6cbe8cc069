//! Counts on their way into the database.

use std::{collections::HashMap, ops::Deref};

use souk_domain::{Action, TenantId};

/// Key that searches are counted under: tenant, day, text and settings version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchKey {
    /// Tenant that was searched.
    pub tenant: TenantId,
    /// Days since 1970 UTC.
    pub day: i64,
    /// Hash of the normalised text.
    pub query: i64,
    /// Version of the search configuration that was used.
    pub settings: u32,
}

/// Searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchCount {
    /// Key of the counted searches.
    pub key: SearchKey,
    /// The text in its normal form.
    pub text: String,
    /// Number of searches.
    pub searches: u64,
    /// Number of searches without a hit.
    pub no_results: u64,
}

/// Visitor counted once for a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visitor {
    /// Key of the search.
    pub key: SearchKey,
    /// Hash of visitor and search.
    pub token: i64,
}

/// Hashes of a network and what it did, by which each network counts once a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkTokens {
    /// For clicks after the search.
    pub query: i64,
    /// For anything done with the product.
    pub product: i64,
    /// For this kind of action with the product.
    pub deed: i64,
}

/// Click, cart addition or purchase of a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCount {
    /// Key of the search that returned the hit.
    pub key: SearchKey,
    /// Kind of event.
    pub action: Action,
    /// Product id; the event is ignored if the tenant has no such product.
    pub product: i64,
    /// Position of the hit, from 1, if it is known.
    pub position: Option<u32>,
    /// Units bought.
    pub quantity: u32,
    /// Amount paid, in minor units of the tenant's currency.
    pub revenue: i64,
    /// The same for events that count once: a hash of session, search, product and action. None if the session is
    /// not known: then every event counts.
    pub event: Option<i64>,
    /// Deduplication hash for success, counted once per visitor, search and action.
    pub success: Option<i64>,
    /// Network that it came from; `None` if it counts for none.
    pub network: Option<NetworkTokens>,
}

/// Searches of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkSearches {
    /// Key of the searches.
    pub key: SearchKey,
    /// Hash of the network.
    pub network: i64,
    /// Number of searches.
    pub searches: u64,
    /// Number of searches without a hit.
    pub no_results: u64,
}

/// Networks that counts came from, so that all counts of one can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkOrigins {
    /// Searches, each key and network once.
    pub searches: Vec<NetworkSearches>,
    /// Network of each token of a visitor or network that is known.
    pub tokens: HashMap<Visitor, i64>,
    /// Networks of the events, in their order; those that are missing are not known.
    pub events: Vec<Option<i64>>,
}

/// Counts that one transaction adds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Unique id, by which a batch is added only once.
    pub id: i64,
    /// Searches, each key once.
    pub searches: Vec<SearchCount>,
    /// Visitors, each once.
    pub visitors: Vec<Visitor>,
    /// Networks that searched with every word found, each once; a token is a hash of network and search.
    pub networks: Vec<Visitor>,
    /// Events on the hits.
    pub events: Vec<EventCount>,
}

impl Batch {
    /// Returns true if the batch has no counts.
    pub fn is_empty(&self) -> bool {
        self.searches.is_empty()
            && self.visitors.is_empty()
            && self.networks.is_empty()
            && self.events.is_empty()
    }

    /// Tenants of all counts, with repetitions.
    pub(super) fn tenants(&self) -> impl Iterator<Item = TenantId> {
        let searches = self.searches.iter().map(|it| it.key.tenant);
        let visitors = self.visitors.iter().map(|it| it.key.tenant);
        let events = self.events.iter().map(|it| it.key.tenant);
        let networks = self.networks.iter().map(|it| it.key.tenant);
        searches.chain(visitors).chain(networks).chain(events)
    }

    /// Removes the counts of all tenants that `is_kept` rejects.
    pub(super) fn retain(&mut self, is_kept: impl Fn(TenantId) -> bool) {
        self.searches.retain(|it| is_kept(it.key.tenant));
        self.visitors.retain(|it| is_kept(it.key.tenant));
        self.networks.retain(|it| is_kept(it.key.tenant));
        self.events.retain(|it| is_kept(it.key.tenant));
    }
}

/// Batch with the networks that its counts came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttributedBatch {
    /// The counts.
    pub batch: Batch,
    /// Their networks, as far as they are known.
    pub origins: NetworkOrigins,
}

impl Deref for AttributedBatch {
    type Target = Batch;

    fn deref(&self) -> &Batch {
        &self.batch
    }
}
