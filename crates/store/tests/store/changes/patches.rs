//! Patches of products, one by one and in batches.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use souk_domain::{Change, Currency, ProductId, ProductInput, ProductPatch, VariantPatch};
use souk_store::{MissingReferences, ProductKey, ProductRecord, ProductWrite, StoreError};
use souk_testkit::{TestDatabase, product};

use crate::support::{Setup, add_tenant, setup, setups};

async fn get(setup: &Setup, id: ProductId) -> ProductRecord {
    let found = setup.scope.products().get(&ProductKey::Id(id)).await;
    found.unwrap().unwrap()
}

fn full() -> ProductInput {
    product("mug-1")
        .description("Of clay.")
        .brand("Acme")
        .category("mugs")
        .fandom("star-trek")
        .seller("shop")
        .attribute("colour", "red")
        .attribute("material", "clay")
        .image("/a.png")
        .without_variants()
        .variant("L", 1_500, 2, &[("size", "L")])
        .variant("S", 1_200, 0, &[("size", "S")])
        .ratings(3, 13)
        .popularity(7)
        .created_at(1_000)
        .build()
}

/// Patch that a writer sends in a round.
type PatchOfRound = Box<dyn Fn(i64) -> ProductPatch + Send>;

fn titled(title: &str) -> ProductPatch {
    ProductPatch {
        title: Some(title.to_owned()),
        ..ProductPatch::default()
    }
}

fn stocked(sku: &str, stock: i64) -> VariantPatch {
    VariantPatch {
        sku: sku.to_owned(),
        stock: Some(stock),
        ..VariantPatch::default()
    }
}

fn attribute(name: &str, value: &str) -> ProductPatch {
    let changes = BTreeMap::from([(name.to_owned(), Some(vec![value.to_owned()]))]);
    ProductPatch {
        attributes: Change::Set(changes),
        ..ProductPatch::default()
    }
}

#[tokio::test]
async fn patch_of_some_fields_changes_these_and_nothing_else() {
    for setup in setups().await {
        let id = setup.upsert([full()]).await[0].id;
        let before = get(&setup, id).await;
        setup.drain().await;
        let colours = BTreeMap::from([
            ("colour".to_owned(), Some(vec!["blue".to_owned()])),
            ("material".to_owned(), None),
        ]);
        let new = VariantPatch {
            price: Some(900),
            ..stocked("XS", 1)
        };
        let patch = ProductPatch {
            brand: Change::Remove,
            attributes: Change::Set(colours),
            variants: vec![stocked("S", 9), new],
            remove_variants: vec!["L".into(), "gone".into()],
            ..ProductPatch::default()
        };
        let products = setup.scope.products();
        let etag = before.etag();
        let patched = products.patch(id, patch, Some(&etag)).await.unwrap();
        assert_eq!(patched, get(&setup, id).await);
        let variants: Vec<_> = patched
            .variants
            .iter()
            .map(|it| (it.sku.as_str(), it.prices.price, it.stock, it.options.len()))
            .collect();
        assert_eq!(variants, [("S", 1_200, 9, 1), ("XS", 900, 1, 0)]);
        assert_eq!(patched.variants[0].id, before.variants[1].id);
        let expected = ProductRecord {
            brand: None,
            attributes: BTreeMap::from([("colour".to_owned(), vec!["blue".to_owned()])]),
            variants: patched.variants.clone(),
            price: patched.price,
            stock: 10,
            updated_at_ms: patched.updated_at_ms,
            ..before
        };
        assert_eq!(patched, expected);
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);
    }
}

#[tokio::test]
async fn patch_that_changes_nothing_writes_nothing() {
    for setup in setups().await {
        let id = setup.upsert([full()]).await[0].id;
        let before = get(&setup, id).await;
        setup.drain().await;
        let products = setup.scope.products();
        let patch = ProductPatch {
            brand: Change::Set("Acme".into()),
            variants: vec![stocked("L", 2)],
            remove_variants: vec!["gone".into()],
            ..attribute("colour", "red")
        };
        for patch in [ProductPatch::default(), titled("mug-1"), patch] {
            let patched = products.patch(id, patch, Some("*")).await.unwrap();
            assert_eq!(patched, before);
        }
        assert_eq!(setup.drain().await, []);
    }
}

