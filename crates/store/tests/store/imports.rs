//! Imports: who may work on which, and for how long they are kept.

use serde_json::json;
use souk_store::{
    ImportCounts, ImportJob, ImportLoss, ImportState, Imports, NewImport, StoreError,
};

use crate::support::{Setup, add_tenant, setups};

async fn added(imports: &Imports, key: &str) -> ImportJob {
    let new = NewImport {
        file_key: key.to_owned(),
        file_name: format!("{key}.csv"),
        bytes: 9,
    };
    imports.add(new).await.unwrap()
}

async fn started(imports: &Imports, key: &str) -> ImportJob {
    let job = added(imports, key).await;
    let options = json!({"from": "shopify"});
    imports.start(job.id, &options).await.unwrap()
}

fn is_conflict<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Conflict { field: "id", .. }))
}

fn is_missing<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::NotFound("import")))
}

impl Setup {
    /// Claims the import that is due first.
    async fn claim_import(&self, worker: &str, now_ms: i64) -> Option<ImportJob> {
        let queue = self.store.import_queue();
        let due = queue.due(now_ms).await.unwrap();
        let first = due.first()?;
        queue.claim(worker, first, 1_000, now_ms).await.unwrap()
    }
}

#[tokio::test]
async fn claimed_import_is_its_workers_until_the_lease_ends() {
    for setup in setups().await {
        let (imports, queue) = (setup.scope.imports(), setup.store.import_queue());
        let idle = added(&imports, "idle").await;
        assert_eq!(idle.state, ImportState::Uploaded);
        assert_eq!(setup.claim_import("one", 0).await, None);
        let asked = started(&imports, "a").await;
        assert_eq!(
            (asked.state, &asked.options["from"]),
            (ImportState::Queued, &json!("shopify"))
        );

        let job = setup.claim_import("one", 5_000).await.unwrap();
        assert_eq!(
            (job.id, job.state, job.run),
            (asked.id, ImportState::Running, 1)
        );
        assert_eq!(setup.claim_import("two", 5_999).await, None);
        assert_eq!(
            queue.claim("two", &asked, 1_000, 5_999).await.unwrap(),
            None
        );
        let counts = ImportCounts {
            created: 7,
            rate: Some(0.5),
            losses: vec![ImportLoss {
                count: 2,
                what: "things".to_owned(),
            }],
            ..ImportCounts::default()
        };
        let saved = queue.save("one", job.id, &counts, 1_000, 5_500).await;
        assert_eq!(saved.unwrap().unwrap().counts, counts);
        // Renewed by saving.
        assert_eq!(setup.claim_import("two", 6_499).await, None);
        let taken = setup.claim_import("two", 6_500).await.unwrap();
        assert_eq!(
            (taken.run, taken.interrupted, taken.counts.created),
            (2, 1, 7)
        );

        // The first can do nothing to it any more.
        let late = queue.save("one", job.id, &counts, 1_000, 6_400).await;
        assert_eq!(late.unwrap(), None);
        queue.release("one", job.id).await.unwrap();
        let failed = ImportState::Failed;
        let end = |worker, now| queue.end(worker, job.id, failed, &counts, Some("a\0b"), now);
        assert!(!end("one", 6_600).await.unwrap());
        assert!(!end("two", 7_500).await.unwrap());
        assert!(end("two", 7_000).await.unwrap());
        let ended = imports.get(job.id).await.unwrap();
        assert_eq!((ended.state, ended.error.as_deref()), (failed, Some("ab")));
        assert_eq!(ended.finished_at_ms, Some(7_000));

        // Started again, it begins afresh; given back, it does not count as interrupted.
        let again = imports.start(job.id, &json!({})).await.unwrap();
        assert_eq!((again.counts, again.error), (ImportCounts::default(), None));
        setup.claim_import("one", 8_000).await.unwrap();
        queue.release("one", job.id).await.unwrap();
        let next = setup.claim_import("two", 8_001).await.unwrap();
        assert_eq!((next.run, next.interrupted), (4, 0));
        queue.release_all().await.unwrap();
        assert_eq!(
            setup.claim_import("one", 8_002).await.unwrap().interrupted,
            1
        );
    }
}

