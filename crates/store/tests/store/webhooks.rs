//! Deliveries to webhooks: claimed by one worker, one after the other for each endpoint.

use souk_domain::WebhookEndpointId;
use souk_store::{
    ClaimedWebhook, NewEvent, Sink, WebhookAttempt, WebhookDeliveryState, WebhookEndpointInput,
    WebhookNext,
};

use crate::support::{Setup, setups};

const NOW: i64 = 1_000_000;
const LEASE: i64 = 60_000;
const DAY: i64 = 24 * 3_600_000;

impl Setup {
    async fn endpoint(&self) -> WebhookEndpointId {
        let input = WebhookEndpointInput {
            url: "https://shop.example/hooks?token=secret".to_owned(),
            description: String::new(),
            event_types: None,
            is_enabled: true,
        };
        let webhooks = self.scope.webhooks();
        webhooks
            .add(&input, b"sealed".to_vec(), NOW)
            .await
            .unwrap()
            .id
    }

    async fn happen(&self, orders: impl IntoIterator<Item = i64>) {
        let events = orders.into_iter().map(|order| NewEvent {
            kind: "order.placed",
            subject: format!("orders/{order}"),
            data: format!("{{\"order\":{order}}}"),
            actor: "souk".to_owned(),
            at_ms: NOW,
        });
        let events: Vec<_> = events.collect();
        self.scope.events().add(&events).await.unwrap();
        let batch = self.scope.events().claim(Sink::Webhooks, 100).await;
        let batch = batch.unwrap().unwrap();
        let mut number = 0;
        let id = || {
            number += 1;
            format!("msg_{number}")
        };
        batch.write_webhook_deliveries(id, NOW).await.unwrap();
        batch.finish().await.unwrap();
    }

    async fn claim_webhook(&self, worker: &str, now_ms: i64) -> Option<ClaimedWebhook> {
        let queue = self.store.webhook_queue();
        queue.claim(worker, LEASE, now_ms).await.unwrap()
    }

    async fn settle_webhook(
        &self,
        worker: &str,
        claimed: &ClaimedWebhook,
        next: WebhookNext,
    ) -> bool {
        let attempt = WebhookAttempt::default();
        let queue = self.store.webhook_queue();
        let settled = queue.settle(worker, claimed, &attempt, next, NOW);
        settled.await.unwrap()
    }

    async fn states(&self, id: WebhookEndpointId) -> Vec<WebhookDeliveryState> {
        let listed = self.scope.webhooks().deliveries(id, None, None, 100).await;
        listed.unwrap().iter().map(|it| it.state).collect()
    }
}

#[tokio::test]
async fn endpoint_has_one_delivery_under_way_and_its_events_in_order() {
    for setup in setups().await {
        let (one, other) = (setup.endpoint().await, setup.endpoint().await);
        setup.happen([1, 2]).await;
        let first = setup.claim_webhook("a", NOW).await.unwrap();
        let second = setup.claim_webhook("b", NOW).await.unwrap();
        assert_eq!([first.endpoint, second.endpoint], [one, other]);
        assert!(first.payload.contains("\"order\":1"), "{}", first.payload);
        assert_eq!(first.sealed_secrets, [b"sealed".to_vec()]);
        assert!(setup.claim_webhook("c", NOW).await.is_none());
        assert!(
            setup
                .settle_webhook("a", &first, WebhookNext::Delivered)
                .await
        );
        let third = setup.claim_webhook("c", NOW).await.unwrap();
        assert_eq!((third.endpoint, third.attempt), (one, 1));
        assert!(third.payload.contains("\"order\":2"), "{}", third.payload);
    }
}

