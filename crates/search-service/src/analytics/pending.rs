//! Counts that are not flushed yet.

use std::collections::{HashMap, HashSet};

use souk_domain::{HitEvent, TenantId};
use souk_store::{
    AttributedBatch, Batch, EventCount, NetworkOrigins, NetworkSearches, NetworkTokens,
    SearchCount, SearchKey, Visitor,
};

/// Searches that are held apart, at most.
const MAX_SEARCHES: usize = 50_000;
/// Sessions that are, for all searches together.
const MAX_VISITORS: usize = 100_000;
/// Events that are held.
const MAX_EVENTS: usize = 50_000;
/// Most flushes for which an event waits for its search to become known.
const MAX_TRIES: u32 = 3;

/// Event on a search hit.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) key: SearchKey,
    pub(super) event: HitEvent,
    /// Deduplication tokens of the event and of its search's success; `None` counts always.
    pub(super) once: Option<(i64, i64)>,
    /// Tokens of the network that it came from; `None` if it counts for none.
    pub(super) network: Option<NetworkTokens>,
    /// Hash of the network that it came from, if it is known.
    pub(super) origin: Option<i64>,
    /// Number of flushes it waited.
    pub(super) tries: u32,
}

/// Counts, no more than fit.
#[derive(Debug, Default)]
pub(super) struct Pending {
    searches: HashMap<SearchKey, Search>,
    visitors: HashSet<Visitor>,
    networks: HashSet<Visitor>,
    /// Searches by network, and networks of the visitors' tokens.
    by_network: HashMap<(SearchKey, i64), Search>,
    origins: HashMap<Visitor, i64>,
    texts: HashMap<(TenantId, i64), String>,
    events: Vec<Event>,
    lost: u64,
}

#[derive(Debug, Default)]
struct Search {
    searches: u64,
    no_results: u64,
}

impl Pending {
    /// Counts a search, with the tokens of its visitor and of its network.
    pub(super) fn search(
        &mut self,
        key: SearchKey,
        text: &str,
        found: bool,
        (visitor, network): (Option<i64>, Option<i64>),
    ) {
        let there = self.searches.len();
        let search = match self.searches.get_mut(&key) {
            Some(search) => search,
            None if there >= MAX_SEARCHES => {
                self.lost += 1;
                return;
            }
            None => {
                let texts = self.texts.entry((key.tenant, key.query));
                texts.or_insert_with(|| text.to_owned());
                self.searches.entry(key).or_default()
            }
        };
        search.searches += 1;
        search.no_results += u64::from(!found);
        for (token, all) in [(visitor, &mut self.visitors), (network, &mut self.networks)] {
            if let Some(token) = token
                && all.len() < MAX_VISITORS
            {
                all.insert(Visitor { key, token });
            }
        }
    }

