//! Writing and reading products.

use souk_domain::{ProductId, ProductInput, ProductStatus};
use souk_store::{MissingReferences, ProductKey, ProductListing, ProductRecord, StoreError};
use souk_testkit::product;

use crate::support::{Setup, add_tenant, setups};

async fn get(setup: &Setup, id: ProductId) -> ProductRecord {
    let found = setup.scope.products().get(&ProductKey::Id(id)).await;
    found.unwrap().unwrap()
}

fn full() -> ProductInput {
    product("mug-1")
        .title("Störrische \"Tasse\" \u{1F600}\\n")
        .description("Line\nline\t'quoted' \u{7f}")
        .brand("Acme")
        .category("mugs")
        .fandom("star-trek")
        .seller("shop")
        .attribute("colour", "red")
        .attribute("colour", "blue \"deep\"")
        .image("https://example.com/a.png")
        .variant("L", 1_500, 2, &[("size", "L"), ("größe", "é\\")])
        .variant("S", 1_200, 0, &[("size", "S")])
        .ratings(3, 13)
        .popularity(7)
        .created_at(1_000)
        .build()
}

#[tokio::test]
async fn what_is_written_reads_back_under_every_key() {
    for setup in setups().await {
        let written = setup.upsert([full()]).await[0];
        assert!(written.created && written.changed);
        let record = get(&setup, written.id).await;
        insta::assert_json_snapshot!("product_record", record, {
            ".updated_at_ms" => "[time]",
            ".rating" => "[rating]",
        });
        assert_eq!(record.rating, Some(13.0 / 3.0));
        for key in [
            ProductKey::Slug(record.slug.clone()),
            ProductKey::External("mug-1".into()),
        ] {
            let found = setup.scope.products().get(&key).await.unwrap();
            assert_eq!(found.as_ref(), Some(&record), "{key:?}");
        }
    }
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    for setup in setups().await {
        let batch = || {
            [
                full(),
                product("plain").build(),
                product("other").title("plain").build(),
            ]
        };
        let first = setup.upsert(batch()).await;
        let before = get(&setup, first[0].id).await;
        setup.drain().await;

        let second = setup.upsert(batch()).await;
        for (before, now) in first.iter().zip(&second) {
            assert_eq!(
                (now.id, now.created, now.changed),
                (before.id, false, false)
            );
        }
        assert_eq!(setup.drain().await, []);
        assert_eq!(get(&setup, first[0].id).await, before);
    }
}

#[tokio::test]
async fn an_upsert_changes_what_differs_and_nothing_else() {
    for setup in setups().await {
        let ids = setup.upsert([full(), product("plain").build()]).await;
        setup.drain().await;

        let mut changed = full();
        changed.variants.remove(0);
        changed.variants[0].stock = 9;
        changed.variants.push(souk_domain::VariantInput {
            sku: "XL".into(),
            ..changed.variants[1].clone()
        });
        let result = setup.upsert([changed, product("plain").build()]).await;
        assert!(result[0].changed && !result[0].created && !result[1].changed);
        assert_eq!(setup.drain().await, [("product".to_owned(), ids[0].id.0)]);
        let record = get(&setup, ids[0].id).await;
        let skus: Vec<_> = record
            .variants
            .iter()
            .map(|v| (v.sku.as_str(), v.stock))
            .collect();
        assert_eq!(skus, [("L", 9), ("S", 0), ("XL", 0)]);
        assert_eq!(
            (record.price.min, record.price.max, record.stock),
            (1_200, 1_500, 9)
        );
    }
}

#[tokio::test]
async fn what_an_upsert_does_not_give_is_kept() {
    for setup in setups().await {
        let id = setup.upsert([full()]).await[0].id;
        let before = get(&setup, id).await;
        let mut sparse = full();
        sparse.ratings = None;
        sparse.popularity = None;
        sparse.created_at_ms = None;
        sparse.seller = None;
        sparse.title = "Another title".into();
        setup.upsert([sparse]).await;
        let after = get(&setup, id).await;
        assert_eq!(after.title, "Another title");
        assert_eq!(
            (
                after.rating_count,
                after.rating,
                after.popularity,
                after.created_at_ms
            ),
            (
                before.rating_count,
                before.rating,
                before.popularity,
                before.created_at_ms
            )
        );
        assert_eq!((after.seller, after.slug), (before.seller, before.slug));
    }
}

