//! What texts mean in each marketplace: learnt from its products in the background, and kept in memory.
//!
//! A search looks a text's phrases up and waits for nothing: until a marketplace's model is there, its texts mean their
//! words. Why it is learnt from a sample of the database: `docs/adr/0022-meaning-is-learnt-from-a-sample.md`.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::RwLock;
use souk_domain::{ProductDocument, ProductId, TenantId};
use souk_search::query_understanding::{CatalogueModel, Trainer};
use souk_store::{Store, StoreError, Tenant};
use tokio::task;
use tokio_util::sync::CancellationToken;

/// Ids per page.
const IDS: u32 = 10_000;
/// Products per batch.
const PRODUCTS: usize = 200;
/// Interval of checking which tenants are due.
const TICK: Duration = Duration::from_secs(1);
/// Time between two looks at the list of tenants.
const LISTED: Duration = Duration::from_secs(10);
/// First pause before a tenant is trained again; doubles each time, because a new catalogue grows fast.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// A marketplace is left alone so many times as long as it took to learn.
const PAUSE_PER_EFFORT: u32 = 50;

/// Sample size and refresh interval of training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryUnderstandingOptions {
    /// From how many products, spread over the catalogue; from all, if there are no more. None means that nothing is.
    pub products: u64,
    /// Longest time until it is learnt again.
    pub refresh: Duration,
}

/// Learning failed; what was learnt before is still there.
#[derive(Debug, thiserror::Error)]
pub enum LearningError {
    /// The database cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work was not finished.
    #[error("learning was broken off")]
    Broken(#[from] task::JoinError),
}

/// Trained models by tenant; clones share them.
#[derive(Clone, Default)]
pub struct QueryUnderstandings(Arc<RwLock<HashMap<TenantId, Arc<CatalogueModel>>>>);

impl QueryUnderstandings {
    /// Returns the tenant's model, once it is trained.
    pub fn of(&self, tenant: TenantId) -> Option<Arc<CatalogueModel>> {
        self.0.read().get(&tenant).cloned()
    }

    /// Learns a marketplace now, from so many products at most.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn learn(
        &self,
        store: &Store,
        tenant: &Tenant,
        products: u64,
    ) -> Result<Arc<CatalogueModel>, LearningError> {
        let model = Arc::new(learn(store, tenant, products).await?);
        self.0.write().insert(tenant.id, Arc::clone(&model));
        Ok(model)
    }

    /// Gives up what was learnt of marketplaces that are no more.
    fn forget_unless(&self, is_there: impl Fn(&TenantId) -> bool) {
        self.0.write().retain(|id, _| is_there(id));
    }

    /// Learns all marketplaces, again and again, until told to stop.
    pub async fn run(
        self,
        store: Store,
        options: QueryUnderstandingOptions,
        shutdown: CancellationToken,
    ) {
        if options.products == 0 {
            return;
        }
        let learning = self.learn_when_due(store, options);
        shutdown.run_until_cancelled(learning).await;
    }

    async fn learn_when_due(&self, store: Store, options: QueryUnderstandingOptions) {
        let mut schedule: HashMap<TenantId, Due> = HashMap::new();
        let (mut tenants, mut listed_at): (Vec<Tenant>, Option<Instant>) = (Vec::new(), None);
        loop {
            if listed_at.is_none_or(|at| at.elapsed() >= LISTED) {
                // Whoever asks for one of them says so when they cannot be read.
                tenants = store.tenants().list().await.unwrap_or_default();
                listed_at = (!tenants.is_empty()).then(Instant::now);
            }
            if !tenants.is_empty() {
                let is_there = |id: &TenantId| tenants.iter().any(|tenant| tenant.id == *id);
                self.forget_unless(is_there);
                schedule.retain(|id, _| is_there(id));
            }
            for tenant in tenants.iter() {
                let due = schedule.entry(tenant.id).or_insert_with(Due::now);
                if due.at > Instant::now() {
                    continue;
                }
                let started = Instant::now();
                match self.learn(&store, tenant, options.products).await {
                    Ok(model) => tracing::debug!(
                        tenant = tenant.slug,
                        products = model.products(),
                        phrases = model.phrases(),
                        seconds = started.elapsed().as_secs_f32(),
                        "learnt what texts mean"
                    ),
                    Err(error) => tracing::warn!(
                        tenant = tenant.slug,
                        %error,
                        "what texts mean could not be learnt"
                    ),
                }
                due.again(started.elapsed(), options.refresh);
            }
            tokio::time::sleep(TICK).await;
        }
    }
}

