//! Former slugs lead on to what had them, whoever renames.

use souk_domain::ProductId;
use souk_store::{CategoryInput, Entity, MovedSlug, NamedEntityInput, ProductKey, Store};
use souk_testkit::{TestDatabase, product};

use crate::support::{Setup, add_tenant, setup, setups};

async fn moved(setup: &Setup, entity: Entity, slug: &str) -> Option<(i64, String)> {
    let found = setup.scope.former_slugs().find(entity, slug).await.unwrap();
    found.map(|MovedSlug { id, current, .. }| (id, current))
}

/// Gives a product another slug, as an admin does.
async fn rename(setup: &Setup, id: ProductId, slug: &str) {
    let products = setup.scope.products();
    let record = products.get(&ProductKey::Id(id)).await.unwrap().unwrap();
    let mut input: souk_domain::ProductInput = record.into();
    input.slug = Some(slug.to_owned());
    products.update(id, input, None).await.unwrap();
}

#[tokio::test]
async fn chain_of_renames_leads_to_the_newest_in_one_step() {
    for setup in setups().await {
        let id = setup.upsert([product("mug").slug("one")]).await[0].id;
        for slug in ["two", "three", "four"] {
            rename(&setup, id, slug).await;
        }
        for slug in ["one", "two", "three"] {
            let found = moved(&setup, Entity::Product, slug).await;
            assert_eq!(found, Some((id.0, "four".to_owned())), "{slug}");
        }
        for (entity, slug) in [
            (Entity::Product, "four"),
            (Entity::Product, "none"),
            (Entity::Seller, "one"),
        ] {
            assert_eq!(moved(&setup, entity, slug).await, None, "{slug}");
        }
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let found = other.former_slugs().find(Entity::Product, "one").await;
        assert_eq!(found.unwrap(), None, "another tenant's");
    }
}

#[tokio::test]
async fn renaming_back_turns_the_former_slugs_around() {
    for setup in setups().await {
        let id = setup.upsert([product("mug").slug("one")]).await[0].id;
        rename(&setup, id, "two").await;
        rename(&setup, id, "one").await;
        assert_eq!(moved(&setup, Entity::Product, "one").await, None);
        let back = Some((id.0, "one".to_owned()));
        assert_eq!(moved(&setup, Entity::Product, "two").await, back);
    }
}

#[tokio::test]
async fn slug_that_something_else_takes_is_its_own_and_the_former_owner_is_told() {
    for setup in setups().await {
        let written = setup
            .upsert([product("a").slug("one"), product("b").slug("b")])
            .await;
        let (a, b) = (written[0].id, written[1].id);
        rename(&setup, a, "two").await;
        setup.drain().await;
        let new = setup.upsert([product("c").slug("one")]).await[0].id;
        assert_eq!(moved(&setup, Entity::Product, "one").await, None);
        let told = setup.drain().await;
        assert_eq!(told, [a, new].map(|id| ("product".to_owned(), id.0)));

        rename(&setup, a, "three").await;
        setup.drain().await;
        rename(&setup, b, "two").await;
        assert_eq!(moved(&setup, Entity::Product, "two").await, None);
        assert!(setup.drain().await.contains(&("product".to_owned(), a.0)));
        // Who takes a slug for a while does not lead where it led before.
        rename(&setup, b, "b").await;
        let found = moved(&setup, Entity::Product, "two").await;
        assert_eq!(found, Some((b.0, "b".to_owned())));
    }
}

#[tokio::test]
async fn deletion_ends_all_former_slugs() {
    for setup in setups().await {
        let id = setup.upsert([product("mug").slug("one")]).await[0].id;
        rename(&setup, id, "two").await;
        setup.scope.products().delete(id, None).await.unwrap();
        assert_eq!(moved(&setup, Entity::Product, "one").await, None);
        assert_eq!(setup.number("SELECT count(*) FROM former_slugs").await, 0);
    }
}

#[tokio::test]
async fn last_twenty_are_kept() {
    for setup in setups().await {
        let id = setup.upsert([product("mug").slug("s-0")]).await[0].id;
        for number in 1..=25 {
            let sql = format!("UPDATE products SET slug = 's-{number}' WHERE id = {id}");
            setup.run(&sql).await;
        }
        assert_eq!(setup.number("SELECT count(*) FROM former_slugs").await, 20);
        assert_eq!(moved(&setup, Entity::Product, "s-4").await, None);
        assert!(moved(&setup, Entity::Product, "s-5").await.is_some());
    }
}

