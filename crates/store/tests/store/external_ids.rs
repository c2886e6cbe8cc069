//! External ids, which are unique among the products of a seller.

use souk_domain::{
    Currency, ExternalKey, InvalidField, ProductId, ProductPatch, SellerId, VariantUpdate,
};
use souk_store::{
    MissingReferences, NamedEntityInput, ProductKey, ProductWrite, StoreError, Upserted,
    VariantOutcome, VariantRefusal,
};
use souk_testkit::product;

use crate::support::{Setup, setups};

async fn write(setup: &Setup, writes: Vec<ProductWrite>) -> Vec<Result<Upserted, InvalidField>> {
    let products = setup.scope.products();
    let written = products.write_batch(writes, MissingReferences::Create);
    written.await.unwrap()
}

fn of(seller: &str, id: &str) -> ProductKey {
    ProductKey::OfSeller {
        seller: seller.to_owned(),
        external_id: id.to_owned(),
    }
}

async fn get(setup: &Setup, key: &ProductKey) -> Option<(ProductId, String)> {
    let found = setup.scope.products().get(key).await.unwrap();
    found.map(|record| (record.id, record.title))
}

fn patch(seller: Option<&str>, id: &str, title: &str) -> ProductWrite {
    ProductWrite::Merge {
        patch: ProductPatch {
            external_id: Some(id.to_owned()),
            seller: seller.map(str::to_owned),
            title: Some(title.to_owned()),
            ..ProductPatch::default()
        },
        currency: Currency::EUR,
    }
}

