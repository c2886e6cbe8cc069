//! Terms of sale: list prices, sales with dates, stock policies, unlisted products and tags.

use souk_domain::{ProductDocument, ProductId, ProductStatus, StockPolicy};
use souk_store::{AppliedPriceChanges, ProductKey, ProductRecord};
use souk_testkit::product;

use crate::support::{Setup, setups};

const FAR: i64 = 4_000_000_000_000;

async fn record(setup: &Setup, id: ProductId) -> ProductRecord {
    let found = setup.scope.products().get(&ProductKey::Id(id)).await;
    found.unwrap().unwrap()
}

async fn document(setup: &Setup, id: ProductId) -> ProductDocument {
    setup.scope.documents(&[id]).await.unwrap().remove(0)
}

/// What shoppers see of a product's price: the lowest one, and what it is reduced from.
async fn shown(setup: &Setup, id: ProductId) -> (i64, Option<i64>) {
    let (record, document) = (record(setup, id).await, document(setup, id).await);
    let shown = (record.price.min, record.list_price);
    assert_eq!(shown, (document.price.min, document.list_price));
    let variant = &record.variants[0];
    assert_eq!(shown, (variant.current_price, variant.reduced_from));
    let variant = &document.variants[0];
    assert_eq!(shown, (variant.price, variant.list_price));
    shown
}

#[tokio::test]
async fn sale_is_charged_only_between_its_dates() {
    for setup in setups().await {
        let mug = || product("mug").price(800);
        for (from, until, expected) in [
            (None, None, (800, Some(1_000))),
            (Some(1), Some(FAR), (800, Some(1_000))),
            (Some(FAR), None, (1_000, None)),
            (None, Some(1), (1_000, None)),
        ] {
            let id = setup.upsert([mug().sale(1_000, from, until)]).await[0].id;
            assert_eq!(shown(&setup, id).await, expected, "{from:?} {until:?}");
        }
    }
}

#[tokio::test]
async fn sale_begins_by_itself_and_reaches_the_outbox() {
    for setup in setups().await {
        let mug = product("mug").price(800).sale(1_000, Some(1), Some(FAR));
        let id = setup.upsert([mug, product("other")]).await[0].id;
        // As it was before the sale began, of which no write has told since.
        setup
            .run("UPDATE products SET price_min = 1000, price_max = 1000, list_price = NULL, price_changes_at = 1
                  WHERE external_id = 'mug'")
            .await;
        setup.drain().await;
        assert_eq!(shown(&setup, id).await, (1_000, None));

        let prices = setup.store.price_changes();
        let applied = prices.apply(10).await.unwrap();
        assert_eq!(applied.products, 1);
        assert_eq!(shown(&setup, id).await, (800, Some(1_000)));
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);

        let applied = prices.apply(10).await.unwrap();
        assert!(
            applied.products == 0 && applied.next.is_some(),
            "{applied:?}"
        );
        setup
            .run("UPDATE variants SET sale_from = NULL, sale_until = NULL")
            .await;
        let nothing = AppliedPriceChanges {
            products: 0,
            next: None,
        };
        assert_eq!(prices.apply(10).await.unwrap(), nothing);
    }
}

#[tokio::test]
async fn only_a_counted_stock_runs_out() {
    for setup in setups().await {
        for (policy, stock, available, units) in [
            (StockPolicy::Tracked, 0, false, 0),
            (StockPolicy::Tracked, 2, true, 2),
            (StockPolicy::Backorder, 0, true, 0),
            // A number that nobody counts says nothing.
            (StockPolicy::Untracked, 7, true, 0),
        ] {
            let mug = product("mug").stock(stock).stock_policy(policy);
            let id = setup.upsert([mug]).await[0].id;
            let record = record(&setup, id).await;
            let document = document(&setup, id).await;
            assert_eq!((record.available, record.stock), (available, units));
            assert_eq!((document.available, document.stock), (available, units));
            assert_eq!(record.variants[0].stock_policy, policy);
        }
    }
}

#[tokio::test]
async fn unlisted_product_can_be_read_and_has_no_document() {
    for setup in setups().await {
        let mut mug = product("mug").build();
        mug.status = ProductStatus::Unlisted;
        let id = setup.upsert([mug]).await[0].id;
        assert_eq!(record(&setup, id).await.status, ProductStatus::Unlisted);
        assert_eq!(setup.scope.documents(&[id]).await.unwrap(), []);
    }
}

#[tokio::test]
async fn tags_are_an_attribute_of_the_document() {
    for setup in setups().await {
        let mug = product("mug").tag("new").tag("gift").tag("new");
        let id = setup.upsert([mug]).await[0].id;
        assert_eq!(record(&setup, id).await.tags, ["gift", "new"]);
        assert_eq!(
            document(&setup, id).await.attributes["tags"],
            ["gift", "new"]
        );
    }
}

#[tokio::test]
async fn plain_sql_is_held_to_the_same_rules() {
    for setup in setups().await {
        setup.upsert([product("mug").price(800)]).await;
        for refused in [
            "UPDATE variants SET list_price = 799",
            "UPDATE variants SET sale_from = 1",
            "UPDATE variants SET list_price = 900, sale_from = 2, sale_until = 2",
            "UPDATE variants SET stock_policy = 'endless'",
            "UPDATE products SET status = 'secret'",
            "UPDATE products SET tags = '{}'",
        ] {
            let refused_by_database = setup.try_run(refused).await.is_err();
            assert!(refused_by_database, "{refused}");
        }
        setup
            .run("UPDATE variants SET list_price = 900, sale_until = 1")
            .await;
        let lowest = "SELECT price_min FROM products";
        assert_eq!(setup.number(lowest).await, 900);
        setup.run("UPDATE products SET status = 'unlisted'").await;
    }
}