#[tokio::test]
async fn imports_of_tenant_run_one_after_the_other() {
    for setup in setups().await {
        let (imports, queue) = (setup.scope.imports(), setup.store.import_queue());
        let later = added(&imports, "later").await;
        let first = started(&imports, "first").await;
        let second = imports.start(later.id, &json!({})).await.unwrap();
        assert!(is_conflict(imports.start(first.id, &json!({})).await));
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let elsewhere = other.imports();
        let third = started(&elsewhere, "third").await;

        let due = queue.due(0).await.unwrap();
        assert_eq!(due.len(), 3);
        let running = setup.claim_import("one", 0).await.unwrap();
        assert_eq!(running.tenant, setup.scope.tenant());
        // Both were due when the second worker looked.
        let waiting = [first.id, second.id]
            .into_iter()
            .find(|id| *id != running.id)
            .unwrap();
        let waiting = due.iter().find(|job| job.id == waiting).unwrap();
        assert_eq!(queue.claim("two", waiting, 1_000, 0).await.unwrap(), None);
        assert_eq!(setup.claim_import("two", 0).await.unwrap().id, third.id);
        assert_eq!(setup.claim_import("two", 0).await, None);

        assert!(is_missing(elsewhere.get(first.id).await));
        assert!(is_missing(elsewhere.start(first.id, &json!({})).await));
        assert!(is_missing(elsewhere.cancel(first.id).await));
        assert!(is_missing(elsewhere.remove(first.id).await));
        assert_eq!(elsewhere.list(None, 10).await.unwrap().len(), 1);
        let newest = imports.list(None, 1).await.unwrap();
        assert_eq!(newest[0].id, first.id);
        let rest = imports.list(Some(first.id), 10).await.unwrap();
        assert_eq!(rest[0].id, later.id);

        let (done, counts) = (ImportState::Done, ImportCounts::default());
        let ended = queue.end("one", running.id, done, &counts, None, 500).await;
        assert!(ended.unwrap());
        assert_eq!(setup.claim_import("one", 500).await.unwrap().id, waiting.id);
    }
}

#[tokio::test]
async fn import_is_cancelled_and_removed_unless_somebody_works_on_it() {
    for setup in setups().await {
        let (imports, queue) = (setup.scope.imports(), setup.store.import_queue());
        let job = added(&imports, "a").await;
        assert!(is_conflict(imports.cancel(job.id).await));
        imports.start(job.id, &json!({})).await.unwrap();
        let cancelled = imports.cancel(job.id).await.unwrap();
        assert_eq!(cancelled.state, ImportState::Cancelled);
        assert!(cancelled.finished_at_ms.is_some() && is_conflict(imports.cancel(job.id).await));

        let restarted = imports.start(job.id, &json!({})).await.unwrap();
        assert!(!restarted.cancel_requested);
        let now = setup.store.clock_ms().await.unwrap();
        let due = queue.due(now).await.unwrap();
        queue
            .claim("one", &due[0], 3_600_000, now)
            .await
            .unwrap()
            .unwrap();
        let asked = imports.cancel(job.id).await.unwrap();
        assert!(asked.cancel_requested && asked.state == ImportState::Running);
        assert!(is_conflict(imports.remove(job.id).await));
        queue.release("one", job.id).await.unwrap();
        assert_eq!(imports.remove(job.id).await.unwrap().file_key, "a");
        assert!(is_missing(imports.get(job.id).await));

        // The worker's lease ended long ago.
        let dead = started(&imports, "b").await;
        setup.claim_import("dead", 1_000).await.unwrap();
        assert_eq!(
            imports.cancel(dead.id).await.unwrap().state,
            ImportState::Cancelled
        );
        let late = queue
            .save("dead", dead.id, &ImportCounts::default(), 1_000, 1_500)
            .await;
        assert_eq!(late.unwrap(), None);
    }
}

#[tokio::test]
async fn old_imports_are_removed_unless_somebody_works_on_them() {
    for setup in setups().await {
        let (imports, queue) = (setup.scope.imports(), setup.store.import_queue());
        let busy = started(&imports, "busy").await;
        setup.claim_import("one", 1_000).await.unwrap();
        let idle = added(&imports, "idle").await;
        let keys = ["busy", "idle", "gone"].map(str::to_owned);
        let known = queue.known_keys(&keys).await.unwrap();
        assert!(known.len() == 2 && !known.contains("gone"));

        let future = idle.created_at_ms + 10_000;
        assert!(queue.prune(1_000, 1_500).await.unwrap().is_empty());
        // Its heartbeat is old, but the lease has not ended.
        assert!(queue.prune(1_001, 1_500).await.unwrap().is_empty());
        let removed = queue.prune(1_001, 2_000).await.unwrap();
        assert_eq!(
            removed.iter().map(|job| job.id).collect::<Vec<_>>(),
            [busy.id]
        );
        let removed = queue.prune(future, future).await.unwrap();
        assert_eq!(
            removed.iter().map(|job| job.id).collect::<Vec<_>>(),
            [idle.id]
        );
    }
}
