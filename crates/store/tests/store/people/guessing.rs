//! Failed sign-ins.

use souk_identity::Guesser;
use souk_store::{Attempt, CountedGuesser};

use super::*;
use crate::support::{Setup, add_tenant, setups};

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
        let counted = Attempt::Counted { last: false };
        assert_eq!(attempt(&setup, &[device, network], now).await, counted);
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let elsewhere = other.sign_in_failures().attempt(&[account], now).await;
        assert_eq!(elsewhere.unwrap(), counted);
        let again = attempt(&setup, &[account], until_ms).await;
        assert_eq!(again, Attempt::Counted { last: true });
    }
}

#[tokio::test]
async fn success_forgives_the_account_and_one_failure_of_the_network() {
    for setup in setups().await {
        let (account, network) = (guesser(Guesser::Account, 1), guesser(Guesser::Network, 2));
        for _ in 0..4 {
            attempt(&setup, &[account, network], NOW).await;
        }
        let failures = setup.scope.sign_in_failures();
        failures.forgive(&[account, network]).await.unwrap();
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
            counted += usize::from(matches!(
                task.await.unwrap().unwrap(),
                Attempt::Counted { .. }
            ));
        }
        assert_eq!(counted, 5, "the fifth delays the next");
    }
}
