//! Embedding: makes vectors of products' texts, outside the path of a commit.
//!
//! A change is found by its words at once and by its meaning when its vector is made. Only a text that differs from the one that
//! its vector was made of is embedded. At its start a process looks through all products for those without a vector of their
//! text, so a kill loses nothing. Another model makes vectors of its own beside the former ones.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use souk_domain::{ProductId, TenantId};
use souk_embeddings::{Embedder, Vector};
use souk_search::{IndexError, IndexGenerations};
use souk_store::{NewVector, ProductText, Store};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use xxhash_rust::xxh3::xxh3_64;

use crate::metrics::WorkMetrics;
use crate::pace::Pace;
use crate::sinks::{ChangedTexts, SinkOptions};
use crate::{Clock, IndexerError};

/// Texts embedded at once: some seconds of work on one core at most.
const BATCH: usize = 32;
/// Vectors or texts read at once.
const READ: u32 = 1_000;
/// Characters of a product's text that its vector is made of: what follows adds little and costs as much.
const CHARACTERS: usize = 300;
/// Longest pause after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Embedding of one process.
pub(crate) struct Embedding {
    pub(crate) store: Store,
    pub(crate) index: Arc<dyn IndexGenerations>,
    pub(crate) embedder: Arc<dyn Embedder>,
    pub(crate) changed: ChangedTexts,
    pub(crate) clock: Arc<dyn Clock>,
    /// Sinks that learn that searches see other results.
    pub(crate) sink_options: SinkOptions,
    pub(crate) metrics: WorkMetrics,
    /// Tenants to look through, each with the last product looked at. None before the start.
    pub(crate) unseen: Option<VecDeque<(TenantId, ProductId)>>,
}

/// Text that has no vector yet.
struct NewText {
    product: ProductId,
    text: String,
    hash: i64,
}

impl NewText {
    /// Returns the text of a listed product, unless its vector was made of it.
    fn of(read: ProductText) -> Option<Self> {
        let text = embedded_text(&read.title?, &read.description);
        let hash = xxh3_64(text.as_bytes()) as i64;
        let product = ProductId(read.id);
        (read.text_hash != Some(hash)).then_some(Self {
            product,
            text,
            hash,
        })
    }
}

impl Embedding {
    /// Does the next part of the work. Returns false if nothing waits.
    ///
    /// # Errors
    /// If database or index failed; the part waits on.
    pub(crate) async fn tick(&mut self) -> Result<bool, IndexerError> {
        if self.unseen.is_none() {
            self.unseen = Some(self.load().await?);
        }
        if let Some((tenant, products)) = self.changed.take(BATCH) {
            let done = self.follow(tenant, &products).await;
            if done.is_err() {
                self.changed.add(products.iter().map(|id| (tenant, *id)));
            }
            return done.map(|()| true);
        }
        let unseen = self.unseen.iter().flatten().next();
        let Some(&(tenant, after)) = unseen else {
            return Ok(false);
        };
        let seen = self.look_through(tenant, after).await?;
        if let Some(unseen) = &mut self.unseen {
            match seen {
                Some(last) => unseen[0].1 = last,
                None => drop(unseen.pop_front()),
            }
        }
        Ok(true)
    }

    /// Gives the index the vectors that the database keeps. Returns the tenants.
    async fn load(&self) -> Result<VecDeque<(TenantId, ProductId)>, IndexerError> {
        let model = self.embedder.model();
        let mut tenants = VecDeque::new();
        for tenant in self.store.tenants().list().await? {
            let mut last = ProductId(0);
            loop {
                let vectors = self.store.product_vectors();
                let read = vectors.read(tenant.id, model, last, READ).await?;
                let Some(&(read_last, _)) = read.last() else {
                    break;
                };
                last = read_last;
                let vectors = read.into_iter();
                let vectors = vectors.map(|(id, bytes)| (id, Vector::from_bytes(&bytes)));
                let vectors = vectors.collect();
                self.index.write_vectors(tenant.id, model, vectors).await?;
            }
            tenants.push_back((tenant.id, ProductId(0)));
        }
        Ok(tenants)
    }

