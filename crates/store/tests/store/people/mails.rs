//! Mails that wait.

use super::*;
use crate::support::setups;

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