/// Next training time of a tenant.
struct Due {
    at: Instant,
    pause: Duration,
}

impl Due {
    fn now() -> Self {
        Self {
            at: Instant::now(),
            pause: FIRST_PAUSE,
        }
    }

    fn again(&mut self, effort: Duration, longest: Duration) {
        self.at = Instant::now() + self.next_pause(effort, longest);
    }

    fn next_pause(&mut self, effort: Duration, longest: Duration) -> Duration {
        let pause = self.pause.min(longest);
        self.pause = pause.saturating_mul(2);
        pause.max(effort * PAUSE_PER_EFFORT)
    }
}

/// Reads products, spread evenly over a catalogue, and learns what texts mean in it.
///
/// # Errors
/// If the database cannot be read.
pub async fn learn(
    store: &Store,
    tenant: &Tenant,
    products: u64,
) -> Result<CatalogueModel, LearningError> {
    let scope = store.scope(tenant.id);
    let sample = sample(store, tenant, products).await?;
    let mut trainer = Trainer::new(tenant.language);
    for ids in sample.chunks(PRODUCTS) {
        let started = Instant::now();
        let documents = scope.documents(ids).await?;
        trainer = task::spawn_blocking(move || read(trainer, &documents)).await?;
        // Half of the time belongs to the searches.
        tokio::time::sleep(started.elapsed()).await;
    }
    Ok(task::spawn_blocking(move || trainer.finish()).await?)
}

fn read(mut trainer: Trainer, documents: &[ProductDocument]) -> Trainer {
    for document in documents {
        trainer.read(document);
    }
    trainer
}

/// The ids of every so-manieth product, so that what was added together is not all that is read.
async fn sample(
    store: &Store,
    tenant: &Tenant,
    products: u64,
) -> Result<Vec<ProductId>, StoreError> {
    let scope = store.scope(tenant.id);
    let all = scope.document_count().await?;
    let step = usize::try_from(all.div_ceil(products.max(1))).unwrap_or(usize::MAX);
    let (mut sample, mut last, mut skipped) = (Vec::new(), None, 0);
    loop {
        let ids = scope.document_ids(last, IDS).await?;
        let Some(&end) = ids.last() else {
            return Ok(sample);
        };
        sample.extend(ids.iter().skip(skipped).step_by(step.max(1)));
        skipped = next_start(skipped, step.max(1), ids.len());
        last = Some(end);
    }
}

/// Returns the offset in the next page at which the step continues.
fn next_start(start: usize, step: usize, length: usize) -> usize {
    let steps = length.saturating_sub(start).div_ceil(step);
    start + steps * step - length
}

#[cfg(test)]
mod tests {
    use souk_domain::Language;

    use super::*;

    #[test]
    fn steps_go_on_from_page_to_page() {
        for (step, lengths) in [(1, vec![3, 4]), (3, vec![10, 10, 1]), (7, vec![3, 3, 3, 9])] {
            let all: usize = lengths.iter().sum();
            let expected: Vec<_> = (0..all).step_by(step).collect();
            let (mut taken, mut start, mut before) = (Vec::new(), 0, 0);
            for length in lengths {
                taken.extend((before..before + length).skip(start).step_by(step));
                start = next_start(start, step, length);
                before += length;
            }
            assert_eq!(taken, expected, "every {step}");
        }
    }

    #[test]
    fn removed_tenant_loses_its_model() {
        let query_understandings = QueryUnderstandings::default();
        for tenant in [1, 2] {
            let model = Trainer::new(Language::English).finish();
            let mut models = query_understandings.0.write();
            models.insert(TenantId(tenant), Arc::new(model));
        }
        query_understandings.forget_unless(|id| *id == TenantId(2));
        assert!(query_understandings.of(TenantId(1)).is_none());
        assert!(query_understandings.of(TenantId(2)).is_some());
    }

    #[test]
    fn pauses_grow_with_time_and_effort() {
        let mut due = Due::now();
        let longest = Duration::from_secs(15);
        let mut pause = |effort| due.next_pause(Duration::from_secs(effort), longest);
        assert_eq!(pause(0), FIRST_PAUSE);
        assert_eq!(pause(0), longest);
        assert_eq!(pause(1), PAUSE_PER_EFFORT * Duration::from_secs(1));
        assert_eq!(pause(0), longest);
    }
}
