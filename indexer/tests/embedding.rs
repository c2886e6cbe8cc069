//! Vectors of products' texts: made once, resumed after a kill, removed with their products, made anew by another model.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use souk_domain::{Currency, Language, SearchQuery};
use souk_embeddings::{EmbedError, Embedder, Vector};
use souk_indexer::{Indexer, IndexerConfig, IndexerError};
use souk_search::engines::tantivy::{TantivyIndex, TantivyOptions};
use souk_search::{SearchEngine, SearchPlan};
use souk_store::{MissingReferences, NewTenant, Tenant};
use souk_testkit::databases;
use support::world::{World, execute};

const MOST: usize = 1_000;

/// Makes the same vector of every text, and notes the texts. Breaks down after so many calls.
struct Noting {
    model: &'static str,
    texts: Mutex<Vec<String>>,
    calls: AtomicUsize,
    most_calls: usize,
}

impl Noting {
    fn breaking_after(model: &'static str, most_calls: usize) -> Arc<Self> {
        Arc::new(Self {
            model,
            texts: Mutex::default(),
            calls: AtomicUsize::new(0),
            most_calls,
        })
    }

    fn new(model: &'static str) -> Arc<Self> {
        Self::breaking_after(model, usize::MAX)
    }

    /// Returns the texts since the last call, sorted.
    fn taken(&self) -> Vec<String> {
        let mut texts = std::mem::take(&mut *self.texts.lock());
        texts.sort();
        texts
    }
}

impl Embedder for Noting {
    fn model(&self) -> &str {
        self.model
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vector>, EmbedError> {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        assert!(calls < self.most_calls, "the process dies here");
        let noted = texts.iter().map(|&text| text.trim().to_owned());
        self.texts.lock().extend(noted);
        texts.iter().map(|_| Vector::of(&[1.0, 0.5])).collect()
    }
}

/// A process with an index.
struct Process {
    index: Arc<TantivyIndex>,
    indexer: Indexer,
}

impl Process {
    async fn start(world: &World, folder: &Path, embedder: Option<&Arc<Noting>>) -> Self {
        let index = Arc::new(TantivyIndex::open(TantivyOptions::new(folder)).unwrap());
        let embedder = embedder.map(|it| Arc::clone(it) as Arc<dyn Embedder>);
        let config = IndexerConfig::default();
        let indexer = Indexer::new(world.store.clone(), index.clone(), config);
        let indexer = indexer.embedding(embedder);
        indexer.prepare().await.unwrap();
        Self { index, indexer }
    }

    async fn drain(&mut self) -> Result<(), IndexerError> {
        self.indexer.drain(|_| {}).await?;
        self.indexer.embed().await
    }

    /// Returns the number of a tenant's products with a vector.
    async fn near(&self, tenant: &Tenant) -> usize {
        let plan = SearchPlan::new(tenant.id, tenant.language, &SearchQuery::default(), 0);
        let vector = Vector::of(&[1.0, 0.5]).unwrap();
        let near = self.index.nearest(&plan, &vector, MOST).await;
        near.unwrap().len()
    }
}

/// Brings all changes into an index, as a process that starts anew, and stops. Returns the number of products with a vector.
async fn index(world: &World, folder: &Path, embedder: Option<&Arc<Noting>>) -> usize {
    let mut process = Process::start(world, folder, embedder).await;
    process.drain().await.unwrap();
    process.near(&world.tenant).await
}

#[tokio::test]
async fn only_changed_texts_are_embedded() {
    for database in databases().await {
        let world = World::new(database.url()).await;
        let folder = tempfile::tempdir().unwrap();
        for product in 0..5 {
            world.upsert(product, product).await;
        }
        let model = Noting::new("one");
        let mut process = Process::start(&world, folder.path(), Some(&model)).await;
        process.drain().await.unwrap();
        assert_eq!(process.near(&world.tenant).await, 5);
        assert_eq!(model.taken().len(), 5);
        for (sql, near, embedded) in [
            (
                "UPDATE variants SET price = price + 1, stock = stock + 1",
                5,
                &[][..],
            ),
            (
                "UPDATE products SET title = 'Anew' WHERE external_id = 'p1'",
                5,
                &["Anew"],
            ),
            (
                "UPDATE products SET status = 'archived' WHERE external_id = 'p2'",
                4,
                &[],
            ),
            (
                "UPDATE products SET status = 'active' WHERE external_id = 'p2'",
                5,
                &[],
            ),
            ("DELETE FROM products WHERE external_id = 'p3'", 4, &[]),
        ] {
            execute(&world.store, sql).await;
            process.drain().await.unwrap();
            assert_eq!(process.near(&world.tenant).await, near, "{sql}");
            assert_eq!(model.taken(), embedded, "{sql}");
        }
        drop(process);
        // A new process has the vectors from the database.
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 4);
        assert!(model.taken().is_empty());
    }
}

