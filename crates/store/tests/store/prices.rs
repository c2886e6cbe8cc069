//! The history of prices, and the lowest price of the 30 days before a reduction.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use souk_domain::{Currency, ProductId, ProductPatch, VariantPatch, VariantUpdate};
use souk_migrations::Migrator;
use souk_store::{Backend, MissingReferences, ProductKey, ProductRecord, ProductWrite};
use souk_testkit::product;

use crate::support::{Setup, setups};

const DAY: i64 = 24 * 60 * 60 * 1_000;
const FAR: i64 = 4_000_000_000_000;
/// Beginning of the reduction in tests that write the history themselves.
const BEGAN: i64 = 2_000_000_000_000;

async fn record(setup: &Setup, id: ProductId) -> ProductRecord {
    let found = setup.scope.products().get(&ProductKey::Id(id)).await;
    found.unwrap().unwrap()
}

/// Prices in the order in which they were charged, with their currency if it is not the euro, and a star if reduced.
async fn history(setup: &Setup, sku: &str) -> Vec<String> {
    let backend = match setup.store.backend() {
        Backend::Postgres => DbBackend::Postgres,
        Backend::Sqlite => DbBackend::Sqlite,
    };
    let sql = format!(
        "SELECT h.price, h.currency, h.since, h.until, h.reduced_since FROM offer_prices h
         JOIN variants v ON v.id = h.variant_id AND v.tenant_id = h.tenant_id WHERE v.sku = '{sku}' ORDER BY h.since"
    );
    let rows = setup
        .sql
        .query_all_raw(Statement::from_string(backend, sql));
    let mut follows = None;
    let mut prices = Vec::new();
    for row in rows.await.unwrap() {
        let since: i64 = row.try_get_by_index(2).unwrap();
        assert_eq!(
            follows.unwrap_or(since),
            since,
            "each begins where one ends"
        );
        follows = row.try_get_by_index::<Option<i64>>(3).unwrap();
        let reduced: Option<i64> = row.try_get_by_index(4).unwrap();
        let currency: String = row.try_get_by_index(1).unwrap();
        prices.push(format!(
            "{}{}{}",
            row.try_get_by_index::<i64>(0).unwrap(),
            if currency == "EUR" {
                ""
            } else {
                currency.as_str()
            },
            if reduced.is_some() { "*" } else { "" }
        ));
    }
    assert_eq!(follows, None, "one is charged");
    prices
}

/// A moment passes, so that no two prices begin in the same millisecond.
async fn moment() {
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
}

fn patch(variant: VariantPatch) -> ProductWrite {
    ProductWrite::Merge {
        patch: ProductPatch {
            external_id: Some("mug".into()),
            variants: vec![variant],
            ..ProductPatch::default()
        },
        currency: Currency::EUR,
    }
}

#[tokio::test]
async fn every_way_to_change_a_price_is_kept_and_nothing_else() {
    for setup in setups().await {
        let products = setup.scope.products();
        let mug = |price| product("mug").price(price);
        let id = setup.upsert([mug(1_000), product("other").price(70)]).await[0].id;
        moment().await;
        // A batch, of which one product stays as it is.
        setup.upsert([mug(1_000).title("New words")]).await;
        setup.upsert([mug(900)]).await;
        moment().await;
        products.update(id, mug(800).build(), None).await.unwrap();
        moment().await;
        let merged = patch(VariantPatch {
            sku: "mug".into(),
            price: Some(700),
            ..VariantPatch::default()
        });
        let written = products.write_batch(vec![merged], MissingReferences::Reject);
        written.await.unwrap().remove(0).unwrap();
        moment().await;
        for (price, stock) in [(Some(600), None), (Some(600), Some(5)), (None, Some(6))] {
            let update = VariantUpdate {
                sku: "mug".into(),
                external_id: None,
                seller: None,
                offered_by: None,
                price,
                stock,
            };
            let updated = setup.scope.variants().update_batch(vec![update]).await;
            updated.unwrap().remove(0).unwrap();
        }
        moment().await;
        setup
            .run("UPDATE variants SET price = 500 WHERE sku = 'mug'")
            .await;
        moment().await;
        // A list price begins a reduction, and is no other price.
        setup
            .run("UPDATE variants SET list_price = 1000 WHERE sku = 'mug'")
            .await;
        assert_eq!(
            history(&setup, "mug").await,
            ["1000", "900", "800", "700", "600", "500*"]
        );
        assert_eq!(history(&setup, "other").await, ["70"]);
        assert_eq!(record(&setup, id).await.lowest_price_30d, Some(500));

        setup
            .run("UPDATE variants SET list_price = NULL WHERE sku = 'mug'")
            .await;
        assert_eq!(history(&setup, "mug").await.last().unwrap(), "500");
        assert_eq!(record(&setup, id).await.lowest_price_30d, None);
    }
}