    /// Embeds those of changed products whose text has changed, and removes the vectors of those that are gone.
    async fn follow(&self, tenant: TenantId, products: &[ProductId]) -> Result<(), IndexerError> {
        let model = self.embedder.model();
        let vectors = self.store.product_vectors();
        let read = vectors.texts(tenant, model, products).await?;
        let existing: BTreeSet<i64> = read.iter().map(|text| text.id).collect();
        let gone = products.iter().filter(|id| !existing.contains(&id.0));
        let gone: Vec<_> = gone.map(|id| (*id, None)).collect();
        if !gone.is_empty() {
            self.index.write_vectors(tenant, model, gone).await?;
        }
        let texts = read.into_iter().filter_map(NewText::of).collect();
        self.embed(tenant, texts).await
    }

    /// Embeds a batch of the products above an id whose vectors are missing or of another text. Returns the last product
    /// looked at, or none if there are no more.
    async fn look_through(
        &self,
        tenant: TenantId,
        after: ProductId,
    ) -> Result<Option<ProductId>, IndexerError> {
        let vectors = self.store.product_vectors();
        let read = vectors.texts_after(tenant, self.embedder.model(), after, READ);
        let read = read.await?;
        let last_read = read.last().map(|text| ProductId(text.id));
        let texts = read.into_iter().filter_map(NewText::of).take(BATCH);
        let texts: Vec<NewText> = texts.collect();
        let last = match texts.last() {
            Some(text) if texts.len() == BATCH => Some(text.product),
            _ => last_read,
        };
        self.embed(tenant, texts).await?;
        Ok(last)
    }

    /// Makes vectors of texts, keeps them, and gives them to the index. Texts that the model cannot take are left without.
    async fn embed(&self, tenant: TenantId, texts: Vec<NewText>) -> Result<(), IndexerError> {
        if texts.is_empty() {
            return Ok(());
        }
        let texts = Arc::new(texts);
        let work = {
            let (embedder, texts) = (Arc::clone(&self.embedder), Arc::clone(&texts));
            move || {
                let texts: Vec<&str> = texts.iter().map(|new| new.text.as_str()).collect();
                embedder.embed(&texts)
            }
        };
        let made = tokio::task::spawn_blocking(work).await;
        let made = made.map_err(IndexError::engine)?;
        let made = match made {
            Ok(made) => made,
            Err(error) => {
                warn!(%error, %tenant, texts = texts.len(), "texts left without vectors; they are found by their words");
                return Ok(());
            }
        };
        let new = texts.iter().zip(&made).map(|(text, vector)| NewVector {
            product: text.product,
            text_hash: text.hash,
            vector: vector.to_bytes(),
        });
        let new: Vec<NewVector> = new.collect();
        let model = self.embedder.model();
        let vectors = self.store.product_vectors();
        vectors.write(tenant, model, &new).await?;
        let ids = texts.iter().map(|text| text.product);
        let given = ids.zip(made.into_iter().map(Some)).collect();
        self.index.write_vectors(tenant, model, given).await?;
        self.metrics.embedded(texts.len());
        for sink in &mut self.sink_options.open(&self.store) {
            sink.search_changed(tenant, self.clock.now_ms()).await?;
        }
        Ok(())
    }

    /// Works until told to stop; a batch in hand is finished first.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let mut pace = Pace::new(PAUSE, PAUSE);
        let changed = self.changed.clone();
        while !shutdown.is_cancelled() {
            match self.tick().await {
                Ok(is_busy) => {
                    pace.succeeded();
                    if !is_busy {
                        shutdown.run_until_cancelled(changed.added()).await;
                    }
                }
                Err(error) => {
                    let wait = pace.failed(&error);
                    shutdown.run_until_cancelled(tokio::time::sleep(wait)).await;
                }
            }
        }
    }
}

/// Returns the text that a product's vector is made of.
fn embedded_text(title: &str, description: &str) -> String {
    let whole = format!("{title}\n{description}");
    match whole.char_indices().nth(CHARACTERS) {
        Some((end, _)) => whole[..end].to_owned(),
        None => whole,
    }
}