#[tokio::test]
async fn kill_loses_no_text_and_repeats_none() {
    for database in databases().await {
        let world = World::new(database.url()).await;
        let folder = tempfile::tempdir().unwrap();
        for product in 0..100 {
            world.upsert(product, product).await;
        }
        let dying = Noting::breaking_after("one", 2);
        let mut process = Process::start(&world, folder.path(), Some(&dying)).await;
        process.drain().await.unwrap_err();
        drop(process);
        let before = dying.taken();
        assert!(!before.is_empty() && before.len() < 100);
        let model = Noting::new("one");
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 100);
        let mut all = [before, model.taken()].concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 100, "each text is embedded once");
        // Killed after the index took changes and before their texts were embedded.
        let retitle = "UPDATE products SET title = 'Anew' WHERE external_id = 'p1'";
        execute(&world.store, retitle).await;
        world.upsert(200, 200).await;
        assert_eq!(index(&world, folder.path(), None).await, 0);
        assert_eq!(index(&world, folder.path(), Some(&model)).await, 101);
        assert_eq!(model.taken(), ["Anew", "Title 200"]);
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
        let (one, two) = (Noting::new("one"), Noting::new("two"));
        assert_eq!(index(&world, folder.path(), Some(&one)).await, 3);
        assert_eq!(index(&world, folder.path(), Some(&two)).await, 3);
        assert_eq!((one.taken().len(), two.taken().len()), (3, 3));
        assert_eq!(index(&world, folder.path(), Some(&one)).await, 3);
        assert!(one.taken().is_empty());
    }
}

#[tokio::test]
async fn vectors_belong_to_one_tenant() {
    for database in databases().await {
        let world = World::new(database.url()).await;
        let folder = tempfile::tempdir().unwrap();
        world.upsert(1, 1).await;
        let other = NewTenant {
            slug: "others".into(),
            name: "Others".into(),
            hosts: vec![],
            language: Language::English,
            currency: Currency::EUR,
        };
        let other = world.store.tenants().add(other).await.unwrap();
        let products = ["p1", "p2"].map(|id| souk_testkit::product(id).build());
        world
            .store
            .scope(other.id)
            .products()
            .upsert_batch(products.into(), MissingReferences::Create)
            .await
            .unwrap();
        let model = Noting::new("one");
        let mut process = Process::start(&world, folder.path(), Some(&model)).await;
        process.drain().await.unwrap();
        assert_eq!(model.taken().len(), 3);
        assert_eq!(process.near(&world.tenant).await, 1);
        assert_eq!(process.near(&other).await, 2);
        let delete = format!("DELETE FROM products WHERE tenant_id = {}", other.id);
        execute(&world.store, &delete).await;
        process.drain().await.unwrap();
        assert_eq!(process.near(&world.tenant).await, 1);
        assert_eq!(process.near(&other).await, 0);
    }
}
