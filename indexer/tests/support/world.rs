//! A marketplace, its index, and everything that may happen to them.

use std::sync::Arc;

use proptest::prelude::*;
use sea_orm::ConnectionTrait;
use souk_domain::{Currency, Language};
use souk_indexer::jobs::{JobStep, JobWorker};
use souk_indexer::verify::{Drift, Subject, repair, verify};
use souk_indexer::{IndexerConfig, Tick, Worker, delete_unused, previous};
use souk_search::{IndexGenerations, IndexWriter};
use souk_store::{
    DatabaseOptions, IndexJob, JobRequest, JobState, MissingReferences, NewTenant, Store, Tenant,
};

use super::{Fault, ManualClock, ModelIndex};

const WORKERS: usize = 3;
const JOB_WORKERS: usize = 2;
pub(crate) const LEASE_MS: i64 = 10_000;

/// One thing that happens.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Upsert {
        product: u8,
        title: u8,
    },
    /// Plain SQL, past every line of our code.
    Sql(Change, u8),
    /// One worker goes so many stages further: a whole batch may pass another's stage.
    Step(usize, u8),
    /// One worker is killed between two stages, and another starts in its place.
    Crash(usize),
    /// A worker is slow: everyone's clock moves on.
    Wait(i64),
    Fail(Fault),
    Job(Asked),
    /// One process goes so many steps further with a job.
    JobStep(usize, u8),
    /// One process is killed between two steps, and another starts in its place.
    JobCrash(usize),
    /// What nobody needs is thrown away.
    DeleteUnused,
}

/// What somebody asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    Reindex,
    /// In the place of what runs.
    ReindexNow,
    Rollback,
    RollbackNow,
    Cancel,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Reprice,
    Retitle,
    Delete,
    Archive,
    RenameCategory,
    MoveCategory,
    Review,
    Unreview,
    SellOut,
}

impl Change {
    fn sql(self, product: u8) -> String {
        let one = format!("external_id = 'p{product}'");
        let of_one = format!("product_id IN (SELECT id FROM products WHERE {one})");
        match self {
            Self::Reprice => format!("UPDATE variants SET price = price + 1 WHERE {of_one}"),
            Self::Retitle => format!("UPDATE products SET title = title || ' again' WHERE {one}"),
            Self::Delete => format!("DELETE FROM products WHERE {one}"),
            Self::Archive => format!("UPDATE products SET status = 'archived' WHERE {one}"),
            Self::RenameCategory => {
                "UPDATE categories SET name = name || 'x' WHERE slug = 'mugs'".into()
            }
            Self::MoveCategory => {
                format!(
                    "UPDATE products SET category_id = (SELECT min(id) FROM categories) WHERE {one}"
                )
            }
            Self::Review => format!(
                "INSERT INTO reviews (tenant_id, product_id, author, rating, body, created_at)
                 SELECT tenant_id, id, 'Ann', 4, '', 0 FROM products WHERE {one}"
            ),
            Self::Unreview => format!("DELETE FROM reviews WHERE {of_one}"),
            Self::SellOut => "UPDATE variants SET stock = 0".into(),
        }
    }
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let product = 0..6_u8;
    let change = prop_oneof![
        Just(Change::Reprice),
        Just(Change::Retitle),
        Just(Change::Delete),
        Just(Change::Archive),
        Just(Change::RenameCategory),
        Just(Change::MoveCategory),
        Just(Change::Review),
        Just(Change::Unreview),
        Just(Change::SellOut),
    ];
    prop_oneof![
        3 => (product.clone(), any::<u8>()).prop_map(|(product, title)| Event::Upsert { product, title }),
        3 => (change, product).prop_map(|(change, product)| Event::Sql(change, product)),
        10 => (0..WORKERS, 1..9_u8).prop_map(|(worker, steps)| Event::Step(worker, steps)),
        2 => prop_oneof![
            4 => Just(Asked::Reindex),
            1 => Just(Asked::ReindexNow),
            1 => Just(Asked::Rollback),
            1 => Just(Asked::RollbackNow),
            1 => Just(Asked::Cancel),
        ].prop_map(Event::Job),
        8 => (0..JOB_WORKERS, 1..6_u8).prop_map(|(worker, steps)| Event::JobStep(worker, steps)),
        1 => (0..JOB_WORKERS).prop_map(Event::JobCrash),
        1 => Just(Event::DeleteUnused),
        1 => (0..WORKERS).prop_map(Event::Crash),
        1 => (1..LEASE_MS * 3 / 2).prop_map(Event::Wait),
        1 => prop_oneof![Just(Fault::Before), Just(Fault::After), Just(Fault::Halfway)].prop_map(Event::Fail),
    ]
}