#[tokio::test]
async fn each_item_of_a_batch_gets_its_own_answer() {
    for setup in setups().await {
        setup.upsert([product("first").slug("taken")]).await;
        let batch = vec![
            product("good").build(),
            product("").build(),
            product("lost").category("nowhere").build(),
            product("slug").slug("taken").build(),
            product("good").title("Given again").build(),
        ];
        let products = setup.scope.products();
        let results = products
            .upsert_batch(batch, MissingReferences::Reject)
            .await
            .unwrap();
        let blamed: Vec<_> = results
            .iter()
            .map(|result| result.as_ref().err().map(|invalid| invalid.field.as_ref()))
            .collect();
        assert_eq!(
            blamed,
            [
                None,
                Some("external_id"),
                Some("category"),
                Some("slug"),
                None
            ]
        );
        let (first, again) = (results[0].as_ref().unwrap(), results[4].as_ref().unwrap());
        assert!(first.created && !again.created && again.changed);
        assert_eq!(first.id, again.id);
        assert_eq!(get(&setup, first.id).await.title, "Given again");
    }
}

#[tokio::test]
async fn slugs_are_made_distinct() {
    for setup in setups().await {
        let batch = ["a", "b", "b!", "???"].map(|id| product(id).title("Red mug"));
        let ids = setup.upsert(batch).await;
        let mut slugs = Vec::new();
        for written in ids {
            slugs.push(get(&setup, written.id).await.slug);
        }
        assert_eq!(slugs, ["red-mug", "red-mug-b", "red-mug-b-2", "red-mug-2"]);
    }
}

#[tokio::test]
async fn a_missing_reference_is_refused_or_made() {
    for setup in setups().await {
        let products = setup.scope.products();
        let refused = products.create(full()).await;
        assert!(
            matches!(refused, Err(StoreError::Invalid(invalid)) if invalid.field == "category")
        );
        let refused = products.create(product("plain").build()).await;
        assert!(matches!(refused, Err(StoreError::Invalid(invalid)) if invalid.field == "seller"));

        let id = setup.upsert([full()]).await[0].id;
        assert_eq!(get(&setup, id).await.fandom.unwrap().name, "Star Trek");
        // From here on, there is a first seller.
        let plain = products.create(product("plain").build()).await.unwrap();
        assert_eq!(plain.seller.slug, "shop");
    }
}

#[tokio::test]
async fn creating_and_updating_collide_by_field() {
    for setup in setups().await {
        setup
            .upsert([product("a").slug("a-slug"), product("b")])
            .await;
        let products = setup.scope.products();
        let conflict = |result: Result<ProductRecord, StoreError>| match result {
            Err(StoreError::Conflict { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            conflict(products.create(product("a").build()).await),
            "external_id"
        );
        assert_eq!(
            conflict(products.create(product("c").slug("a-slug").build()).await),
            "slug"
        );
        let b = products
            .get(&ProductKey::External("b".into()))
            .await
            .unwrap()
            .unwrap();
        let renamed = product("a").build();
        assert_eq!(
            conflict(products.update(b.id, renamed, None).await),
            "external_id"
        );
        let renamed = product("b2").build();
        let updated = products.update(b.id, renamed, None).await.unwrap();
        assert_eq!(
            (updated.id, updated.external_id.as_str(), &updated.slug),
            (b.id, "b2", &b.slug)
        );
    }
}

#[tokio::test]
async fn only_the_current_etag_may_write() {
    for setup in setups().await {
        let id = setup.upsert([product("mug")]).await[0].id;
        let products = setup.scope.products();
        let old = get(&setup, id).await.etag();
        let priced = || product("mug").price(5).build();
        let updated = products.update(id, priced(), Some(&old)).await.unwrap();
        assert_ne!(updated.etag(), old);
        let stale = products.update(id, priced(), Some(&old)).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        let stale = products.delete(id, Some(&old)).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));

        // A change by plain SQL counts as well.
        setup.run("UPDATE variants SET stock = 77").await;
        let stale = products.delete(id, Some(&updated.etag())).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        let current = get(&setup, id).await.etag();
        products.delete(id, Some(&current)).await.unwrap();
        assert!(matches!(
            products.delete(id, None).await,
            Err(StoreError::NotFound("product"))
        ));
    }
}

