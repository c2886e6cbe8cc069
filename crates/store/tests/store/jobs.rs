//! Jobs and scheduled tasks: who may work on what.

use souk_store::{JobRequest, JobState, Progress, StoreError};

use crate::support::{add_tenant, setups};

#[tokio::test]
async fn a_job_is_its_workers_until_the_lease_runs_out() {
    for setup in setups().await {
        let jobs = setup.scope.index_jobs();
        let queue = setup.store.job_queue();
        assert_eq!(queue.claim("one", 1_000, 0).await.unwrap(), None);
        let asked = jobs.request(JobRequest::Reindex, false).await.unwrap();

        let job = queue.claim("one", 1_000, 5_000).await.unwrap().unwrap();
        assert_eq!((job.id, job.state), (asked.id, JobState::Preparing));
        assert_eq!(queue.claim("two", 1_000, 5_999).await.unwrap(), None);
        assert!(queue.building().await.unwrap().is_empty());

        let mut progress = Progress {
            state: JobState::Backfilling,
            after: None,
            total: 9,
            done: 0,
        };
        let saved = queue.save("one", job.id, &progress, 1_000, 5_500).await;
        assert_eq!(saved.unwrap().unwrap().state, JobState::Backfilling);
        assert_eq!(queue.building().await.unwrap()[0].generation, job.id.0);
        // Renewed by saving.
        assert_eq!(queue.claim("two", 1_000, 6_499).await.unwrap(), None);
        let taken = queue.claim("two", 1_000, 6_500).await.unwrap().unwrap();
        assert_eq!((taken.state, taken.total), (JobState::Backfilling, 9));

        // The first can do nothing to it any more.
        progress.done = 5;
        let late = queue.save("one", job.id, &progress, 1_000, 6_400).await;
        assert_eq!(late.unwrap(), None);
        assert!(!queue.renew("one", job.id, 1_000, 6_400).await.unwrap());
        let end = |worker| queue.end(worker, job.id, JobState::Done, None, 6_600);
        assert!(!end("one").await.unwrap());
        assert!(end("two").await.unwrap());
        assert!(queue.building().await.unwrap().is_empty());
        assert_eq!(queue.prune(6_600).await.unwrap(), 0);
        assert_eq!(queue.prune(6_601).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_tenants_jobs_come_one_after_the_other_and_are_nobody_elses() {
    for setup in setups().await {
        let jobs = setup.scope.index_jobs();
        let queue = setup.store.job_queue();
        let first = jobs.request(JobRequest::Reindex, false).await.unwrap();
        queue.claim("one", 1_000, 0).await.unwrap().unwrap();
        let rollback = JobRequest::Rollback { generation: 0 };
        assert!(matches!(
            jobs.request(rollback, false).await,
            Err(StoreError::Conflict { .. })
        ));
        let second = jobs.request(rollback, true).await.unwrap();
        assert_eq!(queue.claim("two", 1_000, 0).await.unwrap(), None);
        let stopping = jobs.get(first.id).await.unwrap();
        assert!(stopping.cancel_requested && !stopping.state.is_final());
        assert_eq!(stopping.superseded_by, Some(second.id));

        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let elsewhere = other.index_jobs();
        assert!(matches!(
            elsewhere.get(first.id).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(matches!(
            elsewhere.cancel(first.id).await,
            Err(StoreError::NotFound(_))
        ));
        let third = elsewhere.request(JobRequest::Reindex, false).await.unwrap();
        let claimed = queue.claim("two", 1_000, 0).await.unwrap().unwrap();
        assert_eq!(claimed.id, third.id);

        let cancelled = JobState::Cancelled;
        assert!(
            queue
                .end("one", first.id, cancelled, None, 500)
                .await
                .unwrap()
        );
        let next = queue.claim("one", 1_000, 500).await.unwrap().unwrap();
        assert_eq!((next.id, next.generation), (second.id, 0));
    }
}

#[tokio::test]
async fn what_is_scheduled_is_done_once_by_one() {
    for setup in setups().await {
        let tasks = setup.store.scheduled_tasks();
        assert!(tasks.claim("tidy", "one", 1_000, 500, 1_000).await.unwrap());
        // Due at the same moment, and later while it is worked on.
        assert!(!tasks.claim("tidy", "two", 1_000, 500, 1_001).await.unwrap());
        assert!(!tasks.claim("tidy", "two", 1_400, 500, 1_400).await.unwrap());
        assert!(
            tasks
                .claim("prune", "two", 1_000, 500, 1_000)
                .await
                .unwrap()
        );
        tasks.release("tidy", "one").await.unwrap();
        assert!(!tasks.claim("tidy", "two", 1_000, 500, 1_002).await.unwrap());
        assert!(tasks.claim("tidy", "two", 2_000, 500, 2_000).await.unwrap());
        // The second died; its lease ends.
        assert!(!tasks.claim("tidy", "one", 2_499, 500, 2_499).await.unwrap());
        assert!(tasks.claim("tidy", "one", 2_500, 500, 2_500).await.unwrap());
    }
}
