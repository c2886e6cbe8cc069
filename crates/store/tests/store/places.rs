//! Further categories and fandoms of products.

use souk_domain::{Label, ProductId};
use souk_store::{CategoryInput, Entity, MissingReferences, ProductKey, ProductRecord, StoreError};
use souk_testkit::{ProductBuilder, product};

use crate::support::{Setup, setups};

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

async fn record(setup: &Setup, id: ProductId) -> ProductRecord {
    let found = setup.scope.products().get(&ProductKey::Id(id)).await;
    found.unwrap().unwrap()
}

fn slugs(labels: &[Label]) -> Vec<&str> {
    labels.iter().map(|label| label.slug.as_str()).collect()
}

fn mug() -> ProductBuilder {
    product("mug")
        .category("mugs")
        .further_category("sale")
        .further_category("gifts")
        .fandom("trek")
        .further_fandom("wars")
}

#[tokio::test]
async fn further_places_are_read_in_their_order() {
    for setup in setups().await {
        category(&setup, "home", None).await;
        category(&setup, "gifts", Some("home")).await;
        let id = setup.upsert([mug()]).await[0].id;
        let read = record(&setup, id).await;
        assert_eq!(slugs(&read.further_categories), ["sale", "gifts"]);
        assert_eq!(slugs(&read.further_fandoms), ["wars"]);
        assert_eq!(read.references.categories.len(), 3);
        assert_eq!(read.references.fandoms.len(), 2);
        let document = setup.scope.documents(&[id]).await.unwrap().remove(0);
        let paths = document.further_categories.iter();
        let paths: Vec<_> = paths.map(|path| slugs(path)).collect();
        assert_eq!(paths, [vec!["sale"], vec!["home", "gifts"]]);
        assert_eq!(slugs(&document.further_fandoms), ["wars"]);
        assert_eq!(document.all_categories().len(), 4);
    }
}

#[tokio::test]
async fn upsert_replaces_further_places_and_only_then_writes() {
    for setup in setups().await {
        let written = setup.upsert([mug(), product("cup")]).await;
        let (mug_id, cup) = (written[0].id, written[1].id);
        setup.drain().await;
        let again = setup.upsert([mug(), product("cup")]).await;
        assert!(again.iter().all(|written| !written.changed));
        assert_eq!(setup.drain().await, []);

        let moved = product("mug")
            .category("mugs")
            .further_category("gifts")
            .further_category("new")
            .fandom("trek");
        let again = setup
            .upsert([moved, product("cup").further_fandom("wars")])
            .await;
        assert!(
            again
                .iter()
                .all(|written| written.changed && !written.created)
        );
        let read = record(&setup, mug_id).await;
        assert_eq!(slugs(&read.further_categories), ["gifts", "new"]);
        assert_eq!(read.further_fandoms, []);
        assert_eq!(slugs(&record(&setup, cup).await.further_fandoms), ["wars"]);
        let drained = setup.drain().await;
        for id in [mug_id, cup] {
            assert!(
                drained.contains(&("product".to_owned(), id.0)),
                "{drained:?}"
            );
        }
    }
}

#[tokio::test]
async fn unknown_further_place_is_created_or_refused() {
    for setup in setups().await {
        let id = setup.upsert([mug()]).await[0].id;
        assert_eq!(record(&setup, id).await.further_categories[0].name, "Sale");
        for (changed, field) in [
            (mug().further_category("nowhere"), "further_categories[2]"),
            (mug().further_fandom("nobody"), "further_fandoms[1]"),
        ] {
            let products = setup.scope.products();
            let results = products.upsert_batch(vec![changed.build()], MissingReferences::Reject);
            let results = results.await.unwrap();
            assert_eq!(results[0].as_ref().unwrap_err().field, field);
        }
        assert_eq!(record(&setup, id).await.further_categories.len(), 2);
    }
}

#[tokio::test]
async fn change_of_a_further_place_reaches_its_products() {
    for setup in setups().await {
        let home = category(&setup, "home", None).await;
        let gifts = category(&setup, "gifts", Some("home")).await;
        let written = setup
            .upsert([
                mug(),
                product("cup").category("gifts"),
                product("pen").category("pens").further_category("home"),
            ])
            .await;
        let [mug, cup, pen] = [0, 1, 2].map(|place: usize| written[place].id);
        let expand = async |entity, id, after| {
            let found = setup.scope.product_ids_of(entity, id, after, 2).await;
            found.unwrap()
        };
        assert_eq!(expand(Entity::Category, home, None).await, [mug, cup]);
        assert_eq!(expand(Entity::Category, home, Some(cup)).await, [pen]);
        assert_eq!(expand(Entity::Category, gifts, None).await, [mug, cup]);
        for (slug, expected) in [("wars", mug), ("trek", mug)] {
            let fandom = setup.scope.fandoms().by_slug(slug).await.unwrap().unwrap();
            assert_eq!(expand(Entity::Fandom, fandom.id, None).await, [expected]);
        }
    }
}

#[tokio::test]
async fn place_that_products_refer_to_is_not_deleted() {
    for setup in setups().await {
        let id = setup.upsert([mug()]).await[0].id;
        let sale = setup.scope.categories().by_slug("sale").await.unwrap();
        let wars = setup.scope.fandoms().by_slug("wars").await.unwrap();
        let (sale, wars) = (sale.unwrap(), wars.unwrap());
        let refused = setup.scope.categories().delete(sale.id(), None).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })));
        let refused = setup.scope.fandoms().delete(wars.id, None).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })));
        setup.scope.products().delete(id, None).await.unwrap();
        let deleted = setup.scope.categories().delete(sale.id(), None).await;
        deleted.unwrap();
        setup.scope.fandoms().delete(wars.id, None).await.unwrap();
    }
}

#[tokio::test]
async fn main_place_repeated_by_plain_sql_counts_for_nothing() {
    for setup in setups().await {
        let id = setup.upsert([mug()]).await[0].id;
        let repeat = "INSERT INTO product_categories (tenant_id, product_id, category_id)
             SELECT tenant_id, id, category_id FROM products";
        setup.run(repeat).await;
        let read = record(&setup, id).await;
        assert_eq!(slugs(&read.further_categories), ["sale", "gifts"]);
        let document = setup.scope.documents(&[id]).await.unwrap().remove(0);
        assert_eq!(document.further_categories.len(), 2);
    }
}