#[tokio::test]
async fn beginning_and_end_of_a_sale_are_kept() {
    for setup in setups().await {
        let mug = product("mug").price(800).sale(1_000, Some(FAR), None);
        let id = setup.upsert([mug, product("other")]).await[0].id;
        assert_eq!(history(&setup, "mug").await, ["1000"]);
        moment().await;
        // The sale has begun, and no trigger of variants has seen it.
        let on_its_own = match setup.store.backend() {
            Backend::Postgres => "ALTER TABLE variants DISABLE TRIGGER USER",
            Backend::Sqlite => "DROP TRIGGER variants_updated",
        };
        setup.run(on_its_own).await;
        setup
            .run("UPDATE variants SET sale_from = 1 WHERE sku = 'mug'")
            .await;
        setup
            .run("UPDATE products SET price_changes_at = 1 WHERE external_id = 'mug'")
            .await;
        assert_eq!(history(&setup, "mug").await, ["1000"]);
        assert_eq!(
            setup
                .store
                .price_changes()
                .apply(10)
                .await
                .unwrap()
                .products,
            1
        );
        assert_eq!(history(&setup, "mug").await, ["1000", "800*"]);
        let shown = record(&setup, id).await;
        assert_eq!(
            (shown.price.min, shown.lowest_price_30d),
            (800, Some(1_000))
        );
        moment().await;

        setup
            .run("UPDATE variants SET sale_until = 2 WHERE sku = 'mug'")
            .await;
        setup
            .run("UPDATE products SET price_changes_at = 2 WHERE external_id = 'mug'")
            .await;
        assert_eq!(
            setup
                .store
                .price_changes()
                .apply(10)
                .await
                .unwrap()
                .products,
            1
        );
        assert_eq!(history(&setup, "mug").await, ["1000", "800*", "1000"]);
        assert_eq!(record(&setup, id).await.lowest_price_30d, None);
    }
}

/// A sale turns while another variant of the product is written.
#[tokio::test]
async fn turn_of_a_sale_is_kept_that_a_write_of_another_variant_finds() {
    for setup in setups().await {
        let mug = product("mug").price(800).sale(1_000, Some(FAR), None);
        let mug = mug.variant("large", 2_000, 1, &[]);
        setup.upsert([mug]).await;
        moment().await;
        let (off, on) = match setup.store.backend() {
            Backend::Postgres => (
                "ALTER TABLE variants DISABLE TRIGGER USER",
                "ALTER TABLE variants ENABLE TRIGGER USER",
            ),
            // Writes what no trigger listens to: the stock of the other one is inserted anew below.
            Backend::Sqlite => ("DROP TRIGGER variants_updated", "SELECT 1"),
        };
        setup.run(off).await;
        setup
            .run("UPDATE variants SET sale_from = 1 WHERE sku = 'mug'")
            .await;
        setup.run("UPDATE products SET price_changes_at = 1").await;
        setup.run(on).await;
        setup
            .run("INSERT INTO variants (tenant_id, product_id, sku, price) SELECT tenant_id, id, 'small', 5000 FROM products")
            .await;
        assert_eq!(history(&setup, "mug").await, ["1000", "800*"]);
    }
}

