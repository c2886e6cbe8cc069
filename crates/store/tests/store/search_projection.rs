//! Notes of what the SQL engine has to project.

use std::time::{Duration, Instant};

use souk_domain::{ProductId, TenantId};
use souk_store::{Entity, MissingReferences, ProjectionBatch, SearchProjection};
use souk_testkit::{ProductBuilder, product};

use crate::support::{Setup, setups};

impl Setup {
    /// Loads products in bulk, created or updated, and returns their ids.
    async fn load(&self, products: impl IntoIterator<Item = ProductBuilder>) -> Vec<ProductId> {
        let products = products.into_iter().map(ProductBuilder::build).collect();
        let bulk = self.scope.in_bulk().products();
        let loaded = bulk.upsert_batch(products, MissingReferences::Create).await;
        let loaded = loaded.unwrap().into_iter();
        loaded.map(|upserted| upserted.unwrap().id).collect()
    }

    fn projection(&self) -> SearchProjection {
        self.store.search_projection()
    }

    /// Takes everything, once that many products wait. A dropped batch is rolled back when its connection is looked at next.
    async fn take_all(&self, products: usize) -> ProjectionBatch {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            let batch = self.projection().take(100).await.unwrap();
            let taken = |batch: &ProjectionBatch| batch.products.values().flatten().count();
            if let Some(batch) = batch.filter(|batch| taken(batch) == products) {
                return batch;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{products} products do not wait");
    }

    async fn settle(&self) {
        while let Some(batch) = self.projection().take(100).await.unwrap() {
            batch.commit().await.unwrap();
        }
    }
}

fn products(batch: &ProjectionBatch, tenant: TenantId) -> Vec<i64> {
    let products = batch.products.get(&tenant);
    products.into_iter().flatten().map(|id| id.0).collect()
}

#[tokio::test]
async fn edits_are_taken_before_a_bulk_load_and_wait_again_if_nothing_is_committed() {
    for setup in setups().await {
        setup.settle().await;
        let tenant = setup.scope.tenant();
        let loaded = setup
            .load(["one", "two", "three"].map(|id| product(id).title("Brass lamp")))
            .await;
        setup.settle().await;
        setup
            .load(["one", "two"].map(|id| product(id).title("Iron lamp")))
            .await;
        let edit = "UPDATE products SET title = 'Copper lamp' WHERE external_id = 'three'";
        setup.run(edit).await;

        let batch = setup.projection().take(1).await.unwrap().unwrap();
        assert_eq!(products(&batch, tenant), [loaded[2].0]);
        drop(batch);
        let batch = setup.take_all(loaded.len()).await;
        let mut all: Vec<_> = loaded.iter().map(|id| id.0).collect();
        all.sort_unstable();
        assert_eq!(products(&batch, tenant), all);
        batch.commit().await.unwrap();
        assert!(setup.projection().is_current().await.unwrap());
        assert!(setup.projection().take(10).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn names_and_deleted_entities_are_noted() {
    for setup in setups().await {
        let ids = setup
            .upsert([product("one").seller("attic").category("lamps")])
            .await;
        setup.settle().await;
        setup.run("UPDATE sellers SET name = 'Cellar'").await;
        setup.run("UPDATE categories SET position = 7").await;
        let batch = setup.projection().take(10).await.unwrap().unwrap();
        let names: Vec<_> = batch.names.iter().map(|name| &*name.name).collect();
        assert_eq!(names, ["Cellar"], "whose name has changed");
        assert_eq!(batch.names[0].entity, Entity::Seller);
        batch.commit().await.unwrap();

        setup.run("DELETE FROM products").await;
        setup.run("DELETE FROM categories").await;
        let batch = setup.projection().take(10).await.unwrap().unwrap();
        assert!(batch.products.is_empty());
        assert!(batch.deleted.contains(&(Entity::Product, ids[0].id.0)));
        assert!(
            batch
                .deleted
                .iter()
                .any(|(kind, _)| *kind == Entity::Category)
        );
    }
}

#[tokio::test]
async fn load_that_changes_nothing_and_one_rolled_back_leave_nothing_to_project() {
    for setup in setups().await {
        setup.load([product("one").title("Brass lamp")]).await;
        setup.settle().await;
        setup.load([product("one").title("Brass lamp")]).await;
        setup.run("UPDATE variants SET price = price + 1").await;
        assert!(setup.projection().is_current().await.unwrap());
        let transaction = setup.store.clone().in_bulk().begin().await.unwrap();
        transaction.rollback().await.unwrap();
        assert!(setup.projection().is_current().await.unwrap());
    }
}

#[tokio::test]
async fn another_language_or_analyzer_has_everything_of_the_tenant_projected_anew() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        setup.upsert([product("one"), product("two")]).await;
        let batch = setup.projection().take(100).await.unwrap().unwrap();
        batch.made_by(tenant, "one").await.unwrap();
        batch.commit().await.unwrap();
        assert!(!setup.projection().renew(tenant, "one").await.unwrap());
        assert!(setup.projection().is_current().await.unwrap());

        assert!(setup.projection().renew(tenant, "other").await.unwrap());
        let batch = setup.projection().take(100).await.unwrap().unwrap();
        assert_eq!(products(&batch, tenant).len(), 2);
        assert_eq!(batch.names.len(), 1, "the seller");
        batch.made_by(tenant, "other").await.unwrap();
        batch.commit().await.unwrap();
        assert!(!setup.projection().renew(tenant, "other").await.unwrap());

        setup.run("UPDATE tenants SET language = 'de'").await;
        let batch = setup.projection().take(100).await.unwrap().unwrap();
        assert_eq!(products(&batch, tenant).len(), 2);
    }
}