#[tokio::test]
async fn categories_fandoms_and_sellers_keep_theirs() {
    for setup in setups().await {
        let named = |slug: &str| NamedEntityInput {
            closed: None,
            slug: Some(slug.to_owned()),
            name: "Name".to_owned(),
            description: String::new(),
        };
        let fandoms = setup.scope.fandoms();
        let fandom = fandoms.create(named("old")).await.unwrap().id;
        fandoms.update(fandom, named("new"), None).await.unwrap();
        let sellers = setup.scope.sellers();
        let seller = sellers.create(named("old")).await.unwrap().id;
        sellers.update(seller, named("newer"), None).await.unwrap();
        let category = |slug: &str| CategoryInput {
            closed: None,
            slug: Some(slug.to_owned()),
            name: "Name".to_owned(),
            parent: None,
            position: 0,
        };
        let categories = setup.scope.categories();
        let made = categories.create(category("old")).await.unwrap();
        let id = made.id();
        categories
            .update(id, category("newest"), None)
            .await
            .unwrap();
        let sought = [Entity::Category, Entity::Fandom, Entity::Seller].map(|it| (it, "old"));
        let found = setup.scope.former_slugs().moved(&sought.into()).await;
        let found: Vec<_> = found
            .unwrap()
            .into_iter()
            .map(|it| (it.entity, it.id, it.current))
            .collect();
        let expected = [
            (Entity::Category, id.0, "newest".to_owned()),
            (Entity::Fandom, fandom, "new".to_owned()),
            (Entity::Seller, seller, "newer".to_owned()),
        ];
        assert_eq!(found, expected);
        categories.delete(id, None).await.unwrap();
        assert_eq!(moved(&setup, Entity::Category, "old").await, None);
    }
}

/// Renames a row to what another row of the same statement had.
#[tokio::test]
async fn slugs_that_are_passed_on_within_a_statement_stay_with_who_has_them() {
    for setup in setups().await {
        let written = setup
            .upsert([product("b").slug("b"), product("a").slug("a")])
            .await;
        let (b, a) = (written[0].id, written[1].id);
        setup
            .run("UPDATE products SET slug = CASE slug WHEN 'b' THEN 'c' ELSE 'b' END WHERE slug IN ('a', 'b')")
            .await;
        assert_eq!(moved(&setup, Entity::Product, "b").await, None);
        let found = moved(&setup, Entity::Product, "a").await;
        assert_eq!(found, Some((a.0, "b".to_owned())));
        assert_eq!(setup.number("SELECT count(*) FROM former_slugs").await, 1);
        let _ = b;
    }
}

/// Whatever order they win in, each slug is either somebody's or a former one, never both.
#[tokio::test]
async fn concurrent_renames_leave_no_former_slug_that_somebody_has() {
    let setup = setup(TestDatabase::postgres().await).await;
    let slugs = ["a", "b", "c", "d"];
    let made = setup
        .upsert(slugs.map(|slug| product(slug).slug(slug)))
        .await;
    let rename = |store: Store, id: i64, seed: usize| async move {
        for step in 0..40 {
            let slug = ["w", "x", "y", "z"][(seed + step) % 4];
            let sql = format!("UPDATE products SET slug = '{slug}' WHERE id = {id}");
            let transaction = store.begin().await.unwrap();
            use sea_orm::ConnectionTrait;
            // Who comes second is refused, or a victim of a deadlock.
            if transaction.execute_unprepared(&sql).await.is_ok() {
                let _ = transaction.commit().await;
            }
        }
    };
    let writers = made.iter().enumerate().map(|(seed, written)| {
        let store = setup.store.clone();
        tokio::spawn(rename(store, written.id.0, seed))
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let both = "SELECT count(*) FROM former_slugs f JOIN products p ON p.tenant_id = f.tenant_id AND p.slug = f.slug";
    assert_eq!(setup.number(both).await, 0);
    assert!(setup.number("SELECT count(*) FROM former_slugs").await > 0);
}