fn conflict(result: Result<impl std::fmt::Debug, StoreError>) -> &'static str {
    match result {
        Err(StoreError::Conflict { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_id_of_two_sellers_is_two_products() {
    for setup in setups().await {
        let both = || {
            [
                product("1").seller("ann").title("Ann's"),
                product("1").seller("bob").title("Bob's"),
                product("2").seller("ann"),
            ]
        };
        let first = setup.upsert(both()).await;
        assert!(first.iter().all(|written| written.created));
        let again = setup.upsert(both()).await;
        assert!(again.iter().all(|written| !written.changed));
        let ids = |written: &[Upserted]| written.iter().map(|it| it.id).collect::<Vec<_>>();
        assert_eq!(ids(&first), ids(&again));
        for (seller, id) in [("ann", first[0].id), ("bob", first[1].id)] {
            let (found, title) = get(&setup, &of(seller, "1")).await.unwrap();
            assert_eq!(found, id);
            assert_eq!(title.to_lowercase(), format!("{seller}'s"));
        }
        assert_eq!(get(&setup, &of("bob", "2")).await, None);
        let alone = ProductKey::External("1".to_owned());
        assert_eq!(
            conflict(setup.scope.products().get(&alone).await),
            "external_id"
        );
        let key = |seller: Option<&str>, id: &str| ExternalKey {
            seller: seller.map(str::to_owned),
            external_id: id.to_owned(),
        };
        let keys = [
            key(None, "1"),
            key(None, "2"),
            key(Some("bob"), "1"),
            key(Some("bob"), "2"),
        ];
        let found = setup.scope.products().ids(&keys.clone().into()).await;
        let expected = [
            (keys[1].clone(), first[2].id),
            (keys[2].clone(), first[1].id),
        ];
        assert_eq!(found.unwrap(), expected.into());
    }
}

#[tokio::test]
async fn batch_takes_an_id_without_seller_while_only_one_has_it() {
    for setup in setups().await {
        let written = setup
            .upsert([
                product("1").seller("ann"),
                product("1").seller("bob"),
                product("2").seller("bob"),
            ])
            .await;
        let results = write(
            &setup,
            vec![
                patch(None, "1", "Whose?"),
                patch(Some("bob"), "1", "Bob's"),
                patch(None, "2", "Two"),
                ProductWrite::Replace(product("1").build()),
                ProductWrite::Replace(product("3").seller("new").build()),
                ProductWrite::Replace(product("3").seller("new").title("Again").build()),
                patch(Some("cyd"), "2", "No such product, and no variants"),
            ],
        )
        .await;
        let fields = results.iter().map(|result| match result {
            Ok(upserted) => Ok(upserted.id),
            Err(invalid) => Err(invalid.field.as_ref()),
        });
        let fields: Vec<_> = fields.collect();
        let new = fields[4].unwrap();
        let expected = [
            Err("external_id"),
            Ok(written[1].id),
            Ok(written[2].id),
            Err("external_id"),
            Ok(new),
            Ok(new),
            Err("variants"),
        ];
        assert_eq!(fields, expected);
        let found = get(&setup, &of("new", "3")).await;
        assert_eq!(found, Some((new, "Again".to_owned())));
        let (_, title) = get(&setup, &of("ann", "1")).await.unwrap();
        assert_eq!(title, "1");
    }
}

#[tokio::test]
async fn product_moves_to_a_seller_only_if_its_id_is_free_there() {
    for setup in setups().await {
        let written = setup
            .upsert([
                product("1").seller("ann"),
                product("1").seller("bob"),
                product("2").seller("bob"),
            ])
            .await;
        let products = setup.scope.products();
        let to_ann = |id: &str| product(id).seller("ann").build();
        let taken = products.update(written[1].id, to_ann("1"), None).await;
        assert_eq!(conflict(taken), "external_id");
        let change = ProductPatch {
            seller: Some("ann".to_owned()),
            ..ProductPatch::default()
        };
        let taken = products.patch(written[1].id, change.clone(), None).await;
        assert_eq!(conflict(taken), "external_id");
        assert_eq!(conflict(products.create(to_ann("1")).await), "external_id");
        let renumbered = products.update(written[2].id, product("1").build(), None);
        assert_eq!(conflict(renumbered.await), "external_id");

        let moved = products.patch(written[2].id, change, None).await.unwrap();
        assert_eq!(moved.seller.slug, "ann");
        let other = products.create(product("1").seller("cyd").build()).await;
        assert!(matches!(other, Err(StoreError::Invalid(invalid)) if invalid.field == "seller"));
        setup.upsert([product("9").seller("cyd")]).await;
        products
            .create(product("1").seller("cyd").build())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn former_slug_of_a_seller_names_it_in_batches() {
    for setup in setups().await {
        let id = setup.upsert([product("1").seller("old")]).await[0].id;
        let sellers = setup.scope.sellers();
        let seller = sellers.by_slug("old").await.unwrap().unwrap();
        let input = NamedEntityInput {
            closed: None,
            slug: Some("new".to_owned()),
            name: "New".to_owned(),
            description: String::new(),
        };
        sellers.update(seller.id, input, None).await.unwrap();
        let written = setup
            .upsert([
                product("1").seller("old").title("By the former"),
                product("1").seller("new").title("By the present"),
            ])
            .await;
        assert!(written.iter().all(|it| it.id == id && !it.created));
        assert!(sellers.by_slug("old").await.unwrap().is_none());
        let (_, title) = get(&setup, &of("new", "1")).await.unwrap();
        assert_eq!(title, "By the present");
    }
}

#[tokio::test]
async fn variants_are_found_by_seller_where_two_have_the_id() {
    for setup in setups().await {
        let tee = |seller: &str| {
            let tee = product("tee").seller(seller).without_variants();
            tee.variant("M", 100, 1, &[])
        };
        setup.upsert([tee("ann"), tee("bob")]).await;
        let update = |seller: Option<&str>, price| VariantUpdate {
            sku: "M".to_owned(),
            external_id: Some("tee".to_owned()),
            seller: seller.map(str::to_owned),
            offered_by: None,
            price: Some(price),
            stock: None,
        };
        let updates = vec![
            update(None, 1),
            update(Some("bob"), 200),
            update(Some("nobody"), 3),
        ];
        let results = setup.scope.variants().update_batch(updates).await.unwrap();
        assert!(matches!(results[0], Err(VariantRefusal::AmbiguousSku)));
        assert_eq!(results[1].as_ref().unwrap(), &VariantOutcome::Updated);
        assert!(matches!(results[2], Err(VariantRefusal::UnknownSku)));
        let sql = "SELECT price FROM variants v JOIN products p ON p.id = v.product_id
                   JOIN sellers s ON s.id = p.seller_id WHERE s.slug = ";
        assert_eq!(setup.number(&format!("{sql}'ann'")).await, 100);
        assert_eq!(setup.number(&format!("{sql}'bob'")).await, 200);
    }
}

#[tokio::test]
async fn only_products_of_the_seller_are_archived() {
    for setup in setups().await {
        let written = setup
            .upsert([
                product("1").seller("ann"),
                product("2").seller("ann"),
                product("1").seller("bob"),
            ])
            .await;
        let ids: Vec<ProductId> = written.iter().map(|it| it.id).collect();
        let ann = setup.scope.sellers().by_slug("ann").await.unwrap().unwrap();
        let ann = SellerId(ann.id);
        setup.drain().await;
        let products = setup.scope.products();
        let live = || products.live_of_seller(ann, ProductId(0), 10);
        let expected = [(ids[0], "1".to_owned()), (ids[1], "2".to_owned())];
        assert_eq!(live().await.unwrap(), expected);
        let archived = products.archive_of_seller(ann, &[ids[1], ids[2]]).await;
        assert_eq!(archived.unwrap(), 1);
        assert_eq!(setup.drain().await, [("product".to_owned(), ids[1].0)]);
        assert_eq!(live().await.unwrap(), expected[..1]);
        let again = products.archive_of_seller(ann, &[ids[1]]).await;
        assert_eq!(again.unwrap(), 0);
        assert_eq!(setup.drain().await, []);
    }
}
