//! Embedding: makes vectors of products' texts, outside the path of a commit.
//!
//! A change is found by its words at once and by its meaning when its vector is made. Only a text that differs from the one that
//! its vector was made of is embedded. At its start a process looks through all products for those whose vector is missing
//! or older, so a kill loses nothing, and another model makes vectors of its own beside the former ones.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use souk_domain::{ProductId, TenantId};
use souk_embeddings::{EmbedError, Embedder, Vector};
use souk_search::{IndexError, IndexGenerations};
use souk_store::{NewVector, ProductText, Store};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use xxhash_rust::xxh3::xxh3_64;

use crate::pace::Pace;
use crate::sinks::{ChangedTexts, SinkOptions};
use crate::{Clock, IndexerError, Tick};

/// Texts embedded at once: some seconds of work on one core at most.
const BATCH: usize = 32;
/// Vectors read at once at the start.
const READ: u32 = 2_000;
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
    /// Tenants to look through, each with the last product looked at. None before the start.
    pub(crate) unseen: Option<VecDeque<(TenantId, ProductId)>>,
}

impl Embedding {
    /// Embeds the next batch. Returns the number of products looked at; 0 if nothing waits.
    ///
    /// # Errors
    /// If database or index failed; the batch waits on.
    pub(crate) async fn tick(&mut self) -> Result<usize, IndexerError> {
        if self.unseen.is_none() {
            self.unseen = Some(self.load().await?);
        }
        if let Some((tenant, products)) = self.changed.take(BATCH) {
            let done = self.embed(tenant, &products).await;
            if done.is_err() {
                self.changed.add(products.iter().map(|id| (tenant, *id)));
            }
            return done.map(|()| products.len());
        }
        let unseen = self.unseen.iter().flatten().next();
        let Some(&(tenant, after)) = unseen else {
            return Ok(0);
        };
        let vectors = self.store.product_vectors();
        let model = self.embedder.model();
        let outdated = vectors.outdated(tenant, model, after, BATCH as u32);
        let outdated = outdated.await?;
        if !outdated.is_empty() {
            self.embed(tenant, &outdated).await?;
        }
        if let Some(unseen) = &mut self.unseen {
            match outdated.last() {
                Some(last) => unseen[0].1 = *last,
                None => drop(unseen.pop_front()),
            }
        }
        // A tenant without outdated products is work done, too: another may follow.
        Ok(outdated.len().max(1))
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

    /// Makes the vectors of those products whose text has changed, and keeps them.
    async fn embed(&self, tenant: TenantId, products: &[ProductId]) -> Result<(), IndexerError> {
        let vectors = self.store.product_vectors();
        let model = self.embedder.model();
        let mut texts = vectors.texts(tenant, model, products).await?;
        texts.retain(|text| text.text_hash != Some(hash(&embedded_text(text))));
        if texts.is_empty() {
            return Ok(());
        }
        let made = match self.vectors(&texts).await? {
            Ok(made) => made,
            Err(error) => {
                warn!(%error, %tenant, texts = texts.len(), "texts left without vectors; they are found by their words");
                return Ok(());
            }
        };
        let new = texts.iter().zip(&made).map(|(text, vector)| NewVector {
            product: ProductId(text.id),
            updated_at: text.updated_at,
            text_hash: hash(&embedded_text(text)),
            vector: vector.to_bytes(),
        });
        let new: Vec<NewVector> = new.collect();
        vectors.write(tenant, model, &new).await?;
        let ids = texts.iter().map(|text| ProductId(text.id));
        let made = ids.zip(made.into_iter().map(Some)).collect();
        self.index.write_vectors(tenant, model, made).await?;
        for sink in &mut self.sink_options.open(&self.store) {
            sink.search_changed(tenant, self.clock.now_ms()).await?;
        }
        Ok(())
    }

    async fn vectors(
        &self,
        texts: &[ProductText],
    ) -> Result<Result<Vec<Vector>, EmbedError>, IndexerError> {
        let embedder = Arc::clone(&self.embedder);
        let texts: Vec<String> = texts.iter().map(embedded_text).collect();
        let work = move || {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            embedder.embed(&texts)
        };
        let made = tokio::task::spawn_blocking(work).await;
        Ok(made.map_err(IndexError::engine)?)
    }

    /// Works until told to stop; a batch in hand is finished first.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let mut pace = Pace::new(PAUSE, PAUSE);
        let mut embedded = 0_usize;
        let changed = self.changed.clone();
        while !shutdown.is_cancelled() {
            match self.tick().await {
                Ok(0) => {
                    if embedded > BATCH {
                        info!(products = embedded, "products are searchable by meaning");
                    }
                    embedded = 0;
                    let _ = pace.after(&Ok(Tick::Settled(0)));
                    shutdown.run_until_cancelled(changed.added()).await;
                }
                Ok(taken) => embedded += taken,
                Err(error) => {
                    let wait = pace.failed(&error);
                    shutdown.run_until_cancelled(tokio::time::sleep(wait)).await;
                }
            }
        }
    }
}

/// Returns the text that a product's vector is made of.
fn embedded_text(text: &ProductText) -> String {
    let whole = format!("{}\n{}", text.title, text.description);
    match whole.char_indices().nth(CHARACTERS) {
        Some((end, _)) => whole[..end].to_owned(),
        None => whole,
    }
}

fn hash(text: &str) -> i64 {
    xxh3_64(text.as_bytes()) as i64
}
