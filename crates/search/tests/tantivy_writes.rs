//! Writes of the embedded engine: versions, restarts, mappings, generations.
#![allow(clippy::unwrap_used)]

mod tantivy_support;

use souk_domain::{Language, ProductId};
use souk_search::{
    Generation, IndexError, IndexGenerations, IndexWriter, OpOutcome, Refresh, SearchEngine,
};
use tantivy_support::{Shop, TENANT, delete, document, open, upsert};

#[tokio::test]
async fn an_older_version_never_wins() {
    let shop = Shop::new().await;
    let outcomes = shop
        .apply(vec![
            upsert(5, document(1, "newer mug")),
            upsert(4, document(1, "older mug")),
            upsert(5, document(1, "same mug")),
        ])
        .await;
    assert_eq!(
        outcomes,
        [OpOutcome::Applied, OpOutcome::Stale, OpOutcome::Stale]
    );
    assert_eq!(
        shop.apply(vec![upsert(3, document(1, "oldest mug"))]).await,
        [OpOutcome::Stale]
    );
    assert_eq!(shop.titles("mug").await, ["newer mug"]);

    assert_eq!(shop.apply(vec![delete(7, 1)]).await, [OpOutcome::Applied]);
    assert_eq!(
        shop.apply(vec![upsert(6, document(1, "late mug"))]).await,
        [OpOutcome::Stale]
    );
    assert!(shop.titles("mug").await.is_empty());
    assert_eq!(
        shop.apply(vec![upsert(8, document(1, "new mug"))]).await,
        [OpOutcome::Applied]
    );
    assert_eq!(shop.titles("mug").await, ["new mug"]);
}

#[tokio::test]
async fn the_last_change_in_a_batch_stays() {
    let shop = Shop::with(vec![document(1, "first lamp")]).await;
    let outcomes = shop
        .apply(vec![
            upsert(2, document(1, "second lamp")),
            upsert(3, document(1, "third lamp")),
            upsert(2, document(2, "doomed lamp")),
            delete(3, 2),
        ])
        .await;
    assert_eq!(outcomes, vec![OpOutcome::Applied; 4]);
    assert_eq!(shop.titles("lamp").await, ["third lamp"]);
    let entries = shop.engine.entries(TENANT, None, 10).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].id, entries[0].version), (ProductId(1), 3));
    assert_eq!(
        entries[0].content_hash,
        document(1, "third lamp").content_hash()
    );
}

#[tokio::test]
async fn versions_survive_a_restart() {
    let Shop { engine, directory } = Shop::with(vec![document(1, "kept mug")]).await;
    drop(engine);
    let engine = open(&directory);
    assert!(!engine.ensure(TENANT, Language::English).await.unwrap());
    let shop = Shop { engine, directory };
    assert_eq!(shop.titles("mug").await, ["kept mug"]);
    assert_eq!(
        shop.apply(vec![upsert(1, document(1, "stale mug"))]).await,
        [OpOutcome::Stale]
    );
    assert_eq!(
        shop.apply(vec![upsert(2, document(1, "fresh mug"))]).await,
        [OpOutcome::Applied]
    );
    assert_eq!(shop.titles("mug").await, ["fresh mug"]);
}

#[tokio::test]
async fn an_index_is_searched_before_anyone_writes_it() {
    let Shop { engine, directory } = Shop::with(vec![document(1, "kept mug")]).await;
    drop(engine);
    let shop = Shop {
        engine: open(&directory),
        directory,
    };
    assert_eq!(shop.titles("mug").await, ["kept mug"]);
}

#[tokio::test]
async fn another_language_is_another_index() {
    let shop = Shop::with(vec![document(1, "mug")]).await;
    assert!(!shop.engine.ensure(TENANT, Language::English).await.unwrap());
    assert!(shop.engine.ensure(TENANT, Language::German).await.unwrap());
    assert!(shop.titles("mug").await.is_empty());
    let tenant_directory = shop.directory.path().join("1");
    assert_eq!(std::fs::read_dir(tenant_directory).unwrap().count(), 1);
}