#[tokio::test]
async fn lowest_price_is_that_of_the_thirty_days_before_the_reduction() {
    for setup in setups().await {
        let mug = product("mug").price(800).sale(1_000, None, None);
        let id = setup.upsert([mug]).await[0].id;
        let edge = BEGAN - 30 * DAY;
        let charged = ("EUR", 800, BEGAN, None, Some(BEGAN));
        for (before, last, expected) in [
            // It came into the shop reduced.
            (vec![], charged, None),
            (
                vec![("EUR", 1_000, BEGAN - 40 * DAY, BEGAN)],
                charged,
                Some(1_000),
            ),
            // Less than 30 days are all there is.
            (vec![("EUR", 1_000, BEGAN - 1, BEGAN)], charged, Some(1_000)),
            // A price ends at the moment from which on it counts no more.
            (
                vec![("EUR", 700, 1, edge), ("EUR", 900, edge, BEGAN)],
                charged,
                Some(900),
            ),
            (
                vec![("EUR", 700, 1, edge + 1), ("EUR", 900, edge + 1, BEGAN)],
                charged,
                Some(700),
            ),
            // The price was charged already when it was called reduced: that is none.
            (
                vec![("EUR", 1_000, 1, 2)],
                ("EUR", 800, 2, None, Some(BEGAN)),
                Some(800),
            ),
            // Amounts of another currency say nothing.
            (vec![("USD", 10, BEGAN - DAY, BEGAN)], charged, None),
            // What was charged since does not change what came before.
            (
                vec![("EUR", 900, BEGAN - DAY, BEGAN)],
                ("EUR", 800, BEGAN, None, Some(BEGAN)),
                Some(900),
            ),
            // It is not reduced, whatever the list price of the row says.
            (
                vec![("EUR", 900, BEGAN - DAY, BEGAN)],
                ("EUR", 800, BEGAN, None, None),
                None,
            ),
        ] {
            setup.run("DELETE FROM offer_prices").await;
            let rows = before.iter().map(|&(currency, price, since, until)| {
                (currency, price, since, Some(until), None::<i64>)
            });
            for (currency, price, since, until, reduced) in rows.chain([last]) {
                let null =
                    |moment: Option<i64>| moment.map_or("NULL".to_owned(), |it| it.to_string());
                let (until, reduced) = (null(until), null(reduced));
                setup
                    .run(&format!(
                        "INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, until, reduced_since)
                         SELECT tenant_id, id, '{currency}', {price}, {since}, {until}, {reduced} FROM variants"
                    ))
                    .await;
            }
            let variant = record(&setup, id).await.variants.remove(0);
            assert_eq!(variant.lowest_price_30d, expected, "{before:?} {last:?}");
        }
    }
}

#[tokio::test]
async fn product_document_and_variants_tell_the_same() {
    for setup in setups().await {
        let mug = |price| product("mug").price(price);
        let with_large = |mug: souk_testkit::ProductBuilder| mug.variant("large", 3_000, 1, &[]);
        let id = setup.upsert([with_large(mug(1_000))]).await[0].id;
        moment().await;
        let reduced = mug(800).sale(1_200, None, None);
        setup.upsert([with_large(reduced)]).await;
        let record = record(&setup, id).await;
        let document = setup.scope.documents(&[id]).await.unwrap().remove(0);
        let lowest = record.variants.iter().map(|it| it.lowest_price_30d);
        assert_eq!(lowest.collect::<Vec<_>>(), [Some(1_000), None]);
        let lowest = document.variants.iter().map(|it| it.lowest_price_30d);
        assert_eq!(lowest.collect::<Vec<_>>(), [Some(1_000), None]);
        assert_eq!(record.lowest_price_30d, Some(1_000));
        assert_eq!(document.lowest_price_30d, Some(1_000));
    }
}

#[tokio::test]
async fn another_currency_begins_the_history_anew() {
    for setup in setups().await {
        let mug = |price| product("mug").price(price);
        setup.upsert([mug(1_000)]).await;
        moment().await;
        let mut yen = mug(160_000).build();
        yen.currency = Currency::JPY;
        let id = setup.upsert([yen.clone()]).await[0].id;
        moment().await;
        yen.variants[0].price = 150_000;
        yen.variants[0].list_price = Some(160_000);
        setup.upsert([yen]).await;
        assert_eq!(
            history(&setup, "mug").await,
            ["1000", "160000JPY", "150000JPY*"]
        );
        assert_eq!(record(&setup, id).await.lowest_price_30d, Some(160_000));
        moment().await;
        // The same number in another currency is another price.
        let mut dollars = mug(150_000).sale(160_000, None, None).build();
        dollars.currency = Currency::USD;
        setup.upsert([dollars]).await;
        assert_eq!(history(&setup, "mug").await.last().unwrap(), "150000USD*");
        assert_eq!(record(&setup, id).await.lowest_price_30d, None);
    }
}

