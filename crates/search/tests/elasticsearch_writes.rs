//! What becomes of changes on a real cluster: versions, batches, indexes that are not there.
#![allow(clippy::unwrap_used)]

mod elasticsearch_support;

use elasticsearch::http::Method;
use elasticsearch_support::{Shop, TENANT, delete, document, text, upsert};
use souk_domain::{
    FacetName, Filters, Language, NumberRange, ProductDocument, ProductId, SearchPage, SearchQuery,
    Sort,
};
use souk_search::{
    IndexError, IndexGenerations, IndexWriter, OpOutcome, Refresh, SearchEngine, SearchError,
    SearchPlan,
};

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
    assert_eq!(shop.titles("mug").await, ["newer mug"]);

    assert_eq!(shop.apply(vec![delete(7, 1)]).await, [OpOutcome::Applied]);
    assert_eq!(
        shop.apply(vec![upsert(6, document(1, "late mug"))]).await,
        [OpOutcome::Stale]
    );
    assert!(shop.titles("mug").await.is_empty());
    let unknown = shop
        .apply(vec![delete(9, 2), upsert(8, document(2, "late mug"))])
        .await;
    assert_eq!(unknown, [OpOutcome::Applied, OpOutcome::Stale]);
    assert_eq!(
        shop.apply(vec![upsert(8, document(1, "new mug"))]).await,
        [OpOutcome::Applied]
    );
    assert_eq!(shop.titles("mug").await, ["new mug"]);
}

#[tokio::test]
async fn a_batch_of_many_requests_keeps_its_order() {
    let shop = Shop::tuned(|options| {
        options.bulk_count = 3;
        options.bulk_bytes = 4_000;
    });
    shop.engine.ensure(TENANT, Language::English).await.unwrap();
    let mut ops: Vec<_> = (1..=20).map(|id| upsert(2, document(id, "lamp"))).collect();
    ops.push(upsert(1, document(20, "older lamp")));
    ops.push(upsert(3, document(20, "newer lamp")));
    ops.push(delete(3, 19));
    let mut expected = vec![OpOutcome::Applied; 20];
    expected.extend([OpOutcome::Stale, OpOutcome::Applied, OpOutcome::Applied]);
    assert_eq!(shop.apply(ops).await, expected);
    let page = shop.search("lamp").await;
    assert_eq!(page.total, 19, "all of it is visible at once");
    assert_eq!(shop.titles("newer").await, ["newer lamp"]);
}

#[tokio::test]
async fn what_the_index_refuses_is_told_and_the_rest_taken() {
    let shop = Shop::new().await;
    let mut impossible = document(1, "mug");
    impossible.brand = Some("x".repeat(40_000));
    let outcomes = shop
        .apply(vec![upsert(1, impossible), upsert(1, document(2, "mug"))])
        .await;
    assert!(
        matches!(&outcomes[0], OpOutcome::Rejected(reason) if reason.contains("brand")),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[1], OpOutcome::Applied);
    assert_eq!(shop.search("mug").await.total, 1);
}

#[tokio::test]
async fn nothing_is_written_where_there_is_no_index() {
    let shop = Shop::new().await;
    shop.engine.remove(TENANT).await.unwrap();
    assert_eq!(shop.apply(vec![delete(1, 1)]).await, [OpOutcome::Stale]);
    let lost = shop
        .engine
        .apply(vec![upsert(1, document(1, "mug"))], Refresh::Now)
        .await;
    assert!(matches!(lost, Err(IndexError::Missing(_))), "{lost:?}");
    let entries = shop.engine.entries(TENANT, None, 10).await;
    assert!(
        matches!(entries, Err(IndexError::Missing(_))),
        "{entries:?}"
    );
    assert_eq!(shop.engine.indexes(TENANT).await.unwrap(), []);
    let ready = shop.engine.ready(TENANT).await;
    assert!(matches!(ready, Err(SearchError::NotReady(_))), "{ready:?}");
    let page = shop.engine.search(&text("mug")).await;
    assert!(matches!(page, Err(SearchError::NotReady(_))), "{page:?}");
    shop.engine.remove(TENANT).await.unwrap();

    assert!(shop.engine.ensure(TENANT, Language::English).await.unwrap());
    shop.engine.ready(TENANT).await.unwrap();
    assert_eq!(shop.search("mug").await.total, 0);
}