fn marketplace() -> NewTenant {
    NewTenant {
        slug: "fans".into(),
        name: "Fans".into(),
        hosts: vec![],
        language: Language::English,
        currency: Currency::EUR,
    }
}

/// Runs a statement as somebody at a database prompt would.
pub(crate) async fn execute(store: &Store, sql: &str) {
    let transaction = store.begin().await.unwrap();
    transaction.execute_unprepared(sql).await.unwrap();
    transaction.commit().await.unwrap();
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) tenant: Tenant,
    pub(crate) index: Arc<ModelIndex>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) workers: Vec<Worker>,
    pub(crate) job_workers: Vec<JobWorker>,
    born: usize,
}

impl World {
    pub(crate) async fn new(url: &str) -> Self {
        let store = Store::connect(&DatabaseOptions::new(url)).await.unwrap();
        let tenant = store.tenants().add(marketplace()).await.unwrap();
        let clock = Arc::new(ManualClock::new());
        let mut world = Self {
            store,
            tenant,
            index: Arc::new(ModelIndex::forgetful(clock.clone(), LEASE_MS)),
            clock,
            workers: vec![],
            job_workers: vec![],
            born: 0,
        };
        for _ in 0..WORKERS {
            let worker = world.new_worker();
            world.workers.push(worker);
        }
        for _ in 0..JOB_WORKERS {
            let worker = world.new_job_worker();
            world.job_workers.push(worker);
        }
        let language = world.tenant.language;
        world.index.ensure(world.tenant.id, language).await.unwrap();
        world
    }

    /// Small batches, so that changes spread over several, and a catalogue over several chunks.
    fn options() -> IndexerConfig {
        IndexerConfig {
            batch: 3,
            lease_secs: (LEASE_MS / 1000) as u32,
            max_attempts: u32::MAX,
            ..IndexerConfig::default()
        }
    }

    pub(crate) fn new_job_worker(&mut self) -> JobWorker {
        self.born += 1;
        JobWorker::new(
            self.store.clone(),
            self.index.clone(),
            self.clock.clone(),
            &Self::options(),
            format!("job-worker-{}", self.born),
        )
    }

    pub(crate) fn new_worker(&mut self) -> Worker {
        self.born += 1;
        let options = Self::options();
        let name = format!("worker-{}", self.born);
        Worker::new(
            self.store.clone(),
            self.index.clone(),
            self.clock.clone(),
            options,
            name,
        )
    }

    pub(crate) async fn happen(&mut self, event: &Event) {
        match *event {
            Event::Upsert { product, title } => self.upsert(product, title).await,
            Event::Sql(change, product) => execute(&self.store, &change.sql(product)).await,
            // An injected fault is an error here; that it is survived is what is tested.
            Event::Step(worker, steps) => {
                for _ in 0..steps {
                    drop(self.workers[worker].step().await);
                }
            }
            Event::Crash(worker) => self.workers[worker] = self.new_worker(),
            Event::Wait(ms) => self.clock.advance(ms),
            Event::Fail(fault) => self.index.fail_next(fault),
            Event::Job(asked) => self.ask(asked).await,
            Event::JobStep(worker, steps) => {
                for _ in 0..steps {
                    drop(self.job_workers[worker].step().await);
                }
            }
            Event::JobCrash(worker) => self.job_workers[worker] = self.new_job_worker(),
            // It may meet an index that has been served since it looked.
            Event::DeleteUnused => {
                drop(delete_unused(&self.store, self.index.as_ref(), self.tenant.id).await)
            }
        }
    }

