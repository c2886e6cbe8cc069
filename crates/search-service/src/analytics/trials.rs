//! Random interleavings of shoppers, flushes and a database that fails before a commit, or after it.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    sync::Arc,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use proptest::prelude::*;
use souk_domain::{Action, HitEvent, ProductId, QueryId, TenantId};
use souk_store::{AttributedBatch, StoreError};

use super::{Analytics, SearchFacts, flush::InvalidationLog};

const TENANT: TenantId = TenantId(1);

/// What a database does to a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Luck {
    Adds,
    Refuses,
    AddsUnheard,
}

/// A database that adds up, if it has the luck to.
#[derive(Default)]
struct Fickle {
    luck: Mutex<VecDeque<Luck>>,
    added: Mutex<HashSet<i64>>,
    searches: Mutex<BTreeMap<i64, u64>>,
    clicks: Mutex<u64>,
}

fn away() -> StoreError {
    StoreError::Unavailable(sea_orm::DbErr::Custom("away".to_owned()))
}

#[async_trait]
impl InvalidationLog for Fickle {
    async fn add(&self, batch: &AttributedBatch) -> Result<(), StoreError> {
        let luck = self.luck.lock().pop_front().unwrap_or(Luck::Adds);
        if luck == Luck::Refuses {
            return Err(away());
        }
        if self.added.lock().insert(batch.id) {
            let mut sums = self.searches.lock();
            for count in &batch.searches {
                *sums.entry(count.key.query).or_default() += count.searches;
            }
            *self.clicks.lock() += batch.events.len() as u64;
        }
        match luck {
            Luck::AddsUnheard => Err(away()),
            _ => Ok(()),
        }
    }

    async fn known(&self, keys: &[(TenantId, i64)]) -> Result<Vec<(TenantId, i64)>, StoreError> {
        let known: BTreeSet<i64> = self.searches.lock().keys().copied().collect();
        let keys = keys.iter().filter(|(_, query)| known.contains(query));
        Ok(keys.copied().collect())
    }
}

#[derive(Debug, Clone)]
enum Step {
    Search(u64),
    Click(u64),
    Flush(Luck),
}

fn step() -> impl Strategy<Value = Step> {
    let luck = prop_oneof![
        Just(Luck::Adds),
        Just(Luck::Refuses),
        Just(Luck::AddsUnheard)
    ];
    prop_oneof![
        4 => (0_u64..4).prop_map(Step::Search),
        2 => (0_u64..6).prop_map(Step::Click),
        2 => luck.prop_map(Step::Flush),
    ]
}

fn id(text: u64) -> QueryId {
    QueryId {
        text,
        settings: 0,
        rest: 0,
    }
}

fn search(analytics: &Analytics, text: u64) {
    let facts = SearchFacts {
        id: id(text),
        text: text.to_string(),
        found: true,
        has_every_word: true,
    };
    analytics.searched(TENANT, &facts, (None, None), 0);
}

fn click(analytics: &Analytics, text: u64) {
    let event = HitEvent {
        action: Action::Click,
        product: ProductId(1),
        position: Some(1),
        quantity: 1,
        revenue: 0,
        at_ms: 0,
    };
    analytics.acted(TENANT, id(text), &event, (None, None), 0);
}

proptest! {
    #[test]
    fn flushes_lose_and_double_nothing(steps in proptest::collection::vec(step(), 0..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let ledger = Arc::new(Fickle::default());
        let analytics = Analytics::over(ledger.clone());
        let (mut searches, mut clicks) = (BTreeMap::new(), 0);
        for step in steps {
            match step {
                Step::Search(text) => {
                    search(&analytics, text);
                    *searches.entry(text as i64).or_default() += 1;
                }
                Step::Click(text) => {
                    click(&analytics, text);
                    clicks += 1;
                }
                Step::Flush(luck) => {
                    ledger.luck.lock().push_back(luck);
                    runtime.block_on(analytics.flush());
                    ledger.luck.lock().clear();
                }
            }
        }
        runtime.block_on(analytics.finish());
        prop_assert_eq!(&*ledger.searches.lock(), &searches);
        prop_assert_eq!(*ledger.clicks.lock(), clicks);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn shoppers_who_come_while_it_is_flushed_are_counted_once() {
    const SHOPPERS: u64 = 4;
    const SEARCHES: u64 = 2_000;
    let ledger = Arc::new(Fickle::default());
    let analytics = Analytics::over(ledger.clone());
    let shopper = |shopper: u64| {
        let analytics = analytics.clone();
        tokio::spawn(async move {
            for number in 0..SEARCHES {
                search(&analytics, number % 3);
                click(&analytics, number % 3);
                if number % 100 == shopper {
                    analytics.flush().await;
                }
            }
        })
    };
    let shoppers: Vec<_> = (0..SHOPPERS).map(shopper).collect();
    for shopper in shoppers {
        shopper.await.unwrap();
    }
    analytics.finish().await;
    let all = SHOPPERS * SEARCHES;
    assert_eq!(ledger.searches.lock().values().sum::<u64>(), all);
    assert_eq!(*ledger.clicks.lock(), all);
}