#[tokio::test]
async fn one_of_many_makes_the_index() {
    let shop = Shop::empty();
    let making = (0..6).map(|_| {
        let engine = shop.engine.clone();
        tokio::spawn(async move { engine.ensure(TENANT, Language::English).await.unwrap() })
    });
    let making: Vec<_> = making.collect();
    let mut makers = 0;
    for made in making {
        makers += usize::from(made.await.unwrap());
    }
    assert_eq!(makers, 1);
    let indexes = shop.engine.indexes(TENANT).await.unwrap();
    assert_eq!(indexes.len(), 1);
    assert!(indexes[0].serving && indexes[0].current);
}

#[tokio::test]
async fn entries_come_in_order_and_in_pages() {
    let shop = Shop::new().await;
    let ops = [9, 1, 7, 5].map(|id| upsert(id as u64, document(id, "mug")));
    let applied = shop.engine.apply(ops.into(), Refresh::Later).await;
    assert_eq!(applied.unwrap(), vec![OpOutcome::Applied; 4]);
    let first = shop.engine.entries(TENANT, None, 2).await.unwrap();
    let rest = shop
        .engine
        .entries(TENANT, Some(ProductId(5)), 10)
        .await
        .unwrap();
    let entries: Vec<_> = first.into_iter().chain(rest).collect();
    let ids: Vec<_> = entries.iter().map(|entry| entry.id.0).collect();
    assert_eq!(ids, [1, 5, 7, 9]);
    for entry in entries {
        assert_eq!(entry.version, entry.id.0 as u64);
        assert_eq!(
            entry.content_hash,
            document(entry.id.0, "mug").content_hash()
        );
    }
}

#[tokio::test]
async fn later_means_with_the_next_refresh() {
    let shop = Shop::tuned(|options| {
        options.refresh_interval = std::time::Duration::from_secs(3_600);
    });
    shop.engine.ensure(TENANT, Language::English).await.unwrap();
    let ops = vec![upsert(1, document(1, "mug"))];
    shop.engine.apply(ops, Refresh::Later).await.unwrap();
    assert_eq!(shop.search("mug").await.total, 0);
    shop.engine.refresh().await.unwrap();
    assert_eq!(shop.search("mug").await.total, 1);
}

#[tokio::test]
async fn foreign_document_is_named_and_deleted_and_own_ones_stay() {
    let shop = Shop::new().await;
    shop.apply(vec![
        upsert(1, document(1, "mug")),
        upsert(1, document(2, "cup")),
    ])
    .await;
    for (name, document) in [("by-hand", r#"{}"#), ("9", r#"{"id": 9}"#)] {
        let path = format!("{}-{TENANT}/_doc/{name}", shop.cluster.prefix());
        let put = shop.cluster.send(Method::Put, &path, Some(document));
        put.await;
    }
    let entries = shop.engine.entries(TENANT, None, 10).await.unwrap();
    let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [ProductId(1), ProductId(2)]);
    let foreign = shop.engine.foreign_documents(TENANT).await.unwrap();
    assert_eq!(foreign, ["9", "by-hand"]);

    let names = ["9", "by-hand", "1"].map(str::to_owned);
    shop.engine.delete_foreign(TENANT, &names).await.unwrap();
    assert!(
        shop.engine
            .foreign_documents(TENANT)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        shop.engine.entries(TENANT, None, 10).await.unwrap().len(),
        2
    );
}

