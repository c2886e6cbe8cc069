//! Sessions: begun, found, ended.

use souk_identity::Role;
use souk_store::Membership;

use super::*;
use crate::support::setups;

#[tokio::test]
async fn session_is_found_by_its_hash_until_it_ends() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let sessions = setup.scope.sessions();
        let begun = sessions.begin(session(id, 9), None).await.unwrap().unwrap();
        let found = sessions.find(hash(9), NOW).await.unwrap().unwrap();
        assert_eq!((found.session.id, found.account.id), (begun, id));
        let customer = Membership {
            role: Role::Customer,
            seller: None,
        };
        assert_eq!(found.memberships, [customer]);
        assert!(sessions.find(hash(8), NOW).await.unwrap().is_none());
        let end = NOW + SessionKind::Shopper.lifetime_ms();
        assert!(sessions.find(hash(9), end - 1).await.unwrap().is_some());
        assert!(sessions.find(hash(9), end).await.unwrap().is_none());
        assert!(sessions.end(id, begun).await.unwrap());
        assert!(!sessions.end(id, begun).await.unwrap());
        assert!(sessions.find(hash(9), NOW).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn session_without_use_ends_and_its_use_is_noted() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let sessions = setup.scope.sessions();
        let trusted = NewSession {
            kind: SessionKind::Trusted,
            ..session(id, 9)
        };
        let begun = sessions.begin(trusted, None).await.unwrap().unwrap();
        let idle = SessionKind::Trusted.idle_ms();
        assert!(
            sessions
                .find(hash(9), NOW + idle - 1)
                .await
                .unwrap()
                .is_some()
        );
        assert!(sessions.find(hash(9), NOW + idle).await.unwrap().is_none());
        sessions.note_use(begun, NOW + 60_000).await.unwrap();
        sessions.note_use(begun, NOW).await.unwrap();
        let found = sessions.find(hash(9), NOW + idle).await.unwrap().unwrap();
        assert_eq!(found.session.last_used_at_ms, NOW + 60_000);
    }
}

#[tokio::test]
async fn oldest_session_beyond_the_limit_ends() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let sessions = setup.scope.sessions();
        for seed in 10..14 {
            let new = NewSession {
                at_most: 3,
                ..session(id, seed)
            };
            sessions.begin(new, None).await.unwrap().unwrap();
        }
        assert!(sessions.find(hash(10), NOW).await.unwrap().is_none());
        let alive = sessions.list(id, NOW).await.unwrap();
        assert_eq!(alive.len(), 3);
        assert_eq!(sessions.end_others(id, alive[0].id).await.unwrap(), 2);
        assert!(sessions.find(hash(13), NOW).await.unwrap().is_some());
        assert!(sessions.find(hash(12), NOW).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn session_that_is_over_takes_no_place_of_one_that_is_alive() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let sessions = setup.scope.sessions();
        let used = sessions
            .begin(session(id, 10), None)
            .await
            .unwrap()
            .unwrap();
        let trusted = NewSession {
            kind: SessionKind::Trusted,
            ..session(id, 11)
        };
        sessions.begin(trusted, None).await.unwrap().unwrap();
        // The newer one ends without use.
        let later = NOW + SessionKind::Trusted.idle_ms();
        sessions.note_use(used, later).await.unwrap();
        let third = NewSession {
            at_most: 2,
            at_ms: later,
            ..session(id, 12)
        };
        sessions.begin(third, None).await.unwrap().unwrap();
        for (seed, is_alive) in [(10, true), (11, false), (12, true)] {
            let found = sessions.find(hash(seed), later).await.unwrap();
            assert_eq!(found.is_some(), is_alive, "{seed}");
        }
        let rows = "SELECT count(*) FROM account_sessions";
        assert_eq!(setup.number(rows).await, 2);
        let idle = later + SessionKind::Shopper.idle_ms();
        setup
            .run("UPDATE account_sessions SET expires_at = expires_at + idle_ms")
            .await;
        assert_eq!(setup.store.prune_identity(idle).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn disabled_account_has_no_session() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let sessions = setup.scope.sessions();
        sessions.begin(session(id, 9), None).await.unwrap().unwrap();
        assert_eq!(setup.scope.accounts().disable(id, NOW).await.unwrap(), 1);
        assert!(sessions.find(hash(9), NOW).await.unwrap().is_none());
        assert_eq!(sessions.begin(session(id, 8), None).await.unwrap(), None);
        setup.scope.accounts().enable(id).await.unwrap();
        sessions.begin(session(id, 8), None).await.unwrap().unwrap();
        // By plain SQL as well.
        setup.run("UPDATE accounts SET disabled_at = 1").await;
        assert!(sessions.find(hash(8), NOW).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_is_over_is_pruned_and_nothing_else() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        setup
            .scope
            .sessions()
            .begin(session(id, 9), None)
            .await
            .unwrap();
        let reset = link(LinkPurpose::Reset, 2);
        setup
            .scope
            .accounts()
            .send_link(id, &reset, None)
            .await
            .unwrap();
        assert_eq!(setup.store.prune_identity(NOW).await.unwrap(), 0);
        assert_eq!(setup.store.prune_identity(LATER).await.unwrap(), 1);
        let end = NOW + SessionKind::Shopper.lifetime_ms();
        assert_eq!(setup.store.prune_identity(end).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn password_that_was_compared_before_it_was_changed_begins_no_session() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let (accounts, sessions) = (setup.scope.accounts(), setup.scope.sessions());
        let before = "hash of ada@mail.example";
        let begun = sessions.begin(session(id, 2), Some(before)).await.unwrap();
        assert!(begun.is_some());
        let notice = mail("ada@mail.example", "password_changed");
        let changed = accounts.set_password(id, "another hash", None, &notice);
        changed.await.unwrap();
        let late = sessions.begin(session(id, 3), Some(before)).await.unwrap();
        assert_eq!(late, None);
        let right = sessions.begin(session(id, 4), Some("another hash")).await;
        assert!(right.unwrap().is_some());
    }
}
