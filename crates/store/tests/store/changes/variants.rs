//! Prices and stocks by SKU.

use souk_domain::{Prices, VariantUpdate};
use souk_store::{Lane, ProductKey, Scope, VariantOutcome, VariantRefusal};
use souk_testkit::{TestDatabase, product};

use crate::support::{Setup, add_tenant, setup, setups};

fn update(sku: &str) -> VariantUpdate {
    VariantUpdate {
        sku: sku.to_owned(),
        external_id: None,
        seller: None,
        offered_by: None,
        price: None,
        stock: None,
    }
}

fn priced(sku: &str, price: i64) -> VariantUpdate {
    VariantUpdate {
        price: Some(price),
        ..update(sku)
    }
}

fn stocked(sku: &str, stock: i64) -> VariantUpdate {
    VariantUpdate {
        stock: Some(stock),
        ..update(sku)
    }
}

/// Outcomes in words: `updated`, `unchanged`, or the reason for a refusal.
async fn outcomes(scope: &Scope, updates: Vec<VariantUpdate>) -> Vec<String> {
    let results = scope.variants().update_batch(updates).await.unwrap();
    let words = results.into_iter().map(|result| match result {
        Ok(VariantOutcome::Updated) => "updated".to_owned(),
        Ok(VariantOutcome::Unchanged) => "unchanged".to_owned(),
        Err(VariantRefusal::Invalid(invalid)) => invalid.field.into_owned(),
        Err(VariantRefusal::UnknownSku) => "unknown".to_owned(),
        Err(VariantRefusal::UnknownOffer) => "not offered".to_owned(),
        Err(VariantRefusal::AmbiguousSku) => "ambiguous".to_owned(),
    });
    words.collect()
}

/// Prices and stocks of a product's variants.
async fn variants(setup: &Setup, external_id: &str) -> Vec<(i64, i64)> {
    let key = ProductKey::External(external_id.to_owned());
    let record = setup.scope.products().get(&key).await.unwrap().unwrap();
    let variants = record.variants.iter();
    variants.map(|it| (it.prices.price, it.stock)).collect()
}

#[tokio::test]
async fn batch_says_of_each_variant_in_order_what_became_of_it() {
    for setup in setups().await {
        let shirt = |id: &str| {
            let shirt = product(id).without_variants();
            shirt.variant("M", 100, 1, &[]).variant(id, 200, 2, &[])
        };
        let ids = setup.upsert([shirt("a"), shirt("b"), shirt("c")]).await;
        setup.drain().await;
        let in_a = VariantUpdate {
            external_id: Some(" a ".into()),
            ..priced(" M ", 150)
        };
        let elsewhere = VariantUpdate {
            external_id: Some("b".into()),
            ..stocked("c", 1)
        };
        let both = VariantUpdate {
            stock: Some(9),
            ..priced("b", 250)
        };
        let updates = vec![
            both,
            stocked("nowhere", 1),
            priced("M", 150),
            in_a.clone(),
            elsewhere,
            stocked("c", 2),
            stocked("c", 3),
            in_a,
            priced("a", -1),
            update("a"),
            stocked("a\0", 1),
        ];
        let expected = [
            "updated",
            "unknown",
            "ambiguous",
            "updated",
            "unknown",
            "unchanged",
            "sku",
            "sku",
            "price",
            "price",
            "sku",
        ];
        assert_eq!(outcomes(&setup.scope, updates).await, expected);
        assert_eq!(variants(&setup, "a").await, [(150, 1), (200, 2)]);
        assert_eq!(variants(&setup, "b").await, [(100, 1), (250, 9)]);
        assert_eq!(variants(&setup, "c").await, [(100, 1), (200, 2)]);
        let changed = [ids[0].id.0, ids[1].id.0].map(|id| ("product".to_owned(), id));
        assert_eq!(setup.drain().await, changed);
        let totals = "SELECT stock * 1000 + price_max FROM products WHERE external_id = 'b'";
        assert_eq!(setup.number(totals).await, 10_250);
    }
}

#[tokio::test]
async fn batch_of_what_is_so_already_writes_nothing() {
    for setup in setups().await {
        setup.upsert([product("a"), product("b")]).await;
        setup.run("UPDATE products SET updated_at = 1").await;
        setup.drain().await;
        let same = || vec![priced("a", 1_000), stocked("b", 3), priced("none", 1)];
        let expected = ["unchanged", "unchanged", "unknown"];
        assert_eq!(outcomes(&setup.scope, same()).await, expected);
        assert_eq!(setup.drain().await, []);
        let untouched = "SELECT count(*) FROM products WHERE updated_at = 1";
        assert_eq!(setup.number(untouched).await, 2);

        let mut changed = same();
        changed[0].price = Some(999);
        assert_eq!(outcomes(&setup.scope, changed).await[0], "updated");
        assert_eq!(setup.number(untouched).await, 1);
        assert_eq!(setup.drain().await.len(), 1);
        assert_eq!(outcomes(&setup.scope, vec![]).await, [""; 0]);
    }
}

