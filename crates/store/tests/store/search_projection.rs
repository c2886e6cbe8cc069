//! Projection of bulk loads for the SQL engine.

use souk_domain::ProductId;
use souk_store::{Backend, MissingReferences};
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

    /// Number of products that the SQL engine finds by a word.
    async fn found(&self, word: &str) -> i64 {
        let condition = match self.store.backend() {
            Backend::Postgres => format!("words @@ '{word}'::tsquery"),
            Backend::Sqlite => format!("search_products MATCH '{word}'"),
        };
        let sql = format!("SELECT count(*) FROM search_products WHERE {condition}");
        self.number(&sql).await
    }
}

#[tokio::test]
async fn bulk_load_is_searchable_once_projected_and_an_edit_at_once() {
    for setup in setups().await {
        let projection = setup.store.search_projection();
        assert!(projection.is_current().await.unwrap());
        let lamps = ["one", "two", "three"].map(|id| product(id).title("Brass lamp"));
        let ids = setup.load(lamps).await;
        assert_eq!(setup.found("brass").await, 0);
        setup.upsert([product("four").title("Brass bell")]).await;
        assert_eq!(setup.found("brass").await, 1);

        // An edit of a product that waits makes it searchable as it is now.
        let title = "UPDATE products SET title = 'Copper lamp' WHERE external_id = 'two'";
        setup.run(title).await;
        assert_eq!(setup.found("copper").await, 1);
        assert_eq!(projection.advance(2).await.unwrap(), 2);
        assert!(!projection.is_current().await.unwrap());
        assert_eq!(projection.catch_up(2).await.unwrap(), 1);
        assert!(projection.is_current().await.unwrap());
        assert_eq!(projection.advance(2).await.unwrap(), 0);
        assert_eq!(
            (setup.found("brass").await, setup.found("copper").await),
            (3, 1)
        );

        // A load that changes what is searched, and a product that is deleted before its turn.
        let iron = ["one", "three"].map(|id| product(id).title("Iron lamp"));
        setup.load(iron).await;
        setup
            .run(&format!("DELETE FROM products WHERE id = {}", ids[0].0))
            .await;
        assert_eq!(setup.found("iron").await, 0);
        projection.catch_up(10).await.unwrap();
        assert_eq!(
            (setup.found("iron").await, setup.found("brass").await),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn load_that_changes_nothing_searched_and_one_rolled_back_leave_nothing_to_project() {
    for setup in setups().await {
        let projection = setup.store.search_projection();
        setup.load([product("one").title("Brass lamp")]).await;
        projection.catch_up(10).await.unwrap();
        setup.load([product("one").title("Brass lamp")]).await;
        assert!(projection.is_current().await.unwrap());

        let bulk = setup.store.clone().in_bulk();
        let transaction = bulk.begin().await.unwrap();
        transaction.rollback().await.unwrap();
        drop(bulk.begin().await.unwrap());
        let dearer = "UPDATE products SET title = 'Iron lamp'";
        setup.run(dearer).await;
        assert_eq!(setup.found("iron").await, 1);
        assert!(projection.is_current().await.unwrap());
    }
}

#[tokio::test]
async fn two_workers_project_every_product_once() {
    for setup in setups().await {
        setup
            .load((0..40).map(|number| product(&format!("p{number}")).title("Brass lamp")))
            .await;
        let projection = setup.store.search_projection();
        let workers = [projection.catch_up(7), projection.catch_up(7)];
        let [one, other] = workers;
        let (one, other) = tokio::join!(one, other);
        assert_eq!(one.unwrap() + other.unwrap(), 40);
        assert_eq!(setup.found("brass").await, 40);
    }
}
