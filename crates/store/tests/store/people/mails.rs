//! Mails that wait.

use super::*;
use crate::support::{add_tenant, setups};

/// Five an hour, whatever asks for them; what tells of a change is always sent.
#[tokio::test]
async fn nobody_is_sent_more_mails_than_the_quota() {
    const HOUR: i64 = 3_600_000;

    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        let at = |template, at_ms| NewMail {
            at_ms,
            ..mail("ada@mail.example", template)
        };
        let ask = async |seed, at_ms| {
            let letter = at("reset", at_ms);
            let link = link(LinkPurpose::Reset, seed);
            accounts.send_link(id, &link, Some(&letter)).await.unwrap()
        };
        // The first mail confirmed the address.
        for seed in 2..5 {
            assert!(ask(seed, NOW).await);
        }
        registered(&setup, "ada@mail.example", 5).await;
        assert_eq!(waiting(&setup).await.len(), 5);
        assert!(!ask(6, NOW).await);
        registered(&setup, "ada@mail.example", 7).await;
        let to_her = "SELECT count(*) FROM mails WHERE recipient = 'ada@mail.example'";
        assert_eq!(setup.number(to_her).await, 5);
        let last = accounts.of_link(LinkPurpose::Reset, hash(4), NOW).await;
        assert_eq!(last.unwrap(), Some(id), "the link that she has stays good");

        let notice = at("password_changed", NOW);
        accounts.set_password(id, "x", None, &notice).await.unwrap();
        assert_eq!(setup.number(to_her).await, 6);
        let another = "eve@mail.example";
        assert!(matches!(
            registered(&setup, another, 8).await,
            Registration::Pending(_)
        ));
        assert_eq!(setup.number("SELECT count(*) FROM mails").await, 7);
        assert!(!ask(9, NOW + HOUR - 1).await);
        assert!(ask(9, NOW + HOUR).await);

        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let letter = mail("ada@mail.example", "verify");
        let link = link(LinkPurpose::Verify, 10);
        let account = new_account("ada@mail.example");
        let elsewhere = other.accounts();
        let registered = elsewhere.register(&account, &link, Some(&letter), None);
        registered.await.unwrap();
        assert_eq!(setup.number(to_her).await, 8);
    }
}

#[tokio::test]
async fn registration_beyond_the_quota_leaves_the_pending_one() {
    for setup in setups().await {
        for seed in 1..=6 {
            registered(&setup, "ada@mail.example", seed).await;
        }
        let accounts = setup.scope.accounts();
        assert_eq!(waiting(&setup).await.len(), 5);
        assert!(!accounts.verify(hash(6), NOW).await.unwrap());
        assert!(accounts.verify(hash(5), NOW).await.unwrap());
    }
}

#[tokio::test]
async fn mail_is_claimed_once_until_its_lease_ends_and_emptied_when_sent() {
    for setup in setups().await {
        registered(&setup, "ada@mail.example", 1).await;
        let queue = setup.store.mail_queue();
        let claimed = queue.claim("one", 10, 1_000, NOW).await.unwrap();
        assert_eq!((claimed.len(), claimed[0].attempt), (1, 1));
        assert!(claimed[0].data.contains("secret"));
        assert!(queue.claim("two", 10, 1_000, NOW).await.unwrap().is_empty());
        let again = queue.claim("two", 10, 1_000, NOW + 1_000).await.unwrap();
        assert_eq!(again[0].attempt, 2);
        // It is no longer the first one's.
        queue.sent("one", claimed[0].id, NOW).await.unwrap();
        assert_eq!(
            setup
                .number("SELECT count(*) FROM mails WHERE sent_at IS NULL")
                .await,
            1
        );
        queue.sent("two", claimed[0].id, NOW).await.unwrap();
        let emptied = "SELECT count(*) FROM mails WHERE sent_at IS NOT NULL AND data = ''";
        assert_eq!(setup.number(emptied).await, 1);
        assert!(
            queue
                .claim("two", 10, 1_000, LATER)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn failed_mail_is_due_again_or_given_up() {
    for setup in setups().await {
        registered(&setup, "ada@mail.example", 1).await;
        let queue = setup.store.mail_queue();
        let id = queue.claim("one", 10, 1_000, NOW).await.unwrap()[0].id;
        let again_at = Some(NOW + 60_000);
        queue
            .failed("one", id, "refused", again_at, NOW)
            .await
            .unwrap();
        assert!(
            queue
                .claim("one", 10, 1_000, NOW + 59_999)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            queue
                .claim("one", 10, 1_000, NOW + 60_000)
                .await
                .unwrap()
                .len(),
            1
        );
        queue
            .failed("one", id, "refused", None, LATER)
            .await
            .unwrap();
        let given_up = "SELECT count(*) FROM mails WHERE failed_at IS NOT NULL AND data = ''";
        assert_eq!(setup.number(given_up).await, 1);
        assert!(
            queue
                .claim("one", 10, 1_000, i64::MAX)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn who_waits_for_mails_is_woken_by_the_commit() {
    use tokio::time::timeout;

    for setup in setups().await {
        let queue = setup.store.clone().mail_queue();
        let waits = tokio::spawn(async move { queue.written().await });
        registered(&setup, "ada@mail.example", 1).await;
        let woken = timeout(std::time::Duration::from_secs(20), waits).await;
        woken.expect("it goes on waiting").unwrap();
    }
}