#[tokio::test]
async fn batch_finds_variants_of_its_tenant_only() {
    for setup in setups().await {
        setup.upsert([product("mug")]).await;
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let there = |scope: Scope| async move { outcomes(&scope, vec![stocked("mug", 8)]).await };
        assert_eq!(there(other.clone()).await, ["unknown"]);
        let named = VariantUpdate {
            external_id: Some("mug".into()),
            ..stocked("mug", 8)
        };
        assert_eq!(outcomes(&other, vec![named]).await, ["unknown"]);
        assert_eq!(variants(&setup, "mug").await, [(1_000, 3)]);

        let products = other.products();
        let own = vec![product("mug").build()];
        let missing = souk_store::MissingReferences::Create;
        products.upsert_batch(own, missing).await.unwrap();
        assert_eq!(there(setup.scope.clone()).await, ["updated"]);
        let key = ProductKey::External("mug".into());
        let theirs = products.get(&key).await.unwrap().unwrap();
        assert_eq!(theirs.stock, 3);
    }
}

#[tokio::test]
async fn batch_of_more_than_a_hundred_changed_products_is_background() {
    for setup in setups().await {
        let ids: Vec<String> = (0..101).map(|number| format!("p{number}")).collect();
        setup.upsert(ids.iter().map(|id| product(id))).await;
        setup.drain().await;
        let claimed = async |lane: Lane| {
            let outbox = setup.store.outbox();
            let rows = outbox.claim_from(lane, "worker", 10_000, 60_000, 0).await;
            let rows = rows.unwrap();
            let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            outbox.acknowledge("worker", &ids, 0).await.unwrap();
            let mut products: Vec<_> = rows.iter().map(|row| row.entity_id).collect();
            products.sort_unstable();
            products.dedup();
            products.len()
        };
        let all = |price: i64| ids.iter().map(|id| priced(id, price)).collect::<Vec<_>>();
        let mut few = all(1);
        few[0].price = Some(1_000);
        outcomes(&setup.scope, few).await;
        assert_eq!(claimed(Lane::Background).await, 0);
        assert_eq!(claimed(Lane::Edits).await, 100);
        outcomes(&setup.scope, all(2)).await;
        assert_eq!(claimed(Lane::Edits).await, 0);
        assert_eq!(claimed(Lane::Background).await, 101);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_beside_patches_keep_the_fields_of_each_other() {
    let setup = setup(TestDatabase::postgres().await).await;
    let ids: Vec<String> = (0..20).map(|number| format!("p{number}")).collect();
    let written = setup.upsert(ids.iter().map(|id| product(id))).await;
    let last = 10;
    let mut writers = Vec::new();
    for of_price in [true, false] {
        let (scope, ids) = (setup.scope.clone(), ids.clone());
        writers.push(tokio::spawn(async move {
            for round in 1..=last {
                let make = if of_price { priced } else { stocked };
                let mut updates: Vec<_> = ids.iter().map(|id| make(id, round)).collect();
                if of_price {
                    updates.reverse();
                }
                let outcomes = outcomes(&scope, updates).await;
                assert!(outcomes.iter().all(|it| it == "updated"), "{outcomes:?}");
            }
        }));
    }
    let scope = setup.scope.clone();
    writers.push(tokio::spawn(async move {
        for round in 1..=last {
            for product in &written {
                let patch = souk_domain::ProductPatch {
                    title: Some(format!("Title {round}")),
                    variants: vec![souk_domain::VariantPatch {
                        sku: "new".into(),
                        price: Some(round),
                        ..Default::default()
                    }],
                    ..Default::default()
                };
                let products = scope.products();
                products.patch(product.id, patch, Some("*")).await.unwrap();
            }
        }
    }));
    for writer in writers {
        writer.await.unwrap();
    }
    for id in &ids {
        assert_eq!(
            variants(&setup, id).await,
            [(last, last), (last, 0)],
            "{id}"
        );
    }
}

#[tokio::test]
async fn batch_of_more_than_one_statement_holds_answers_for_all() {
    let setup = setup(TestDatabase::sqlite().await).await;
    setup.upsert([product("mug")]).await;
    let mut updates = vec![stocked("none", 1); 5_000];
    updates.push(stocked("mug", 1));
    let outcomes = outcomes(&setup.scope, updates).await;
    assert_eq!(outcomes.len(), 5_001);
    assert_eq!(outcomes[5_000], "updated");
}

#[tokio::test]
async fn price_above_the_list_price_takes_the_sale_away() {
    for setup in setups().await {
        let (mug, cup) = (product("mug").price(800), product("cup").price(800));
        setup
            .upsert([
                mug.sale(1_000, Some(1), Some(4_000_000_000_000)),
                cup.sale(1_000, None, None),
            ])
            .await;
        let outcomes = outcomes(&setup.scope, vec![priced("mug", 1_000), priced("cup", 900)]).await;
        assert_eq!(outcomes, ["updated", "updated"]);
        let prices = async |id: &str| {
            let key = ProductKey::External(id.into());
            let record = setup.scope.products().get(&key).await.unwrap().unwrap();
            record.variants[0].prices
        };
        assert_eq!(prices("mug").await, Prices::of(1_000));
        let reduced = Prices {
            list_price: Some(1_000),
            ..Prices::of(900)
        };
        assert_eq!(prices("cup").await, reduced);
    }
}
