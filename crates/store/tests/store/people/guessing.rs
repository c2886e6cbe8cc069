//! Failed sign-ins.

use souk_identity::Guesser;
use souk_store::{Attempt, CountedAttempt, CountedGuesser, DatabaseOptions, Store};
use souk_testkit::TestDatabase;

use super::*;
use crate::support::{Setup, add_tenant, setup, setups};

fn guesser(kind: Guesser, seed: u8) -> CountedGuesser {
    CountedGuesser {
        kind,
        key: hash(seed),
    }
}

async fn attempt(setup: &Setup, guessers: &[CountedGuesser], now: i64) -> Attempt {
    let failures = setup.scope.sign_in_failures();
    failures.attempt(guessers, now).await.unwrap()
}

/// An attempt that is granted.
async fn counted(setup: &Setup, guessers: &[CountedGuesser], now: i64) -> CountedAttempt {
    match attempt(setup, guessers, now).await {
        Attempt::Counted(counted) => counted,
        refused @ Attempt::Refused { .. } => panic!("{refused:?}"),
    }
}

/// Failures of the only guesser that has any.
async fn failures(setup: &Setup) -> i64 {
    let sql = "SELECT coalesce(max(failures), 0) FROM sign_in_failures";
    setup.number(sql).await
}

#[tokio::test]
async fn tenth_failure_locks_out_for_half_an_hour_and_no_other() {
    for setup in setups().await {
        let mut now = NOW;
        let account = guesser(Guesser::Account, 1);
        let network = guesser(Guesser::Network, 2);
        for number in 1..=10 {
            while let Attempt::Refused { until_ms } =
                attempt(&setup, &[account, network], now).await
            {
                assert!(number > 5 && until_ms > now);
                now = until_ms;
            }
        }
        assert_eq!(now - NOW, 31_000, "1 + 2 + 4 + 8 + 16 seconds");
        let until_ms = now + 30 * 60_000;
        let refused = Attempt::Refused { until_ms };
        assert_eq!(attempt(&setup, &[network, account], now).await, refused);
        assert_eq!(attempt(&setup, &[account], until_ms - 1).await, refused);
        let device = guesser(Guesser::Device, 3);
        assert!(!counted(&setup, &[device, network], now).await.last);
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let elsewhere = other.sign_in_failures().attempt(&[account], now).await;
        assert!(matches!(elsewhere.unwrap(), Attempt::Counted(_)));
        assert!(counted(&setup, &[account], until_ms).await.last);
    }
}

#[tokio::test]
async fn success_forgives_the_account_and_one_failure_of_the_network() {
    for setup in setups().await {
        let (account, network) = (guesser(Guesser::Account, 1), guesser(Guesser::Network, 2));
        for _ in 0..3 {
            counted(&setup, &[account, network], NOW).await;
        }
        let right = counted(&setup, &[account, network], NOW).await;
        let failures = setup.scope.sign_in_failures();
        failures.forgive(&right).await.unwrap();
        let left = "SELECT failures FROM sign_in_failures";
        assert_eq!(setup.number(left).await, 3);
        assert_eq!(
            setup.number("SELECT count(*) FROM sign_in_failures").await,
            1
        );
    }
}

#[tokio::test]
async fn attempts_at_once_are_all_counted() {
    for setup in setups().await {
        let account = guesser(Guesser::Account, 1);
        let mut tasks = Vec::new();
        for _ in 0..12 {
            let failures = setup.scope.sign_in_failures();
            tasks.push(tokio::spawn(async move {
                failures.attempt(&[account], NOW).await
            }));
        }
        let mut counted = 0;
        for task in tasks {
            counted += usize::from(matches!(task.await.unwrap().unwrap(), Attempt::Counted(_)));
        }
        assert_eq!(counted, 5, "the fifth delays the next");
    }
}

#[tokio::test]
async fn network_forgets_failures_whatever_succeeds_meanwhile() {
    for setup in setups().await {
        let network = guesser(Guesser::Network, 2);
        for _ in 0..10 {
            counted(&setup, &[network], NOW).await;
        }
        let mut now = NOW;
        for _ in 0..20 {
            let right = counted(&setup, &[network], now).await;
            let failures = setup.scope.sign_in_failures();
            failures.forgive(&right).await.unwrap();
            now += 60_000;
        }
        counted(&setup, &[network], now).await;
        assert_eq!(failures(&setup).await, 1, "ten are forgotten in 20 minutes");
    }
}

#[tokio::test]
async fn attempt_that_is_taken_back_leaves_count_and_time() {
    for setup in setups().await {
        let account = guesser(Guesser::Account, 1);
        for _ in 0..5 {
            counted(&setup, &[account], NOW).await;
        }
        let all = setup.scope.sign_in_failures();
        let later = NOW + 1_000;
        let unknown = counted(&setup, &[account], later).await;
        all.take_back(&unknown).await.unwrap();
        // It has to wait no longer than before.
        let unknown = counted(&setup, &[account], later).await;
        assert_eq!(failures(&setup).await, 6);
        all.take_back(&unknown).await.unwrap();
        all.forget(&[account]).await.unwrap();
        assert_eq!(failures(&setup).await, 0);
    }
}

/// The first attempts of all, when there is no row to be locked, over connections that are open already.
#[tokio::test]
async fn first_attempts_at_once_are_all_counted() {
    const AT_ONCE: u32 = 16;

    let setup = setup(TestDatabase::postgres().await).await;
    let options = DatabaseOptions {
        max_connections: AT_ONCE,
        ..DatabaseOptions::new(setup.database.url())
    };
    let store = Store::connect(&options).await.unwrap();
    let mut open = Vec::new();
    for _ in 0..AT_ONCE {
        open.push(store.begin().await.unwrap());
    }
    for transaction in open {
        transaction.rollback().await.unwrap();
    }
    for seed in 1..=10 {
        let account = guesser(Guesser::Account, seed);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let failures = store.scope(setup.scope.tenant()).sign_in_failures();
            tasks.spawn(async move { failures.attempt(&[account], NOW).await.unwrap() });
        }
        let attempts = tasks.join_all().await;
        let counted = attempts
            .iter()
            .filter(|attempt| matches!(attempt, Attempt::Counted(_)));
        assert_eq!(counted.count(), 5, "the fifth delays the next");
    }
}