#[tokio::test]
async fn only_prices_that_say_nothing_any_more_are_pruned() {
    for setup in setups().await {
        let long_reduced = product("reduced").price(800).sale(1_000, None, None);
        setup
            .upsert([product("plain").price(800), long_reduced])
            .await;
        setup.run("DELETE FROM offer_prices").await;
        let now = BEGAN + 100 * DAY;
        for (sku, price, since, until, reduced) in [
            ("plain", 1, BEGAN, "NULL".to_owned(), "NULL".to_owned()),
            (
                "plain",
                2,
                BEGAN - DAY,
                BEGAN.to_string(),
                "NULL".to_owned(),
            ),
            ("reduced", 3, BEGAN, "NULL".to_owned(), BEGAN.to_string()),
            (
                "reduced",
                4,
                BEGAN - DAY,
                BEGAN.to_string(),
                "NULL".to_owned(),
            ),
            // The last moment at which it was charged is within the 30 days before the reduction, and just before.
            (
                "reduced",
                5,
                100,
                (BEGAN - 30 * DAY + 1).to_string(),
                "NULL".to_owned(),
            ),
            (
                "reduced",
                6,
                1,
                (BEGAN - 30 * DAY).to_string(),
                "NULL".to_owned(),
            ),
        ] {
            setup
                .run(&format!(
                    "INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, until, reduced_since)
                     SELECT tenant_id, id, 'EUR', {price}, {since}, {until}, {reduced} FROM variants WHERE sku = '{sku}'"
                ))
                .await;
        }
        let prices = setup.store.price_changes();
        // Within 30 days a reduction may begin that needs all of them but the last.
        assert_eq!(prices.prune(BEGAN + 30 * DAY).await.unwrap(), 1);
        assert_eq!(prices.prune(now).await.unwrap(), 1);
        let left = "SELECT sum(price) FROM offer_prices";
        let left = format!("SELECT CAST(({left}) AS bigint)");
        assert_eq!(setup.number(&left).await, 1 + 3 + 4 + 5);
        assert_eq!(prices.prune(now).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn history_goes_with_its_variant() {
    for setup in setups().await {
        let mug = product("mug").variant("large", 3_000, 1, &[]);
        let id = setup.upsert([mug, product("other")]).await[0].id;
        setup.upsert([product("mug")]).await;
        let count = "SELECT count(*) FROM offer_prices";
        assert_eq!(setup.number(count).await, 2);
        setup.scope.products().delete(id, None).await.unwrap();
        assert_eq!(setup.number(count).await, 1);
    }
}

/// Products that are there when the history begins.
#[tokio::test]
async fn history_of_what_there_is_begins_with_the_migration() {
    for setup in setups().await {
        let ids = setup
            .upsert([
                product("mug").price(900),
                product("cheap").price(800).sale(1_000, None, None),
            ])
            .await;
        let migrations = Migrator::migrations();
        let steps = migrations
            .iter()
            .rev()
            .take_while(|it| !it.name().ends_with("_imports"));
        let steps = u32::try_from(steps.count()).unwrap();
        Migrator::down(&setup.sql, Some(steps)).await.unwrap();
        Migrator::up(&setup.sql, None).await.unwrap();
        assert_eq!(history(&setup, "mug").await, ["900"]);
        assert_eq!(history(&setup, "cheap").await, ["800*"]);
        assert_eq!(record(&setup, ids[1].id).await.lowest_price_30d, None);
        moment().await;
        setup
            .upsert([product("mug").price(700).sale(900, None, None)])
            .await;
        assert_eq!(record(&setup, ids[0].id).await.lowest_price_30d, Some(900));
    }
}