    /// Notes which network a search came from, with the tokens that it was counted with.
    pub(super) fn search_of(
        &mut self,
        network: i64,
        key: SearchKey,
        found: bool,
        tokens: [Option<i64>; 2],
    ) {
        if !self.searches.contains_key(&key) {
            return;
        }
        let there = self.by_network.len();
        let search = match self.by_network.get_mut(&(key, network)) {
            Some(search) => search,
            None if there >= MAX_VISITORS => return,
            None => self.by_network.entry((key, network)).or_default(),
        };
        search.searches += 1;
        search.no_results += u64::from(!found);
        for token in tokens.into_iter().flatten() {
            if self.origins.len() < 2 * MAX_VISITORS {
                self.origins
                    .entry(Visitor { key, token })
                    .or_insert(network);
            }
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        if self.events.len() < MAX_EVENTS {
            self.events.push(event);
        } else {
            self.lost += 1;
        }
    }

    /// Returns true if a search is counted but not flushed yet.
    pub(super) fn knows(&self, tenant: TenantId, query: i64) -> bool {
        self.texts.contains_key(&(tenant, query))
    }

    /// Returns and resets the number of counts lost to the limits.
    pub(super) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    /// Returns searches of events that were not counted in this process.
    pub(super) fn doubtful(&self) -> Vec<(TenantId, i64)> {
        let searches = self.events.iter().map(|it| (it.key.tenant, it.key.query));
        let doubtful: HashSet<_> = searches
            .filter(|search| !self.texts.contains_key(search))
            .collect();
        doubtful.into_iter().collect()
    }

    /// All of it as a batch. Events of searches that are `unknown` wait for the next one, a few times.
    pub(super) fn take(&mut self, id: i64, unknown: &HashSet<(TenantId, i64)>) -> AttributedBatch {
        let all = std::mem::take(self);
        self.lost = all.lost;
        let waits = |event: &Event| {
            event.tries < MAX_TRIES && unknown.contains(&(event.key.tenant, event.key.query))
        };
        let (waiting, events): (Vec<_>, Vec<_>) = all.events.into_iter().partition(waits);
        self.events = waiting;
        for event in &mut self.events {
            event.tries += 1;
        }
        let by_network = all.by_network.into_iter();
        let origins = NetworkOrigins {
            searches: by_network
                .map(|((key, network), search)| NetworkSearches {
                    key,
                    network,
                    searches: search.searches,
                    no_results: search.no_results,
                })
                .collect(),
            tokens: all.origins,
            events: events.iter().map(|event| event.origin).collect(),
        };
        let mut texts = all.texts;
        let searches = all.searches.into_iter().map(|(key, search)| SearchCount {
            key,
            // One text for all settings and days of a search.
            text: texts.entry((key.tenant, key.query)).or_default().clone(),
            searches: search.searches,
            no_results: search.no_results,
        });
        let batch = Batch {
            id,
            searches: searches.collect(),
            visitors: all.visitors.into_iter().collect(),
            networks: all.networks.into_iter().collect(),
            events: events.into_iter().map(EventCount::from).collect(),
        };
        AttributedBatch { batch, origins }
    }
}

impl From<Event> for EventCount {
    fn from(event: Event) -> Self {
        Self {
            key: event.key,
            action: event.event.action,
            product: event.event.product.0,
            position: event.event.position,
            quantity: event.event.quantity,
            revenue: event.event.revenue,
            event: event.once.map(|(event, _)| event),
            success: event.once.map(|(_, success)| success),
            network: event.network,
        }
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::{Action, ProductId};

    use super::*;

    fn key(query: i64) -> SearchKey {
        SearchKey {
            tenant: TenantId(1),
            day: 5,
            query,
            settings: 0,
        }
    }

    fn click(query: i64) -> Event {
        Event {
            key: key(query),
            event: HitEvent {
                action: Action::Click,
                product: ProductId(1),
                position: Some(1),
                quantity: 1,
                revenue: 0,
                at_ms: 0,
            },
            once: None,
            network: None,
            origin: None,
            tries: 0,
        }
    }

    #[test]
    fn no_crowd_takes_more_than_the_room_there_is() {
        let mut pending = Pending::default();
        let searches = MAX_SEARCHES as i64 + 10;
        for query in 0..searches {
            pending.search(key(query), "text", true, (Some(query), Some(query)));
            pending.search(key(0), "text", false, (Some(1_000_000 + query), None));
            pending.event(click(query));
        }
        assert_eq!(pending.searches.len(), MAX_SEARCHES);
        assert_eq!(pending.visitors.len(), MAX_VISITORS);
        assert_eq!(pending.networks.len(), MAX_SEARCHES);
        assert_eq!(pending.events.len(), MAX_EVENTS);
        assert_eq!(
            pending.take_lost(),
            10 + searches.cast_unsigned() - MAX_EVENTS as u64
        );
        let batch = pending.take(1, &HashSet::new());
        let first = batch.searches.iter().find(|it| it.key == key(0)).unwrap();
        assert_eq!(
            first.no_results,
            searches.cast_unsigned(),
            "what has a place goes on"
        );
        assert!(pending.take(2, &HashSet::new()).is_empty());
    }

    #[test]
    fn an_event_waits_for_its_search_and_not_forever() {
        let mut pending = Pending::default();
        pending.search(key(1), "known", true, (None, None));
        pending.event(click(1));
        pending.event(click(2));
        assert_eq!(pending.doubtful(), [(TenantId(1), 2)]);
        let unknown = HashSet::from([(TenantId(1), 2)]);
        assert_eq!(pending.take(1, &unknown).events.len(), 1);
        for id in 2..4 {
            assert!(pending.take(id, &unknown).is_empty(), "{id}");
        }
        assert_eq!(pending.take(4, &unknown).events.len(), 1);
    }
}
