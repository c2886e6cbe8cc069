//! Counts on their way into the database.

use souk_domain::{Action, TenantId};

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchKey {
    /// The marketplace.
    pub tenant: TenantId,
    /// Days since 1970 UTC.
    pub day: i64,
    /// Stands for the text in its normal form.
    pub query: i64,
    /// The version of the settings that answered.
    pub settings: u32,
}

/// Searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchCount {
    /// Which.
    pub key: SearchKey,
    /// The text in its normal form.
    pub text: String,
    /// How many.
    pub searches: u64,
    /// How many of them found nothing.
    pub no_results: u64,
}

/// A session that searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visitor {
    /// For what.
    pub key: SearchKey,
    /// A hash of session and search together.
    pub token: i64,
}

/// What a shopper did with a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCount {
    /// With a hit of which search.
    pub key: SearchKey,
    /// What.
    pub action: Action,
    /// With which product; it is not counted if the marketplace has none of this id.
    pub product: i64,
    /// The hit's place, from 1.
    pub position: u32,
    /// How many pieces.
    pub quantity: u32,
    /// What was paid, in minor units of the tenant's currency.
    pub revenue: i64,
    /// The same for events that count once: a hash of session, search, product and action. None if the session is
    /// not known: then every event counts.
    pub event: Option<i64>,
    /// The same for events that make a search successful once: a hash of session, search and action.
    pub success: Option<i64>,
}

/// Counts that are added up together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Unlike that of any other batch.
    pub id: i64,
    /// Searches, each key once.
    pub searches: Vec<SearchCount>,
    /// Sessions, each once.
    pub visitors: Vec<Visitor>,
    /// What was done with the hits.
    pub events: Vec<EventCount>,
}

impl Batch {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.searches.is_empty() && self.visitors.is_empty() && self.events.is_empty()
    }

    /// The marketplaces that have something in it, again and again.
    pub(super) fn tenants(&self) -> impl Iterator<Item = TenantId> {
        let searches = self.searches.iter().map(|it| it.key.tenant);
        let visitors = self.visitors.iter().map(|it| it.key.tenant);
        let events = self.events.iter().map(|it| it.key.tenant);
        searches.chain(visitors).chain(events)
    }

    /// Leaves out what belongs to other marketplaces than these.
    pub(super) fn retain(&mut self, is_kept: impl Fn(TenantId) -> bool) {
        self.searches.retain(|it| is_kept(it.key.tenant));
        self.visitors.retain(|it| is_kept(it.key.tenant));
        self.events.retain(|it| is_kept(it.key.tenant));
    }
}
