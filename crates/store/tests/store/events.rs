//! Events and the sinks that read them.

use souk_store::{NewEvent, Sink, WaitingEvents};

use crate::support::{Setup, add_tenant, setups};

fn placed(order: i64) -> NewEvent {
    NewEvent {
        kind: "order.placed",
        subject: format!("orders/{order}"),
        data: "{}".to_owned(),
        actor: "souk".to_owned(),
        at_ms: order,
    }
}

impl Setup {
    async fn numbers(&self, sink: Sink, limit: u32) -> Option<Vec<i64>> {
        let batch = self.scope.events().claim(sink, limit).await.unwrap()?;
        let numbers = batch.events.iter().map(|event| event.number).collect();
        batch.finish().await.unwrap();
        Some(numbers)
    }
}

#[tokio::test]
async fn sink_with_events_reads_each_once_in_order() {
    for setup in setups().await {
        let events = setup.scope.events();
        events
            .add(&[placed(1), placed(2), placed(3)])
            .await
            .unwrap();
        assert_eq!(setup.numbers(Sink::Mail, 2).await, Some(vec![1, 2]));
        assert_eq!(setup.numbers(Sink::Mail, 2).await, Some(vec![3]));
        assert_eq!(setup.numbers(Sink::Mail, 2).await, None);
        assert_eq!(setup.numbers(Sink::Webhooks, 9).await, Some(vec![1, 2, 3]));
    }
}

#[tokio::test]
async fn batch_that_is_dropped_is_read_again() {
    for setup in setups().await {
        let events = setup.scope.events();
        events.add(&[placed(1)]).await.unwrap();
        drop(events.claim(Sink::Mail, 9).await.unwrap().unwrap());
        assert_eq!(setup.numbers(Sink::Mail, 9).await, Some(vec![1]));
    }
}

#[tokio::test]
async fn sink_that_another_worker_holds_is_passed_over() {
    for setup in setups().await {
        // SQLite has one writer: nobody else gets as far.
        if setup.store.backend() == souk_store::Backend::Sqlite {
            continue;
        }
        let events = setup.scope.events();
        events.add(&[placed(1)]).await.unwrap();
        assert_eq!(setup.numbers(Sink::Mail, 9).await, Some(vec![1]));
        events.add(&[placed(2)]).await.unwrap();
        let held = events.claim(Sink::Mail, 9).await.unwrap().unwrap();
        assert!(events.claim(Sink::Mail, 9).await.unwrap().is_none());
        assert!(events.claim(Sink::Webhooks, 9).await.unwrap().is_some());
        held.finish().await.unwrap();
        assert!(events.claim(Sink::Mail, 9).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn waiting_sinks_are_those_with_unread_events() {
    for setup in setups().await {
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let waiting = |sinks: &'static [Sink]| setup.store.waiting_events(sinks, 10);
        assert_eq!(waiting(&Sink::ALL).await.unwrap(), []);
        let mut told = setup.store.events_told();
        other.events().add(&[placed(1)]).await.unwrap();
        told.written().await;
        setup.scope.events().add(&[placed(1)]).await.unwrap();
        setup.numbers(Sink::Mail, 9).await;
        let of = |tenant, sink| WaitingEvents { tenant, sink };
        let (main, other) = (setup.scope.tenant(), other.tenant());
        assert_eq!(
            waiting(&[Sink::Mail, Sink::Webhooks]).await.unwrap(),
            [
                of(main, Sink::Webhooks),
                of(other, Sink::Mail),
                of(other, Sink::Webhooks),
            ]
        );
    }
}
