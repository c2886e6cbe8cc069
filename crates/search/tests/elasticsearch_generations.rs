//! Several indexes of a tenant beside each other, on a real cluster.
#![allow(clippy::unwrap_used)]

mod elasticsearch_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use elasticsearch_support::{Shop, TENANT, delete, document, text, upsert};
use souk_domain::Language;
use souk_search::{
    Generation, IndexError, IndexGenerations, IndexOp, IndexWriter, OpOutcome, Refresh,
    SearchEngine,
};

const FIRST: Generation = Generation(0);
const NEXT: Generation = Generation(1);

impl Shop {
    async fn beside(&self, generation: Generation, ops: Vec<IndexOp>) -> Vec<OpOutcome> {
        let applied = self
            .engine
            .apply_to(TENANT, generation, ops, Refresh::Later);
        applied.await.unwrap()
    }

    async fn create(&self, generation: Generation) {
        let created = self.engine.create(TENANT, Language::English, generation);
        created.await.unwrap();
    }
}

#[tokio::test]
async fn an_index_is_filled_beside_the_one_that_is_served() {
    let shop = Shop::new().await;
    shop.apply(vec![upsert(1, document(1, "old mug"))]).await;
    shop.create(NEXT).await;
    shop.create(NEXT).await;
    let filled = shop
        .beside(
            NEXT,
            vec![
                upsert(2, document(1, "new mug")),
                upsert(2, document(2, "mug")),
            ],
        )
        .await;
    assert_eq!(filled, vec![OpOutcome::Applied; 2]);
    assert_eq!(
        shop.beside(NEXT, vec![delete(3, 9)]).await,
        [OpOutcome::Applied]
    );
    assert_eq!(shop.titles("mug").await, ["old mug"]);

    assert_eq!(shop.engine.finish(TENANT, NEXT).await.unwrap(), 2);
    let entries = shop
        .engine
        .entries_of(TENANT, NEXT, None, 10)
        .await
        .unwrap();
    assert_eq!(entries.len(), 2);
    let indexes = shop.engine.indexes(TENANT).await.unwrap();
    let listed: Vec<_> = indexes
        .iter()
        .map(|index| {
            (
                index.generation,
                index.serving,
                index.documents,
                index.current,
            )
        })
        .collect();
    assert_eq!(listed, [(FIRST, true, 1, true), (NEXT, false, 2, true)]);
    assert!(indexes.iter().all(|index| index.bytes > 0));

    shop.engine.serve(TENANT, NEXT).await.unwrap();
    shop.engine.serve(TENANT, NEXT).await.unwrap();
    assert_eq!(shop.search("mug").await.total, 2);
    shop.apply(vec![upsert(4, document(3, "mug"))]).await;
    assert_eq!(
        shop.search("mug").await.total,
        3,
        "changes follow the searches"
    );
    assert!(!shop.engine.ensure(TENANT, Language::English).await.unwrap());

    let served = shop.engine.discard(TENANT, NEXT).await;
    assert!(matches!(served, Err(IndexError::Engine(_))), "{served:?}");
    shop.engine.discard(TENANT, FIRST).await.unwrap();
    shop.engine.discard(TENANT, FIRST).await.unwrap();
    let left = shop.engine.indexes(TENANT).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(left[0].serving && left[0].generation == NEXT);
}

#[tokio::test]
async fn a_discarded_index_does_not_come_back_by_itself() {
    let shop = Shop::new().await;
    shop.apply(vec![upsert(1, document(1, "mug"))]).await;
    shop.create(NEXT).await;
    shop.engine.discard(TENANT, NEXT).await.unwrap();
    for op in [upsert(1, document(1, "mug")), delete(1, 1)] {
        let applied = shop
            .engine
            .apply_to(TENANT, NEXT, vec![op], Refresh::Now)
            .await;
        assert!(
            matches!(applied, Err(IndexError::Missing(_))),
            "{applied:?}"
        );
    }
    let finished = shop.engine.finish(TENANT, NEXT).await;
    assert!(
        matches!(finished, Err(IndexError::Missing(_))),
        "{finished:?}"
    );
    let entries = shop.engine.entries_of(TENANT, NEXT, None, 1).await;
    assert!(
        matches!(entries, Err(IndexError::Missing(_))),
        "{entries:?}"
    );
    let served = shop.engine.serve(TENANT, NEXT).await;
    assert!(matches!(served, Err(IndexError::Missing(_))), "{served:?}");
    assert_eq!(
        shop.search("mug").await.total,
        1,
        "what was served is served on"
    );
    assert_eq!(shop.engine.indexes(TENANT).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_language_wants_a_reindex_and_serves_on() {
    let shop = Shop::new().await;
    shop.apply(vec![upsert(1, document(1, "mugs"))]).await;
    assert!(!shop.engine.ensure(TENANT, Language::German).await.unwrap());
    let indexes = shop.engine.indexes(TENANT).await.unwrap();
    assert!(indexes[0].serving && !indexes[0].current);
    assert_eq!(shop.titles("mugs").await, ["mugs"]);

    let created = shop.engine.create(TENANT, Language::German, NEXT).await;
    created.unwrap();
    let indexes = shop.engine.indexes(TENANT).await.unwrap();
    assert!(!indexes[0].current && indexes[1].current);
}

#[tokio::test]
async fn no_search_meets_none_or_two() {
    let shop = Shop::new().await;
    let ops = || vec![upsert(1, document(1, "mug"))];
    shop.apply(ops()).await;
    shop.create(NEXT).await;
    shop.beside(NEXT, ops()).await;
    shop.engine.finish(TENANT, NEXT).await.unwrap();

    let done = Arc::new(AtomicBool::new(false));
    let (engine, stop) = (shop.engine.clone(), done.clone());
    let searching = tokio::spawn(async move {
        let mut searches = 0;
        while !stop.load(Ordering::Relaxed) {
            let page = engine.search(&text("mug")).await.unwrap();
            assert_eq!(page.total, 1);
            searches += 1;
        }
        searches
    });
    for generation in [NEXT, FIRST, NEXT, FIRST, NEXT, FIRST] {
        shop.engine.serve(TENANT, generation).await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    assert!(searching.await.unwrap() > 0);
}
