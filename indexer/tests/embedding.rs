//! Vectors of products' texts: made once, resumed after a kill, made anew by another model.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use souk_domain::SearchQuery;
use souk_embeddings::{EmbedError, Embedder, Vector};
use souk_indexer::{Indexer, IndexerConfig};
use souk_search::engines::tantivy::{TantivyIndex, TantivyOptions};
use souk_search::{SearchEngine, SearchPlan};
use souk_testkit::databases;
use support::world::{World, execute};

/// Makes the same vector of every text, and counts them.
struct Counting {
    model: &'static str,
    texts: AtomicUsize,
}

impl Counting {
    fn new(model: &'static str) -> Arc<Self> {
        Arc::new(Self {
            model,
            texts: AtomicUsize::new(0),
        })
    }

    fn taken(&self) -> usize {
        self.texts.swap(0, Ordering::Relaxed)
    }
}

impl Embedder for Counting {
    fn model(&self) -> &str {
        self.model
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vector>, EmbedError> {
        self.texts.fetch_add(texts.len(), Ordering::Relaxed);
        texts.iter().map(|_| Vector::of(&[1.0, 0.5])).collect()
    }
}

/// Brings all changes into an index, as a process that starts anew, and stops. Returns the number of products with a vector.
async fn index(world: &World, folder: &std::path::Path, embedder: Option<&Arc<Counting>>) -> usize {
    let index = Arc::new(TantivyIndex::open(TantivyOptions::new(folder)).unwrap());
    let embedder = embedder.map(|it| Arc::clone(it) as Arc<dyn Embedder>);
    let config = IndexerConfig::default();
    let indexer = Indexer::new(world.store.clone(), index.clone(), config);
    let mut indexer = indexer.embedding(embedder);
    indexer.prepare().await.unwrap();
    indexer.drain(|_| {}).await.unwrap();
    let tenant = &world.tenant;
    let plan = SearchPlan::new(tenant.id, tenant.language, &SearchQuery::default(), 0);
    let vector = Vector::of(&[1.0, 0.5]).unwrap();
    index.nearest(&plan, &vector, 100).await.unwrap().len()
}

#[tokio::test]
async fn only_changed_texts_are_embedded_and_a_kill_loses_none() {
    for database in databases().await {
        let world = World::new(database.url()).await;
        let folder = tempfile::tempdir().unwrap();
        for product in 0..5 {
            world.upsert(product, product).await;
        }
        let model = Counting::new("one");
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 5);
        assert_eq!(model.taken(), 5);
        // After a restart vectors come from the database.
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 5);
        assert_eq!(model.taken(), 0);
        execute(&world.store, "UPDATE variants SET price = price + 1").await;
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 5);
        assert_eq!(model.taken(), 0, "prices are no text");
        let retitle = "UPDATE products SET title = title || ' again' WHERE external_id = 'p1'";
        execute(&world.store, retitle).await;
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 5);
        assert_eq!(model.taken(), 1);
        // Killed after the index took a change and before its text was embedded.
        world.upsert(7, 7).await;
        assert_eq!(index(&world, folder.path(), None).await, 0);
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 6);
        assert_eq!(model.taken(), 1);
        execute(
            &world.store,
            "DELETE FROM products WHERE external_id = 'p2'",
        )
        .await;
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 5);
    }
}

#[tokio::test]
async fn another_model_embeds_anew_and_keeps_the_former_vectors() {
    for database in databases().await {
        let world = World::new(database.url()).await;
        let folder = tempfile::tempdir().unwrap();
        for product in 0..3 {
            world.upsert(product, product).await;
        }
        let (one, two) = (Counting::new("one"), Counting::new("two"));
        assert_eq!(index(&world, folder.path(), Some(&one)).await, 3);
        assert_eq!(index(&world, folder.path(), Some(&two)).await, 3);
        assert_eq!((one.taken(), two.taken()), (3, 3));
        assert_eq!(index(&world, folder.path(), Some(&one)).await, 3);
        assert_eq!(one.taken(), 0);
        let missing = world.store.product_vectors().missing("three").await;
        assert_eq!(missing.unwrap(), 3);
    }
}
