//! Vectors of queries: made off the async workers, a few at a time, and kept for the next shopper.

use std::sync::Arc;

use moka::sync::Cache;
use souk_embeddings::{Embedder, Vector};
use tokio::sync::Semaphore;

/// Vectors that are kept; each takes half a kilobyte.
const KEPT: u64 = 10_000;

/// Vectors of queries. Clones share them.
#[derive(Clone)]
pub struct QueryVectors {
    embedder: Arc<dyn Embedder>,
    kept: Cache<String, Vector>,
    permits: Arc<Semaphore>,
}

impl QueryVectors {
    /// Creates vectors by a model, at most `concurrency` at a time.
    pub fn new(embedder: Arc<dyn Embedder>, concurrency: usize) -> Self {
        Self {
            embedder,
            kept: Cache::new(KEPT),
            permits: Arc::new(Semaphore::new(concurrency.max(1))),
        }
    }

    /// Returns the vector of a text. None if the model fails, or is busy with as many texts as it may be: then the words
    /// answer alone.
    pub async fn of(&self, text: &str) -> Option<Vector> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.to_lowercase();
        if let Some(kept) = self.kept.get(&text) {
            return Some(kept);
        }
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok()?;
        let embedder = Arc::clone(&self.embedder);
        let asked = text.clone();
        let work = move || {
            let _permit = permit;
            embedder.embed(&[&asked])
        };
        let made = tokio::task::spawn_blocking(work).await;
        match made.map(|made| made.map(|mut vectors| vectors.pop())) {
            Ok(Ok(Some(vector))) => {
                self.kept.insert(text, vector.clone());
                Some(vector)
            }
            Ok(Ok(None)) => None,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a query is searched by its words alone");
                None
            }
            Err(error) => {
                tracing::error!(%error, "the model broke down; a query is searched by its words alone");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use souk_embeddings::EmbedError;

    use super::*;

    /// Counts its calls; has no vector of the text `broken`.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Embedder for Counting {
        fn model(&self) -> &str {
            "counting"
        }

        fn embed(&self, texts: &[&str]) -> Result<Vec<Vector>, EmbedError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let vector = |text: &&str| match *text {
                "broken" => Err(EmbedError::NoDirection),
                text => Vector::of(&[text.len() as f32]),
            };
            texts.iter().map(vector).collect()
        }
    }

    #[tokio::test]
    async fn same_text_is_embedded_once() {
        let embedder = Arc::new(Counting::default());
        let vectors = QueryVectors::new(embedder.clone(), 1);
        let first = vectors.of("Laptop  bag").await.unwrap();
        assert_eq!(vectors.of(" laptop bag").await, Some(first));
        assert_eq!(embedder.0.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn failing_or_busy_model_leaves_the_words_alone() {
        let vectors = QueryVectors::new(Arc::new(Counting::default()), 1);
        assert_eq!(vectors.of("broken").await, None);
        let busy = vectors.permits.clone().try_acquire_owned().unwrap();
        assert_eq!(vectors.of("laptop bag").await, None);
        drop(busy);
        assert!(vectors.of("laptop bag").await.is_some());
    }
}