#[tokio::test]
async fn a_damaged_index_is_made_anew() {
    let Shop { engine, directory } = Shop::with(vec![document(1, "mug")]).await;
    drop(engine);
    let tenant_directory = directory.path().join("1");
    let index = std::fs::read_dir(tenant_directory)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::write(index.join("meta.json"), "not json").unwrap();
    let engine = open(&directory);
    assert!(engine.ready(TENANT).await.is_err());
    assert!(engine.ensure(TENANT, Language::English).await.unwrap());
    assert!(engine.ready(TENANT).await.is_ok());
}

#[tokio::test]
async fn only_one_writes() {
    let shop = Shop::new().await;
    let other = open(&shop.directory);
    let error = other.ensure(TENANT, Language::English).await.unwrap_err();
    let IndexError::Unavailable(source) = error else {
        panic!("{error:?}");
    };
    assert!(source.to_string().contains("another process"), "{source}");
    drop(shop.engine);
    assert!(!other.ensure(TENANT, Language::English).await.unwrap());
}

#[tokio::test]
async fn a_document_too_large_is_refused_and_the_rest_taken() {
    let shop = Shop::new().await;
    let mut large = document(1, "huge mug");
    large.description = "x".repeat(2 << 20);
    let mut dear = document(2, "dear mug");
    dear.price.min = i64::MAX;
    let outcomes = shop
        .apply(vec![
            upsert(1, large),
            upsert(1, dear),
            upsert(1, document(3, "mug")),
        ])
        .await;
    assert!(matches!(&outcomes[0], OpOutcome::Rejected(reason) if reason.contains("bytes")));
    assert!(matches!(&outcomes[1], OpOutcome::Rejected(reason) if reason.contains("price")));
    assert_eq!(outcomes[2], OpOutcome::Applied);
    assert_eq!(shop.titles("mug").await, ["mug"]);
}

#[tokio::test]
async fn entries_come_in_order_and_in_pages() {
    let shop = Shop::new().await;
    for id in [5, 3, 9, 1, 7] {
        shop.apply(vec![upsert(id as u64, document(id, "mug"))])
            .await;
    }
    shop.apply(vec![delete(20, 3)]).await;
    let ids = |entries: Vec<souk_search::IndexEntry>| {
        entries.into_iter().map(|it| it.id.0).collect::<Vec<_>>()
    };
    let first = shop.engine.entries(TENANT, None, 2).await.unwrap();
    assert_eq!(ids(first), [1, 5]);
    let rest = shop
        .engine
        .entries(TENANT, Some(ProductId(5)), 10)
        .await
        .unwrap();
    assert_eq!(ids(rest), [7, 9]);
}

