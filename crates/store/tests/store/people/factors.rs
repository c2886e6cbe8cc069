//! Second factors: an authenticator app, recovery codes, challenges.

use souk_identity::FactorKind;
use souk_store::{
    Challenge, FactorProof, Finished, NewChallenge, NewTotp, ProvenSession, RecoveryCodes, Scope,
};

use super::*;
use crate::support::{add_tenant, setups};

const SEED: &[u8] = b"sealed";
const STEP: i64 = 100;
const GUESSES: u32 = 5;

fn totp(seed: &[u8]) -> NewTotp {
    NewTotp {
        sealed_seed: seed.to_vec(),
        name: " Phone ".to_owned(),
        at_ms: NOW,
        expires_at_ms: LATER,
    }
}

fn code(step: i64) -> FactorProof {
    FactorProof::Totp {
        sealed_seed: SEED.to_vec(),
        step,
    }
}

pub(super) fn challenge(account: AccountId, seed: u8) -> NewChallenge {
    NewChallenge {
        account,
        hash: hash(seed),
        by_cookie: true,
        expires_at_ms: LATER,
    }
}

/// A session of the account, whose token has the seed 9.
async fn signed_in(scope: &Scope, account: AccountId) -> ProvenSession {
    let begun = scope
        .sessions()
        .begin(session(account, 9), None)
        .await
        .unwrap();
    ProvenSession {
        account,
        id: begun.unwrap(),
        hash: hash(19),
        at_ms: NOW,
    }
}

/// Adds an app and the recovery codes 31 and 32, by a session whose token has the seed 19 from then on.
pub(super) async fn with_factor(setup: &Setup, account: AccountId) -> ProvenSession {
    let factors = setup.scope.factors();
    let session = signed_in(&setup.scope, account).await;
    assert!(factors.begin_totp(account, &totp(SEED)).await.unwrap());
    let notice = mail("ada@mail.example", "factor_added");
    let codes = [hash(31), hash(32)];
    let confirmed = factors.confirm_totp(&session, (SEED, STEP), &codes, &notice);
    assert_eq!(confirmed.await.unwrap(), Some(0));
    session
}

#[tokio::test]
async fn app_is_confirmed_once_by_its_own_seed_in_time() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let factors = setup.scope.factors();
        setup
            .scope
            .sessions()
            .begin(session(id, 8), None)
            .await
            .unwrap();
        let session = signed_in(&setup.scope, id).await;
        let notice = mail("ada@mail.example", "factor_added");
        let confirm = async |seed: &[u8], at_ms| {
            let session = ProvenSession { at_ms, ..session };
            let codes = [hash(31)];
            let confirmed = factors.confirm_totp(&session, (seed, STEP), &codes, &notice);
            confirmed.await.unwrap()
        };
        assert_eq!(confirm(SEED, NOW).await, None, "nothing was begun");
        assert!(factors.begin_totp(id, &totp(b"first")).await.unwrap());
        assert!(factors.begin_totp(id, &totp(SEED)).await.unwrap());
        assert!(!factors.are_on(id).await.unwrap());
        assert_eq!(confirm(b"first", NOW).await, None, "replaced");
        assert_eq!(confirm(SEED, LATER).await, None, "too late");
        assert_eq!(confirm(SEED, NOW).await, Some(1), "the other session");
        assert_eq!(confirm(SEED, NOW).await, None, "twice");
        assert!(factors.are_on(id).await.unwrap());
        assert!(!factors.begin_totp(id, &totp(SEED)).await.unwrap());

        let stored = factors.totp(id).await.unwrap().unwrap();
        assert_eq!((stored.name.as_str(), stored.last_step), ("Phone", STEP));
        assert_eq!(
            (stored.confirmed_at_ms, stored.expires_at_ms),
            (Some(NOW), None)
        );
        let left = RecoveryCodes {
            left: 1,
            created_at_ms: Some(NOW),
        };
        assert_eq!(factors.recovery_codes(id).await.unwrap(), left);
        let sessions = setup.scope.sessions();
        assert!(
            sessions.find(hash(9), NOW).await.unwrap().is_none(),
            "the old token"
        );
        let found = sessions.find(hash(19), NOW).await.unwrap().unwrap();
        assert_eq!(found.session.factor_at_ms, Some(NOW));
        let mails = waiting(&setup).await;
        assert_eq!(mails.last().unwrap().0, "factor_added");
    }
}

