//! The projection, and the ids it is made for.

use souk_domain::{ProductId, ProductStatus};
use souk_store::{CategoryInput, Entity};
use souk_testkit::product;

use crate::support::{Setup, add_tenant, setups};

async fn category(setup: &Setup, slug: &str, parent: Option<&str>) -> i64 {
    let input = CategoryInput {
        closed: None,
        slug: Some(slug.into()),
        name: slug.to_uppercase(),
        parent: parent.map(str::to_owned),
        position: 0,
    };
    setup.scope.categories().create(input).await.unwrap().id
}

#[tokio::test]
async fn a_document_has_all_that_search_needs() {
    for setup in setups().await {
        category(&setup, "home", None).await;
        category(&setup, "kitchen", Some("home")).await;
        category(&setup, "mugs", Some("kitchen")).await;
        let mug = product("mug-1")
            .title("A mug")
            .description("Holds tea")
            .brand("Acme")
            .category("mugs")
            .fandom("star-trek")
            .seller("shop")
            .attribute("colour", "red")
            .attribute("Part number", "AC-4711")
            .image("/a.png")
            .image("/b.png")
            .without_variants()
            .variant("M-L", 1_500, 2, &[("size", "L"), ("colour", "blue")])
            .variant("M-S", 1_200, 3, &[("size", "S"), ("colour", "red")])
            .ratings(4, 18)
            .popularity(7)
            .created_at(1_000);
        let id = setup.upsert([mug]).await[0].id;
        setup
            .run("UPDATE variants SET gtin = '4006381333931' WHERE sku = 'M-S'")
            .await;
        let documents = setup.scope.documents(&[id]).await.unwrap();
        insta::assert_json_snapshot!("product_document", documents);
    }
}

#[tokio::test]
async fn documents_come_in_the_order_asked_for_and_only_of_active_products() {
    for setup in setups().await {
        let mut batch: Vec<_> = (0..1_100)
            .map(|n| product(&format!("p{n}")).build())
            .collect();
        batch[3].status = ProductStatus::Draft;
        batch[4].status = ProductStatus::Archived;
        let written = setup.upsert(batch).await;
        let mut ids: Vec<ProductId> = written.iter().rev().map(|product| product.id).collect();
        ids.insert(5, ids[0]);
        ids.push(ProductId(999_999));
        let documents = setup.scope.documents(&ids).await.unwrap();
        let found: Vec<_> = documents.iter().map(|document| document.id).collect();
        let hidden = [written[3].id, written[4].id];
        let expected: Vec<_> = written
            .iter()
            .rev()
            .map(|product| product.id)
            .filter(|id| !hidden.contains(id))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(setup.scope.document_count().await.unwrap(), 1_098);

        let mut paged = Vec::new();
        while let page @ [.., _] = setup
            .scope
            .document_ids(paged.last().copied(), 300)
            .await
            .unwrap()
            .as_slice()
        {
            paged.extend_from_slice(page);
        }
        assert_eq!(paged, expected.into_iter().rev().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_products_refer_to_expands_to_them_in_chunks() {
    for setup in setups().await {
        let home = category(&setup, "home", None).await;
        let mugs = category(&setup, "mugs", Some("home")).await;
        let ids: Vec<ProductId> = setup
            .upsert([
                product("a").category("mugs").fandom("trek").seller("one"),
                product("b").category("home").seller("two"),
                product("c").category("other").fandom("trek").seller("one"),
                product("d").category("mugs").seller("one"),
            ])
            .await
            .iter()
            .map(|written| written.id)
            .collect();
        let expand = async |entity, entity_id| {
            let mut found = Vec::new();
            loop {
                let after = found.last().copied();
                let page = setup
                    .scope
                    .product_ids_of(entity, entity_id, after, 2)
                    .await
                    .unwrap();
                if page.is_empty() {
                    return found;
                }
                assert!(page.len() <= 2);
                found.extend(page);
            }
        };
        assert_eq!(
            expand(Entity::Category, home).await,
            [ids[0], ids[1], ids[3]]
        );
        assert_eq!(expand(Entity::Category, mugs).await, [ids[0], ids[3]]);
        let trek = setup
            .scope
            .fandoms()
            .by_slug("trek")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(expand(Entity::Fandom, trek.id).await, [ids[0], ids[2]]);
        let one = setup.scope.sellers().by_slug("one").await.unwrap().unwrap();
        assert_eq!(
            expand(Entity::Seller, one.id).await,
            [ids[0], ids[2], ids[3]]
        );
        assert_eq!(expand(Entity::Product, ids[1].0).await, [ids[1]]);

        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        for (entity, id) in [(Entity::Category, home), (Entity::Seller, one.id)] {
            let foreign = other.product_ids_of(entity, id, None, 10).await.unwrap();
            assert_eq!(foreign, []);
        }
    }
}

#[tokio::test]
async fn a_ring_of_categories_made_by_plain_sql_does_not_hang_anything() {
    for setup in setups().await {
        let one = category(&setup, "one", None).await;
        let two = category(&setup, "two", Some("one")).await;
        let id = setup.upsert([product("a").category("two")]).await[0].id;
        setup
            .run(&format!(
                "UPDATE categories SET parent_id = {two} WHERE id = {one}"
            ))
            .await;
        let document = setup.scope.documents(&[id]).await.unwrap().remove(0);
        assert_eq!(document.categories.len(), 2);
        let found = setup
            .scope
            .product_ids_of(Entity::Category, one, None, 10)
            .await
            .unwrap();
        assert_eq!(found, [id]);
    }
}