#[tokio::test]
async fn patch_of_a_title_keeps_what_plain_sql_wrote() {
    for setup in setups().await {
        let id = setup.upsert([full()]).await[0].id;
        setup
            .run(r#"UPDATE products SET attributes = '{"a:b": {"c": 1}}', images = '["nowhere"]'"#)
            .await;
        setup.run("DELETE FROM variants").await;
        let products = setup.scope.products();
        products.patch(id, titled("New"), None).await.unwrap();
        let kept = "SELECT count(*) FROM products WHERE title = 'New'
                    AND CAST(attributes AS text) LIKE '%a:b%' AND CAST(images AS text) LIKE '%nowhere%'";
        assert_eq!(setup.number(kept).await, 1);
    }
}

#[tokio::test]
async fn patch_that_cannot_be_applied_is_refused_by_field() {
    for setup in setups().await {
        let id = setup.upsert([full(), product("other").build()]).await[0].id;
        let before = get(&setup, id).await;
        let products = setup.scope.products();
        let refused = async |patch: ProductPatch| match products.patch(id, patch, None).await {
            Err(StoreError::Invalid(invalid)) => invalid.field.into_owned(),
            Err(StoreError::Conflict { field, .. }) => field.to_owned(),
            other => panic!("{other:?}"),
        };
        let named = |external_id: &str| ProductPatch {
            external_id: Some(external_id.to_owned()),
            ..ProductPatch::default()
        };
        assert_eq!(refused(named("other")).await, "external_id");
        assert_eq!(refused(titled(" ")).await, "title");
        let lost = ProductPatch {
            category: Change::Set("nowhere".into()),
            ..ProductPatch::default()
        };
        assert_eq!(refused(lost).await, "category");
        let slug = ProductPatch {
            slug: Some("other".into()),
            ..ProductPatch::default()
        };
        assert_eq!(refused(slug).await, "slug");
        let priceless = ProductPatch {
            variants: vec![stocked("L", 1), stocked("XL", 1)],
            ..ProductPatch::default()
        };
        assert_eq!(refused(priceless).await, "variants[1].price");
        assert_eq!(get(&setup, id).await, before);
    }
}

#[tokio::test]
async fn patch_with_stale_etag_or_of_another_tenant_is_refused() {
    for setup in setups().await {
        let id = setup.upsert([full()]).await[0].id;
        let products = setup.scope.products();
        let old = get(&setup, id).await.etag();
        products.patch(id, titled("New"), Some(&old)).await.unwrap();
        let stale = products.patch(id, titled("Newer"), Some(&old)).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let foreign = other.products().patch(id, titled("Theirs"), None).await;
        assert!(matches!(foreign, Err(StoreError::NotFound("product"))));
        assert_eq!(get(&setup, id).await.title, "New");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn patches_at_the_same_time_keep_the_fields_of_each_other() {
    for setup in setups().await {
        let id = setup.upsert([full()]).await[0].id;
        let last = 5;
        let patches: Vec<PatchOfRound> = vec![
            Box::new(|round| titled(&format!("Title {round}"))),
            Box::new(|round| attribute("one", &format!("{round}"))),
            Box::new(|round| attribute("two", &format!("{round}"))),
            Box::new(|round| ProductPatch {
                variants: vec![stocked("L", round)],
                ..ProductPatch::default()
            }),
            Box::new(|round| ProductPatch {
                variants: vec![stocked("S", round)],
                ..ProductPatch::default()
            }),
        ];
        let writers = patches.into_iter().map(|patch| {
            let products = setup.scope.products();
            tokio::spawn(async move {
                for round in 1..=last {
                    products.patch(id, patch(round), Some("*")).await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let record = get(&setup, id).await;
        assert_eq!(record.title, "Title 5");
        for name in ["one", "two"] {
            assert_eq!(record.attributes[name], ["5"], "{name}");
        }
        assert_eq!(record.attributes["colour"], ["red"]);
        assert!(record.variants.iter().all(|it| it.stock == last));
    }
}

#[tokio::test]
async fn patch_that_waits_for_another_writer_keeps_what_that_wrote() {
    let setup = setup(TestDatabase::postgres().await).await;
    let id = setup.upsert([full()]).await[0].id;
    let writing = setup.store.begin().await.unwrap();
    writing
        .execute_unprepared("UPDATE products SET brand = 'Theirs'; UPDATE variants SET stock = 77")
        .await
        .unwrap();
    let products = setup.scope.products();
    let patching = tokio::spawn(async move { products.patch(id, titled("Ours"), None).await });
    setup.until_somebody_waits_for_a_lock().await;
    writing.commit().await.unwrap();
    let record = patching.await.unwrap().unwrap();
    assert_eq!(
        (record.title.as_str(), record.brand.as_deref(), record.stock),
        ("Ours", Some("Theirs"), 154)
    );
}

#[tokio::test]
async fn batch_merges_what_exists_and_names_what_a_new_product_lacks() {
    for setup in setups().await {
        let ids = setup.upsert([full(), product("plain").build()]).await;
        let before = get(&setup, ids[0].id).await;
        setup.drain().await;
        let merged = |external_id: &str, patch: ProductPatch| ProductWrite::Merge {
            patch: ProductPatch {
                external_id: Some(external_id.to_owned()),
                ..patch
            },
            currency: Currency::USD,
        };
        let priced = VariantPatch {
            price: Some(5),
            ..stocked("N", 1)
        };
        let new = ProductPatch {
            variants: vec![priced],
            ..titled("New")
        };
        let writes = vec![
            merged(" mug-1 ", titled("Patched")),
            merged("new", new.clone()),
            merged("lost", titled("Lost")),
            merged("nameless", ProductPatch { title: None, ..new }),
            merged("", ProductPatch::default()),
            merged("a\0b", ProductPatch::default()),
            merged("plain", ProductPatch::default()),
            ProductWrite::Replace(product("plain").title("Replaced").build()),
            merged("plain", attribute("colour", "red")),
        ];
        let products = setup.scope.products();
        let results = products.write_batch(writes, MissingReferences::Reject);
        let results = results.await.unwrap();
        let outcomes: Vec<_> = results
            .iter()
            .map(|result| match result {
                Ok(written) => Ok((written.created, written.changed)),
                Err(invalid) => Err(invalid.field.as_ref()),
            })
            .collect();
        assert_eq!(
            outcomes,
            [
                Ok((false, true)),
                Ok((true, true)),
                Err("variants"),
                Err("title"),
                Err("external_id"),
                Err("external_id"),
                Ok((false, false)),
                Ok((false, true)),
                Ok((false, true)),
            ]
        );
        let patched = get(&setup, ids[0].id).await;
        let expected = ProductRecord {
            title: "Patched".into(),
            updated_at_ms: patched.updated_at_ms,
            ..before
        };
        assert_eq!(patched, expected);
        let plain = get(&setup, ids[1].id).await;
        assert_eq!(plain.title, "Replaced");
        assert_eq!(plain.attributes["colour"], ["red"]);
        let new = get(&setup, results[1].as_ref().unwrap().id).await;
        assert_eq!((new.currency, new.stock), (Currency::USD, 1));
    }
}