#[tokio::test]
async fn code_is_spent_once_and_older_ones_with_it() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let session = with_factor(&setup, id).await;
        let factors = setup.scope.factors();
        let spend = async |proof: FactorProof| factors.step_up(&session, &proof, None).await;
        assert!(
            !spend(code(STEP)).await.unwrap(),
            "the one that confirmed it"
        );
        assert!(spend(code(STEP + 2)).await.unwrap());
        assert!(!spend(code(STEP + 2)).await.unwrap(), "twice");
        assert!(!spend(code(STEP + 1)).await.unwrap(), "older");
        let foreign = FactorProof::Totp {
            sealed_seed: b"another".to_vec(),
            step: STEP + 3,
        };
        assert!(!spend(foreign).await.unwrap());
        assert!(!spend(FactorProof::RecoveryCode(hash(33))).await.unwrap());
        assert!(spend(FactorProof::RecoveryCode(hash(31))).await.unwrap());
        assert!(!spend(FactorProof::RecoveryCode(hash(31))).await.unwrap());
        assert_eq!(factors.recovery_codes(id).await.unwrap().left, 1);
        factors
            .renew_recovery_codes(id, &[hash(41)], NOW)
            .await
            .unwrap();
        assert!(!spend(FactorProof::RecoveryCode(hash(32))).await.unwrap());
        assert!(spend(FactorProof::RecoveryCode(hash(41))).await.unwrap());
    }
}

/// Many at once, of which one passes.
#[tokio::test]
async fn one_proof_at_once_begins_one_session() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        with_factor(&setup, id).await;
        for proof in [code(STEP + 1), FactorProof::RecoveryCode(hash(31))] {
            let mut answers = tokio::task::JoinSet::new();
            for seed in 50..58 {
                let factors = setup.scope.factors();
                let kinds = factors.challenge(challenge(id, seed), None).await.unwrap();
                assert_eq!(kinds, [FactorKind::Totp, FactorKind::RecoveryCode]);
                let proof = proof.clone();
                let new = session(id, seed + 100);
                answers.spawn(async move {
                    let finished = factors.finish(hash(seed), &proof, new, None).await;
                    // PostgreSQL may have them wait for one another, and SQLite refuse to write at once.
                    finished.unwrap()
                });
            }
            let finished = answers.join_all().await;
            let begun = finished
                .iter()
                .filter(|one| matches!(one, Finished::Begun(_)));
            assert_eq!(begun.count(), 1, "{proof:?}: {finished:?}");
            setup.run("DELETE FROM account_sessions").await;
            setup.run("DELETE FROM sign_in_challenges").await;
        }
    }
}

#[tokio::test]
async fn challenge_is_of_one_tenant_and_over_when_finished_guessed_or_late() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let factors = setup.scope.factors();
        let none = factors.challenge(challenge(id, 2), None).await.unwrap();
        assert!(none.is_empty(), "there is no factor");
        with_factor(&setup, id).await;
        let by_password = setup
            .scope
            .sessions()
            .begin(session(id, 8), None)
            .await
            .unwrap();
        assert_eq!(by_password, None, "the password alone");
        factors.challenge(challenge(id, 2), None).await.unwrap();
        let found = async |scope: &Scope, now| {
            let factors = scope.factors();
            factors.challenged(hash(2), GUESSES, now).await.unwrap()
        };
        let expected = Challenge {
            account: id,
            by_cookie: true,
        };
        assert_eq!(found(&setup.scope, NOW).await, Some(expected));
        assert_eq!(found(&setup.scope, LATER).await, None);
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        assert_eq!(found(&other, NOW).await, None);
        assert!(
            !other
                .factors()
                .count_guess(hash(2), GUESSES, NOW)
                .await
                .unwrap()
        );
        let finish = async |scope: &Scope, step, at_ms| {
            let new = NewSession {
                at_ms,
                ..session(id, 60)
            };
            let factors = scope.factors();
            factors
                .finish(hash(2), &code(step), new, None)
                .await
                .unwrap()
        };
        assert_eq!(finish(&other, STEP + 1, NOW).await, Finished::Over);
        assert_eq!(finish(&setup.scope, STEP + 1, LATER).await, Finished::Over);
        assert_eq!(finish(&setup.scope, STEP, NOW).await, Finished::Wrong);
        let begun = finish(&setup.scope, STEP + 1, NOW).await;
        assert!(matches!(begun, Finished::Begun(_)), "{begun:?}");
        assert_eq!(finish(&setup.scope, STEP + 2, NOW).await, Finished::Over);
        let live = setup
            .scope
            .sessions()
            .find(hash(60), NOW)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(live.session.factor_at_ms, Some(NOW));

        factors.challenge(challenge(id, 2), None).await.unwrap();
        for _ in 0..GUESSES {
            assert!(factors.count_guess(hash(2), GUESSES, NOW).await.unwrap());
        }
        assert!(!factors.count_guess(hash(2), GUESSES, NOW).await.unwrap());
        assert_eq!(found(&setup.scope, NOW).await, None);
    }
}