#[tokio::test]
async fn of_two_writers_with_one_etag_one_wins() {
    for setup in setups().await {
        let id = setup.upsert([product("mug")]).await[0].id;
        let etag = get(&setup, id).await.etag();
        let writers = (1..=4).map(|price| {
            let (products, etag) = (setup.scope.products(), etag.clone());
            let input = product("mug").price(price).build();
            tokio::spawn(async move { products.update(id, input, Some(&etag)).await })
        });
        let mut won = 0;
        for writer in writers.collect::<Vec<_>>() {
            match writer.await.unwrap() {
                Ok(_) => won += 1,
                Err(StoreError::PreconditionFailed) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn listing_goes_on_by_id_and_filters() {
    for setup in setups().await {
        let archived = product("c")
            .title("100% cotton")
            .status(ProductStatus::Archived);
        setup
            .upsert([
                product("a").title("Red Mug"),
                product("b").title("100 Mugs"),
                archived,
            ])
            .await;
        let listed = async |listing: ProductListing| {
            let found = setup.scope.products().list(&listing).await.unwrap();
            found
                .into_iter()
                .map(|record| record.external_id)
                .collect::<Vec<_>>()
        };
        let limit = 10;
        let text = |text: &str| ProductListing {
            seller: None,
            text: Some(text.into()),
            limit,
            ..Default::default()
        };
        assert_eq!(
            listed(ProductListing {
                seller: None,
                limit: 2,
                ..Default::default()
            })
            .await,
            ["a", "b"]
        );
        assert_eq!(listed(text("mug")).await, ["a", "b"]);
        assert_eq!(listed(text("100%")).await, ["c"]);
        assert_eq!(listed(text("b")).await, ["b"]);
        let archived = ProductListing {
            seller: None,
            status: Some(ProductStatus::Archived),
            limit,
            ..Default::default()
        };
        assert_eq!(listed(archived).await, ["c"]);
        let first = setup
            .scope
            .products()
            .get(&ProductKey::External("a".into()))
            .await
            .unwrap();
        let after = ProductListing {
            seller: None,
            after_id: first.map(|p| p.id),
            limit,
            ..Default::default()
        };
        assert_eq!(listed(after).await, ["b", "c"]);
    }
}

#[tokio::test]
async fn no_tenant_sees_or_changes_anothers_products() {
    for setup in setups().await {
        let id = setup.upsert([full()]).await[0].id;
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let products = other.products();
        for key in [
            ProductKey::Id(id),
            ProductKey::Slug(get(&setup, id).await.slug),
            ProductKey::External("mug-1".into()),
        ] {
            assert_eq!(products.get(&key).await.unwrap(), None);
        }
        let listing = ProductListing {
            seller: None,
            limit: 10,
            ..Default::default()
        };
        assert_eq!(products.list(&listing).await.unwrap(), []);
        assert!(matches!(
            products.delete(id, None).await,
            Err(StoreError::NotFound(_))
        ));
        let update = products.update(id, product("x").build(), None).await;
        assert!(matches!(update, Err(StoreError::NotFound(_))));
        assert_eq!(other.documents(&[id]).await.unwrap(), []);
        assert_eq!(other.document_ids(None, 10).await.unwrap(), []);
        let taken = products
            .upsert_batch(vec![full()], MissingReferences::Reject)
            .await
            .unwrap();
        assert!(
            taken[0].is_err(),
            "another tenant's category is none of this one's"
        );

        // The same external id is another product here.
        let own = products
            .upsert_batch(vec![full()], MissingReferences::Create)
            .await
            .unwrap();
        assert_ne!(own[0].as_ref().unwrap().id, id);
        setup.store.tenants().remove("other", None).await.unwrap();
        assert_eq!(get(&setup, id).await.external_id, "mug-1");
    }
}
