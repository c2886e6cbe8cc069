//! Tenants, categories, fandoms, sellers and reviews.

use souk_domain::{CategoryId, ReviewId};
use souk_store::{
    CategoryInput, CategoryRecord, NamedEntityInput, ProductKey, ReviewInput, ReviewListing,
    ReviewOrder, ReviewPageStart, StoreError,
};
use souk_testkit::product;

use crate::support::{Setup, add_tenant, setups};

fn category(name: &str, parent: Option<&str>) -> CategoryInput {
    CategoryInput {
        closed: None,
        slug: None,
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
        position: 0,
    }
}

fn reference(name: &str) -> NamedEntityInput {
    NamedEntityInput {
        closed: None,
        slug: None,
        name: name.to_owned(),
        description: String::new(),
    }
}

fn review(rating: u8) -> ReviewInput {
    ReviewInput {
        author: "Ann".into(),
        rating,
        title: None,
        body: "Fine".into(),
    }
}

async fn create(setup: &Setup, name: &str, parent: Option<&str>) -> CategoryRecord {
    let categories = setup.scope.categories();
    categories.create(category(name, parent)).await.unwrap()
}

#[tokio::test]
async fn a_removed_tenant_leaves_nothing() {
    for setup in setups().await {
        create(&setup, "Root", None).await;
        create(&setup, "Leaf", Some("root")).await;
        let id = setup
            .upsert([product("a").category("leaf").fandom("f")])
            .await[0]
            .id;
        setup.scope.reviews().create(id, review(5)).await.unwrap();
        setup.store.tenants().remove("main", None).await.unwrap();
        for table in [
            "tenants",
            "products",
            "variants",
            "reviews",
            "categories",
            "fandoms",
            "sellers",
        ] {
            assert_eq!(
                setup.number(&format!("SELECT count(*) FROM {table}")).await,
                0,
                "{table}"
            );
        }
        let left = setup.claim("worker", 1_000).await;
        assert_eq!(left.len(), 1, "word for its index to be dropped");
        assert_eq!(
            (left[0].tenant_id, left[0].entity_id),
            (setup.scope.tenant(), 0)
        );

        let gone = setup.store.tenants().remove("main", None).await;
        assert!(matches!(gone, Err(StoreError::NotFound("tenant"))));
        let gone = setup.scope.categories().create(category("New", None)).await;
        assert!(matches!(gone, Err(StoreError::NotFound("tenant"))));
    }
}

#[tokio::test]
async fn a_category_never_becomes_part_of_itself() {
    for setup in setups().await {
        let root = create(&setup, "Root", None).await;
        let middle = create(&setup, "Middle", Some("root")).await;
        create(&setup, "Leaf", Some("middle")).await;
        let categories = setup.scope.categories();
        for parent in ["root", "middle", "leaf"] {
            let ring = categories
                .update(root.id(), category("Root", Some(parent)), None)
                .await;
            assert!(
                matches!(&ring, Err(StoreError::Invalid(invalid)) if invalid.field == "parent"),
                "{parent}"
            );
        }
        let moved = categories
            .update(middle.id(), category("Middle", None), None)
            .await
            .unwrap();
        assert_eq!(moved.parent, None);
        let below = categories
            .update(root.id(), category("Root", Some("leaf")), None)
            .await
            .unwrap();
        assert_eq!(below.parent.as_deref(), Some("leaf"));
    }
}

#[tokio::test]
async fn two_moves_at_once_make_no_ring() {
    for setup in setups().await {
        let (one, two) = (
            create(&setup, "One", None).await,
            create(&setup, "Two", None).await,
        );
        let moves = [
            (one.id(), category("One", Some("two"))),
            (two.id(), category("Two", Some("one"))),
        ];
        let moves = moves.map(|(id, input)| {
            let categories = setup.scope.categories();
            tokio::spawn(async move { categories.update(id, input, None).await })
        });
        let mut done = 0;
        for moving in moves {
            done += usize::from(moving.await.unwrap().is_ok());
        }
        assert_eq!(done, 1);
    }
}