/// A shoe of sizes up to this number, of which the last is the only one that can be bought.
fn shoe(sizes: i64) -> ProductDocument {
    let mut shoe = document(1, "shoe");
    let only = shoe.variants.remove(0);
    let values = shoe.attributes.entry("Size".to_owned()).or_default();
    for size in 1..=sizes {
        let mut variant = only.clone();
        variant.sku = format!("SHOE-{size}-{}", "x".repeat(100));
        variant.options = [("Size".to_owned(), format!("No. {size}"))].into();
        variant.numbers = [("Size".to_owned(), vec![size as f64])].into();
        variant.price = 1_000 + size;
        variant.available = size == sizes;
        values.push(format!("No. {size}"));
        shoe.variants.push(variant);
    }
    values.sort();
    let numbers = (1..=sizes).map(|size| size as f64).collect();
    shoe.numbers = [("Size".to_owned(), numbers)].into();
    shoe.price.min = 1_001;
    shoe.price.max = 1_000 + sizes;
    shoe
}

async fn found(shop: &Shop, filters: Filters) -> SearchPage {
    let query = SearchQuery {
        filters,
        sort: Sort::PriceDesc,
        facets: FacetName::ALL.into(),
        ..SearchQuery::default()
    };
    let plan = SearchPlan::new(TENANT, Language::English, &query, 0);
    souk_search::search(&shop.engine, &plan).await.unwrap()
}

#[tokio::test]
async fn product_of_many_variants_is_one_document() {
    let shop = Shop::new().await;
    let ops = vec![upsert(1, shoe(500)), upsert(1, document(2, "mug"))];
    assert_eq!(shop.apply(ops).await, vec![OpOutcome::Applied; 2]);
    let indexes = shop.engine.indexes(TENANT).await.unwrap();
    assert_eq!(indexes[0].documents, 2);
    let entries = shop.engine.entries(TENANT, None, 10).await.unwrap();
    assert_eq!(entries.len(), 2);
    let foreign = shop.engine.foreign_documents(TENANT).await.unwrap();
    assert!(foreign.is_empty());

    let size = |size: &str, in_stock| Filters {
        attributes: [("Size".to_owned(), [size.to_owned()].into())].into(),
        in_stock: Some(in_stock),
        ..Filters::default()
    };
    assert_eq!(found(&shop, size("No. 499", true)).await.total, 0);
    let page = found(&shop, size("No. 500", true)).await;
    assert_eq!(page.total, 1);
    assert_eq!(page.hits[0].price.min, 1_500);
    let variant = page.hits[0].variant.as_ref().unwrap();
    assert_eq!(variant.options["Size"], "No. 500");
    let all = found(&shop, Filters::default()).await;
    assert_eq!(all.total, 2);
    assert_eq!(all.facets.price.unwrap().bounds, Some((1_000, 1_500)));

    assert_eq!(shop.apply(vec![delete(2, 1)]).await, [OpOutcome::Applied]);
    let indexes = shop.engine.indexes(TENANT).await.unwrap();
    assert_eq!(indexes[0].documents, 1);
    assert_eq!(found(&shop, Filters::default()).await.total, 1);
}

#[tokio::test]
async fn numbers_are_those_of_one_variant() {
    let shop = Shop::new().await;
    shop.apply(vec![upsert(1, shoe(5))]).await;
    let from = |least, in_stock| Filters {
        ranges: [(
            "Size".to_owned(),
            NumberRange {
                min: Some(least),
                max: None,
            },
        )]
        .into(),
        in_stock: Some(in_stock),
        ..Filters::default()
    };
    assert_eq!(found(&shop, from(5.0, true)).await.total, 1);
    assert_eq!(found(&shop, from(4.0, false)).await.total, 1);
    assert_eq!(found(&shop, from(5.0, false)).await.total, 0);
    let both = found(&shop, from(4.0, false)).await;
    let steps = both.facets.price.unwrap();
    assert_eq!(steps.bounds, Some((1_004, 1_004)));
}