#[tokio::test]
async fn delivery_of_a_dead_worker_is_made_by_another() {
    for setup in setups().await {
        let id = setup.endpoint().await;
        setup.happen([1]).await;
        let dead = setup.claim_webhook("a", NOW).await.unwrap();
        assert!(setup.claim_webhook("b", NOW + LEASE - 1).await.is_none());
        let again = setup.claim_webhook("b", NOW + LEASE).await.unwrap();
        assert_eq!((again.id, again.attempt), (dead.id, 2));
        let late = setup.settle_webhook("a", &dead, WebhookNext::Gone).await;
        assert!(!late, "the claim was over");
        assert!(
            setup
                .settle_webhook("b", &again, WebhookNext::Delivered)
                .await
        );
        assert_eq!(setup.states(id).await, [WebhookDeliveryState::Delivered]);
        assert!(setup.claim_webhook("b", NOW + DAY).await.is_none());
    }
}

#[tokio::test]
async fn delivery_that_waits_lets_newer_ones_pass() {
    for setup in setups().await {
        let id = setup.endpoint().await;
        setup.happen([1]).await;
        let first = setup.claim_webhook("a", NOW).await.unwrap();
        setup
            .settle_webhook("a", &first, WebhookNext::Retry(NOW + DAY))
            .await;
        assert!(setup.claim_webhook("a", NOW).await.is_none());
        setup.happen([2]).await;
        let second = setup.claim_webhook("a", NOW).await.unwrap();
        assert_ne!(second.id, first.id);
        setup
            .settle_webhook("a", &second, WebhookNext::Delivered)
            .await;
        let first = setup.claim_webhook("a", NOW + DAY).await.unwrap();
        assert_eq!(first.attempt, 2);
        // It took another one since: one event that it cannot digest does not disable it.
        setup.settle_webhook("a", &first, WebhookNext::GiveUp).await;
        assert_eq!(setup.scope.webhooks().get(id).await.unwrap().disabled, None);
        let expected = [
            WebhookDeliveryState::Delivered,
            WebhookDeliveryState::Failed,
        ];
        assert_eq!(setup.states(id).await, expected);
    }
}

#[tokio::test]
async fn disabled_endpoint_loses_what_waits_and_what_is_under_way() {
    for setup in setups().await {
        let id = setup.endpoint().await;
        setup.happen([1, 2]).await;
        let first = setup.claim_webhook("a", NOW).await.unwrap();
        let current = setup.scope.webhooks().get(id).await.unwrap();
        let input = WebhookEndpointInput {
            url: current.url,
            description: current.description,
            event_types: None,
            is_enabled: false,
        };
        let webhooks = setup.scope.webhooks();
        webhooks.replace(id, &input, None, NOW).await.unwrap();
        setup
            .settle_webhook("a", &first, WebhookNext::Retry(NOW + 1))
            .await;
        assert_eq!(setup.states(id).await, [WebhookDeliveryState::Failed; 2]);
        assert!(setup.claim_webhook("a", NOW + DAY).await.is_none());
    }
}

#[tokio::test]
async fn old_deliveries_are_pruned_but_not_those_that_wait() {
    for setup in setups().await {
        let id = setup.endpoint().await;
        setup.happen([1, 2]).await;
        let first = setup.claim_webhook("a", NOW).await.unwrap();
        setup
            .settle_webhook("a", &first, WebhookNext::Delivered)
            .await;
        let queue = setup.store.webhook_queue();
        assert_eq!(queue.prune(NOW + 30 * DAY).await.unwrap(), 0);
        assert_eq!(queue.prune(NOW + 30 * DAY + 1).await.unwrap(), 1);
        assert_eq!(setup.states(id).await, [WebhookDeliveryState::Pending]);
    }
}

#[tokio::test]
async fn deleted_tenant_takes_its_webhooks_along() {
    for setup in setups().await {
        setup.endpoint().await;
        setup.happen([1]).await;
        let tenants = setup.store.tenants();
        tenants.remove("main", None).await.unwrap();
        for table in ["webhook_endpoints", "webhook_secrets", "webhook_deliveries"] {
            let count = format!("SELECT count(*) FROM {table}");
            assert_eq!(setup.number(&count).await, 0, "{table}");
        }
    }
}