#[tokio::test]
async fn a_category_is_written_as_its_rules_say() {
    for setup in setups().await {
        let categories = setup.scope.categories();
        let mugs = create(&setup, " Mugs & Cups ", None).await;
        assert_eq!(
            (mugs.name.as_str(), mugs.slug.as_str()),
            ("Mugs & Cups", "mugs-cups")
        );
        let taken = categories.create(category("Mugs: cups", None)).await;
        assert!(matches!(
            taken,
            Err(StoreError::Conflict { field: "slug", .. })
        ));
        let lost = categories.create(category("X", Some("nowhere"))).await;
        assert!(matches!(lost, Err(StoreError::Invalid(invalid)) if invalid.field == "parent"));
        let unnamed = categories.create(category(" ", None)).await;
        assert!(matches!(unnamed, Err(StoreError::Invalid(invalid)) if invalid.field == "name"));

        create(&setup, "Tea", Some("mugs-cups")).await;
        let used = categories.delete(mugs.id(), None).await;
        assert!(matches!(used, Err(StoreError::Conflict { .. })));
        let renamed = categories
            .update(mugs.id(), category("Cups", None), Some(&mugs.etag()))
            .await
            .unwrap();
        assert_eq!(
            (renamed.name.as_str(), renamed.slug.as_str()),
            ("Cups", "mugs-cups")
        );
        let stale = categories.delete(mugs.id(), Some(&mugs.etag())).await;
        assert!(matches!(stale, Err(StoreError::PreconditionFailed)));
        assert_eq!(categories.list().await.unwrap().len(), 2);

        let other = setup
            .store
            .scope(add_tenant(&setup.store, "other").await)
            .categories();
        assert_eq!(other.list().await.unwrap(), []);
        assert_eq!(other.get(mugs.id()).await.unwrap(), None);
        assert!(matches!(
            other.delete(mugs.id(), None).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(matches!(
            categories.delete(CategoryId(999), None).await,
            Err(StoreError::NotFound("category"))
        ));
    }
}

#[tokio::test]
async fn fandoms_and_sellers_are_written_as_their_rules_say() {
    for setup in setups().await {
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        for (own, foreign) in [
            (setup.scope.fandoms(), other.fandoms()),
            (setup.scope.sellers(), other.sellers()),
        ] {
            let first = own.create(reference("Star Trek")).await.unwrap();
            assert_eq!(first.slug, "star-trek");
            setup.drain().await;
            let same = own
                .update(first.id, reference("Star Trek"), None)
                .await
                .unwrap();
            assert_eq!(same, first);
            assert_eq!(setup.drain().await, []);
            let taken = own.create(reference("star trek")).await;
            assert!(matches!(
                taken,
                Err(StoreError::Conflict { field: "slug", .. })
            ));
            let nameless = own.create(reference("???")).await;
            assert!(
                matches!(nameless, Err(StoreError::Invalid(invalid)) if invalid.field == "slug")
            );

            let renamed = own
                .update(first.id, reference("Trek"), Some(&first.etag()))
                .await
                .unwrap();
            assert_eq!(
                (renamed.name.as_str(), renamed.slug.as_str()),
                ("Trek", "star-trek")
            );
            let stale = own
                .update(first.id, reference("Wars"), Some(&first.etag()))
                .await;
            assert!(matches!(stale, Err(StoreError::PreconditionFailed)));

            assert_eq!(foreign.get(first.id).await.unwrap(), None);
            assert_eq!(foreign.by_slug("star-trek").await.unwrap(), None);
            assert_eq!(foreign.list(None, 10).await.unwrap(), []);
            assert!(matches!(
                foreign.delete(first.id, None).await,
                Err(StoreError::NotFound(_))
            ));
            let unused = own.create(reference("Unused")).await.unwrap();
            assert_eq!(
                own.list(Some(first.id), 10).await.unwrap(),
                std::slice::from_ref(&unused)
            );
            own.delete(unused.id, Some(&unused.etag())).await.unwrap();
            assert_eq!(own.list(None, 10).await.unwrap(), [renamed]);
        }
        setup
            .upsert([product("a").fandom("star-trek").seller("star-trek")])
            .await;
        for used in [setup.scope.fandoms(), setup.scope.sellers()] {
            let record = used.by_slug("star-trek").await.unwrap().unwrap();
            assert!(matches!(
                used.delete(record.id, None).await,
                Err(StoreError::Conflict { .. })
            ));
        }
    }
}

#[tokio::test]
async fn page_of_reviews_is_in_order_and_stars_are_counted() {
    for setup in setups().await {
        let id = setup.upsert([product("a")]).await[0].id;
        let reviews = setup.scope.reviews();
        for rating in [3, 5, 1, 5] {
            reviews.create(id, review(rating)).await.unwrap();
        }
        for (order, expected) in [
            (ReviewOrder::Newest, [5, 1, 5, 3]),
            (ReviewOrder::Highest, [5, 5, 3, 1]),
            (ReviewOrder::Lowest, [1, 3, 5, 5]),
        ] {
            let mut ratings = Vec::new();
            for offset in [0, 2, 4] {
                let listing = ReviewListing {
                    order,
                    start: ReviewPageStart::Offset(offset),
                    ..ReviewListing::newest(id, 2)
                };
                let page = reviews.page(&listing).await.unwrap();
                ratings.extend(page.into_iter().map(|review| review.rating));
            }
            assert_eq!(ratings, expected, "{order:?}");
        }
        assert_eq!(reviews.stars(id).await.unwrap(), [1, 0, 1, 0, 2]);
        let other = add_tenant(&setup.store, "other").await;
        let other = setup.store.scope(other).reviews();
        let foreign = other.page(&ReviewListing::newest(id, 9)).await.unwrap();
        assert_eq!(foreign, []);
        assert_eq!(other.stars(id).await.unwrap(), [0; 5]);
    }
}

#[tokio::test]
async fn page_of_sellers_is_by_name_with_the_number_of_all() {
    for setup in setups().await {
        let sellers = setup.scope.sellers();
        let (_, before) = sellers.page(0, 1).await.unwrap();
        for name in ["0 Zebra", "0 Attic", "0 Middle"] {
            sellers.create(reference(name)).await.unwrap();
        }
        let (page, total) = sellers.page(0, 2).await.unwrap();
        let names: Vec<_> = page.iter().map(|seller| seller.name.as_str()).collect();
        assert_eq!(
            (names.as_slice(), total),
            (&["0 Attic", "0 Middle"][..], before + 3)
        );
        let (page, _) = sellers.page(2, 1).await.unwrap();
        assert_eq!(page[0].name, "0 Zebra");
        assert!(sellers.page(9_000, 100).await.unwrap().0.is_empty());
    }
}

#[tokio::test]
async fn reviews_belong_to_products_of_their_tenant() {
    for setup in setups().await {
        let id = setup.upsert([product("a")]).await[0].id;
        let reviews = setup.scope.reviews();
        let mut written = Vec::new();
        for rating in [5, 4, 2] {
            written.push(reviews.create(id, review(rating)).await.unwrap());
        }
        let newest = reviews.list(id, None, 2).await.unwrap();
        assert_eq!(newest, [written[2].clone(), written[1].clone()]);
        let older = reviews
            .list(id, Some(ReviewId(newest[1].id)), 2)
            .await
            .unwrap();
        assert_eq!(older, [written[0].clone()]);
        let invalid = reviews.create(id, review(6)).await;
        assert!(matches!(invalid, Err(StoreError::Invalid(invalid)) if invalid.field == "rating"));

        let other = setup
            .store
            .scope(add_tenant(&setup.store, "other").await)
            .reviews();
        assert_eq!(other.list(id, None, 10).await.unwrap(), []);
        let foreign = other.create(id, review(1)).await;
        assert!(matches!(foreign, Err(StoreError::NotFound("product"))));
        let foreign = other.delete(ReviewId(written[0].id)).await;
        assert!(matches!(foreign, Err(StoreError::NotFound("review"))));
        reviews.delete(ReviewId(written[2].id)).await.unwrap();
        assert_eq!(setup.number("SELECT rating_sum FROM products").await, 9);
    }
}

/// The products that have a document, by external id.
async fn listed(setup: &Setup) -> Vec<String> {
    let ids = setup.scope.document_ids(None, 100).await.unwrap();
    let documents = setup.scope.documents(&ids).await.unwrap();
    let listed: Vec<_> = documents
        .into_iter()
        .map(|document| document.external_id)
        .collect();
    let count = setup.scope.document_count().await.unwrap();
    assert_eq!(count, listed.len() as u64);
    listed
}

#[tokio::test]
async fn closed_seller_takes_its_products_along_and_brings_them_back() {
    for setup in setups().await {
        setup
            .upsert([
                product("a").seller("one"),
                product("b").seller("two"),
                product("draft").seller("one"),
            ])
            .await;
        setup
            .run("UPDATE products SET status = 'draft' WHERE external_id = 'draft'")
            .await;
        let sellers = setup.scope.sellers();
        let one = sellers.by_slug("one").await.unwrap().unwrap();
        let set = |closed| NamedEntityInput {
            closed: Some(closed),
            ..reference("One")
        };
        setup.drain().await;
        let closed = sellers.update(one.id, set(true), None).await.unwrap();
        assert!(closed.is_closed());
        assert_eq!(listed(&setup).await, ["b"]);
        let changed = setup.drain().await;
        assert!(changed.contains(&("seller".to_owned(), one.id)));

        // Neither a new product nor one that moves there is seen.
        setup.upsert([product("c").seller("one")]).await;
        let products = setup.scope.products();
        let key = ProductKey::External("b".into());
        let moved = products.get(&key).await.unwrap().unwrap().id;
        let input = product("b").seller("one").build();
        products.update(moved, input, None).await.unwrap();
        assert_eq!(listed(&setup).await, [""; 0]);
        let hidden = setup.scope.products().get(&key).await.unwrap().unwrap();
        assert!(hidden.hidden && !hidden.is_public());
        let (page, total) = sellers.page(0, 10).await.unwrap();
        assert!(total == 1 && page.iter().all(|seller| seller.slug != "one"));

        let open = sellers.update(one.id, set(false), None).await.unwrap();
        assert!(!open.is_closed());
        assert_eq!(listed(&setup).await, ["a", "b", "c"]);
    }
}

#[tokio::test]
async fn closed_category_hides_the_products_of_those_below_it() {
    for setup in setups().await {
        let categories = setup.scope.categories();
        let root = categories.create(category("Home", None)).await.unwrap();
        let mugs = category("Mugs", Some("home"));
        let mugs_id = categories.create(mugs.clone()).await.unwrap().id();
        categories.create(category("Toys", None)).await.unwrap();
        setup
            .upsert([product("a").category("mugs"), product("b").category("toys")])
            .await;
        let close = |closed| CategoryInput {
            closed: Some(closed),
            ..category("Home", None)
        };
        categories
            .update(root.id(), close(true), None)
            .await
            .unwrap();
        assert_eq!(listed(&setup).await, ["b"]);

        let moved = CategoryInput {
            parent: Some("toys".into()),
            ..mugs.clone()
        };
        categories.update(mugs_id, moved, None).await.unwrap();
        assert_eq!(listed(&setup).await, ["a", "b"]);
        categories.update(mugs_id, mugs, None).await.unwrap();
        assert_eq!(listed(&setup).await, ["b"]);
        categories
            .update(root.id(), close(false), None)
            .await
            .unwrap();
        assert_eq!(listed(&setup).await, ["a", "b"]);
    }
}

#[tokio::test]
async fn fandom_cannot_be_closed() {
    for setup in setups().await {
        let closing = NamedEntityInput {
            closed: Some(true),
            ..reference("Knights")
        };
        let refused = setup.scope.fandoms().create(closing).await;
        assert!(matches!(refused, Err(StoreError::Invalid(invalid)) if invalid.field == "closed"));
    }
}

#[tokio::test]
async fn product_without_variants_is_not_for_sale() {
    for setup in setups().await {
        setup.upsert([product("a"), product("b")]).await;
        setup
            .run("DELETE FROM variants WHERE sku = 'a'; UPDATE variants SET stock = 0")
            .await;
        assert_eq!(listed(&setup).await, ["b"]);
        setup
            .run(
                "INSERT INTO variants (tenant_id, product_id, sku, price)
                  SELECT tenant_id, id, 'new', 100 FROM products WHERE external_id = 'a'",
            )
            .await;
        assert_eq!(listed(&setup).await, ["a", "b"]);
    }
}