#[tokio::test]
async fn a_removed_index_is_gone() {
    let shop = Shop::with(vec![document(1, "mug")]).await;
    shop.engine.remove(TENANT).await.unwrap();
    assert!(shop.engine.ready(TENANT).await.is_err());
    assert!(
        shop.engine
            .apply(vec![upsert(2, document(1, "mug"))], Refresh::Now)
            .await
            .is_err()
    );
    assert!(shop.engine.ensure(TENANT, Language::English).await.unwrap());
    assert!(shop.titles("mug").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_and_writes_go_side_by_side() {
    let shop = std::sync::Arc::new(Shop::with(vec![document(1, "mug")]).await);
    let writing = tokio::spawn({
        let shop = shop.clone();
        async move {
            for version in 2..60 {
                shop.apply(vec![upsert(
                    version,
                    document(1 + version as i64 % 5, "mug"),
                )])
                .await;
            }
        }
    });
    while !writing.is_finished() {
        let titles = shop.titles("mug").await;
        assert!((1..=5).contains(&titles.len()), "{titles:?}");
    }
    writing.await.unwrap();
    assert_eq!(shop.titles("mug").await.len(), 5);
}

/// Adds documents to a generation, one by one.
async fn fill(shop: &Shop, generation: Generation, titles: &[&str]) {
    let english = Language::English;
    shop.engine
        .create(TENANT, english, generation)
        .await
        .unwrap();
    for (place, title) in titles.iter().enumerate() {
        let ops = vec![upsert(2, document(place as i64 + 1, title))];
        let outcomes = shop
            .engine
            .apply_to(TENANT, generation, ops, Refresh::Later)
            .await;
        assert_eq!(outcomes.unwrap(), [OpOutcome::Applied]);
    }
}

/// Returns generation and number of documents of each index, and the serving generations.
async fn indexes(shop: &Shop) -> (Vec<(i64, u64)>, Vec<i64>) {
    let indexes = shop.engine.indexes(TENANT).await.unwrap();
    assert!(indexes.iter().all(|index| index.current && index.bytes > 0));
    let held = indexes
        .iter()
        .map(|index| (index.generation.0, index.documents));
    let serving = indexes.iter().filter(|index| index.serving);
    (
        held.collect(),
        serving.map(|index| index.generation.0).collect(),
    )
}

#[tokio::test]
async fn another_generation_is_served_at_once_and_after_a_restart() {
    let shop = Shop::with(vec![document(1, "old mug")]).await;
    let next = Generation(7);
    fill(&shop, next, &["new mug", "newer mug"]).await;
    assert_eq!(shop.titles("mug").await, ["old mug"]);
    assert_eq!(shop.engine.finish(TENANT, next).await.unwrap(), 2);
    assert_eq!(indexes(&shop).await, (vec![(0, 1), (7, 2)], vec![0]));

    shop.engine.serve(TENANT, next).await.unwrap();
    assert_eq!(shop.titles("mug").await.len(), 2);
    assert_eq!(
        shop.apply(vec![upsert(1, document(1, "stale mug"))]).await,
        [OpOutcome::Stale]
    );
    assert_eq!(shop.apply(vec![delete(3, 1)]).await, [OpOutcome::Applied]);
    assert_eq!(shop.titles("mug").await, ["newer mug"]);
    assert!(!shop.engine.ensure(TENANT, Language::English).await.unwrap());
    assert_eq!(indexes(&shop).await, (vec![(0, 1), (7, 1)], vec![7]));

    let Shop { engine, directory } = shop;
    drop(engine);
    let shop = Shop {
        engine: open(&directory),
        directory,
    };
    assert_eq!(shop.titles("mug").await, ["newer mug"]);
    // Back to an index that this process has not opened.
    shop.engine.serve(TENANT, Generation(0)).await.unwrap();
    assert_eq!(shop.titles("mug").await, ["old mug"]);
    let left = shop
        .engine
        .entries_of(TENANT, next, None, 10)
        .await
        .unwrap();
    assert_eq!(left.len(), 1);
}

#[tokio::test]
async fn a_generation_is_discarded_unless_it_is_served() {
    let shop = Shop::with(vec![document(1, "old mug")]).await;
    fill(&shop, Generation(3), &["new mug"]).await;
    let refused = shop
        .engine
        .discard(TENANT, Generation(0))
        .await
        .unwrap_err();
    assert!(matches!(refused, IndexError::Engine(_)), "{refused:?}");
    shop.engine.discard(TENANT, Generation(3)).await.unwrap();
    shop.engine.discard(TENANT, Generation(3)).await.unwrap();
    assert_eq!(indexes(&shop).await, (vec![(0, 1)], vec![0]));

    let ops = vec![upsert(9, document(1, "lost mug"))];
    let missing = [
        shop.engine
            .apply_to(TENANT, Generation(3), ops, Refresh::Now)
            .await
            .map(drop),
        shop.engine.finish(TENANT, Generation(3)).await.map(drop),
        shop.engine.serve(TENANT, Generation(3)).await,
    ];
    for result in missing {
        assert!(matches!(result, Err(IndexError::Missing(_))), "{result:?}");
    }
    assert_eq!(shop.titles("mug").await, ["old mug"]);

    fill(&shop, Generation(4), &["new mug"]).await;
    shop.engine.serve(TENANT, Generation(4)).await.unwrap();
    shop.engine.discard(TENANT, Generation(0)).await.unwrap();
    assert_eq!(indexes(&shop).await, (vec![(4, 1)], vec![4]));
    shop.engine.remove(TENANT).await.unwrap();
    assert_eq!(indexes(&shop).await, (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_never_meet_none_while_generations_change() {
    let shop = Shop::with(vec![document(1, "mug")]).await;
    fill(&shop, Generation(1), &["mug"]).await;
    let engine = shop.engine.clone();
    let swapping = tokio::spawn(async move {
        for round in 1..40 {
            engine.serve(TENANT, Generation(round % 2)).await.unwrap();
        }
    });
    let mut searches = 0;
    while !swapping.is_finished() {
        assert_eq!(shop.titles("mug").await, ["mug"]);
        searches += 1;
    }
    swapping.await.unwrap();
    assert!(searches > 0);
}