/// Begun by somebody with the old password.
#[tokio::test]
async fn challenge_ends_with_the_password_and_the_account() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        with_factor(&setup, id).await;
        let (factors, accounts) = (setup.scope.factors(), setup.scope.accounts());
        let notice = mail("ada@mail.example", "password_changed");
        for change in ["password", "reset", "disabled"] {
            factors.challenge(challenge(id, 2), None).await.unwrap();
            match change {
                "password" => {
                    accounts
                        .set_password(id, "new", None, &notice)
                        .await
                        .unwrap();
                }
                "reset" => {
                    let reset = link(LinkPurpose::Reset, 3);
                    accounts.send_link(id, &reset, None).await.unwrap();
                    let done = accounts.reset_password(hash(3), "new", &notice, NOW);
                    assert!(done.await.unwrap());
                }
                _ => {
                    accounts.disable(id, NOW).await.unwrap();
                    assert!(
                        factors
                            .challenge(challenge(id, 4), None)
                            .await
                            .unwrap()
                            .is_empty()
                    );
                    accounts.enable(id).await.unwrap();
                }
            }
            let found = factors.challenged(hash(2), GUESSES, NOW).await.unwrap();
            assert_eq!(found, None, "{change}");
            assert!(
                factors.are_on(id).await.unwrap(),
                "{change} leaves the factor"
            );
        }
    }
}

#[tokio::test]
async fn removed_factor_leaves_nothing_and_no_session_proven() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let other = verified(&setup, "eve@mail.example", 2).await;
        let factors = setup.scope.factors();
        let notice = mail("ada@mail.example", "factor_removed");
        let none = factors.remove_totp(id, &notice).await;
        assert!(matches!(
            none,
            Err(souk_store::StoreError::NotFound("factor"))
        ));
        let none = factors.renew_recovery_codes(id, &[hash(41)], NOW).await;
        assert!(matches!(
            none,
            Err(souk_store::StoreError::NotFound("factor"))
        ));
        with_factor(&setup, id).await;
        factors.challenge(challenge(id, 2), None).await.unwrap();
        assert!(
            factors.remove_totp(other, &notice).await.is_err(),
            "another account"
        );
        factors.remove_totp(id, &notice).await.unwrap();
        for table in ["account_totp", "recovery_codes", "sign_in_challenges"] {
            let rows = setup.number(&format!("SELECT count(*) FROM {table}")).await;
            assert_eq!(rows, 0, "{table}");
        }
        let live = setup
            .scope
            .sessions()
            .find(hash(19), NOW)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(live.session.factor_at_ms, None);
    }
}

#[tokio::test]
async fn unconfirmed_app_and_late_challenge_are_pruned() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let other = verified(&setup, "eve@mail.example", 2).await;
        with_factor(&setup, id).await;
        let factors = setup.scope.factors();
        factors.begin_totp(other, &totp(b"other")).await.unwrap();
        factors.challenge(challenge(id, 2), None).await.unwrap();
        assert_eq!(setup.store.prune_identity(LATER - 1).await.unwrap(), 0);
        assert_eq!(setup.store.prune_identity(LATER).await.unwrap(), 2);
        assert!(factors.totp(id).await.unwrap().is_some());
        assert!(factors.totp(other).await.unwrap().is_none());
    }
}