    /// What somebody asks for may be refused, such as a second job.
    pub(crate) async fn ask(&self, asked: Asked) {
        let jobs = self.store.scope(self.tenant.id).index_jobs();
        match asked {
            Asked::Reindex => drop(jobs.request(JobRequest::Reindex, false).await),
            Asked::ReindexNow => drop(jobs.request(JobRequest::Reindex, true).await),
            Asked::Rollback | Asked::RollbackNow => {
                let indexes = self.index.indexes(self.tenant.id).await.unwrap();
                if let Some(generation) = previous(&indexes) {
                    let generation = generation.0;
                    let now = matches!(asked, Asked::RollbackNow);
                    drop(jobs.request(JobRequest::Rollback { generation }, now).await);
                }
            }
            Asked::Cancel => {
                if let Some(job) = jobs.active().await.unwrap() {
                    drop(jobs.cancel(job.id).await);
                }
            }
        }
    }

    /// The latest job.
    pub(crate) async fn job(&self) -> IndexJob {
        let jobs = self.store.scope(self.tenant.id).index_jobs();
        jobs.list(None, 1).await.unwrap().remove(0)
    }

    pub(crate) async fn upsert(&self, product: u8, title: u8) {
        let input = souk_testkit::product(&format!("p{product}"))
            .title(&format!("Title {title}"))
            .category(["mugs", "kitchen"][usize::from(title % 2)])
            .build();
        let results = self
            .store
            .scope(self.tenant.id)
            .products()
            .upsert_batch(vec![input], MissingReferences::Create)
            .await;
        results.unwrap().remove(0).unwrap();
    }

    /// Nothing fails any more; whoever is left finishes the work.
    pub(crate) async fn settle(&mut self) {
        self.index.heal();
        self.clock.advance(LEASE_MS + 1);
        // Workers in the middle of a batch go on from where they stood: late, and maybe stale.
        for worker in &mut self.workers {
            worker.tick().await.unwrap();
        }
        self.clock.advance(LEASE_MS + 1);
        for worker in &mut self.job_workers {
            worker.tick().await.unwrap();
        }
        self.clock.advance(LEASE_MS + 1);
        self.finish().await;
    }

    /// A new process drains the outbox, and whoever has a job ends it.
    pub(crate) async fn finish(&mut self) {
        let (mut worker, new) = (self.new_worker(), self.new_job_worker());
        self.job_workers.push(new);
        loop {
            let mut idle = worker.tick().await.unwrap() == Tick::Idle;
            for job_worker in &mut self.job_workers {
                idle &= job_worker.tick().await.unwrap() == JobStep::Idle;
            }
            if idle {
                break;
            }
        }
        self.job_workers.truncate(JOB_WORKERS);
    }

    pub(crate) async fn drift(&self) -> Drift {
        let subject = Subject::served(&self.store, self.index.as_ref(), self.tenant.id);
        verify(subject).await.unwrap()
    }

    pub(crate) async fn repair(&self, drift: &Drift) {
        let subject = Subject::served(&self.store, self.index.as_ref(), self.tenant.id);
        repair(subject, drift).await.unwrap();
    }

    pub(crate) async fn check(&self) -> Result<(), TestCaseError> {
        let stats = self.store.outbox().stats().await.unwrap();
        prop_assert_eq!((stats.rows, stats.dead_letters), (0, 0));
        let jobs = self.store.scope(self.tenant.id).index_jobs();
        for job in jobs.list(None, 100).await.unwrap() {
            // Nothing is refused here, so a new index that differs has lost something.
            prop_assert!(
                job.state.is_final() && job.state != JobState::Failed,
                "{job:?}"
            );
        }
        let drift = self.drift().await;
        prop_assert!(drift.is_none(), "{drift:?}");
        Ok(())
    }
}
