//! Events of a provider, single and shuffled.

use proptest::prelude::*;

use super::*;

fn at(at_ms: i64, kind: ProviderEventKind) -> ProviderEvent {
    ProviderEvent { at_ms, kind }
}

fn refund(at_ms: i64, reference: &str, amount: i64, state: RefundState) -> ProviderEvent {
    let reference = reference.to_owned();
    at(
        at_ms,
        ProviderEventKind::Refund {
            reference,
            amount,
            state,
        },
    )
}

fn declined(at_ms: i64) -> ProviderEvent {
    let reason = "card_declined".to_owned();
    at(at_ms, ProviderEventKind::Failed { reason })
}

fn after(events: &[ProviderEvent]) -> Payment {
    let mut payment = Payment::new(5_000);
    for event in events {
        payment.apply(event);
    }
    payment
}

#[test]
fn state_is_that_of_the_last_attempt_until_money_comes() {
    use ProviderEventKind::{Authorised, Cancelled, Captured, Created, RequiresConfirmation};
    let confirmation = at(2, RequiresConfirmation);
    for (events, state) in [
        (vec![], PaymentState::Created),
        (
            vec![at(1, Created), confirmation.clone()],
            PaymentState::RequiresConfirmation,
        ),
        (
            vec![confirmation.clone(), declined(3)],
            PaymentState::Failed,
        ),
        (
            vec![declined(3), at(4, Authorised)],
            PaymentState::Authorised,
        ),
        (
            vec![at(2, Authorised), declined(2)],
            PaymentState::Authorised,
        ),
        (
            vec![at(4, Cancelled), at(5, Authorised)],
            PaymentState::Cancelled,
        ),
        (
            vec![at(4, Cancelled), at(3, Captured { amount: 5_000 })],
            PaymentState::Captured,
        ),
        (
            vec![at(1, Captured { amount: 5_000 }), declined(9)],
            PaymentState::Captured,
        ),
    ] {
        assert_eq!(after(&events).state(), state, "{events:?}");
    }
    assert_eq!(after(&[declined(1)]).failure(), Some("card_declined"));
    assert_eq!(after(&[declined(1), confirmation]).failure(), None);
}

#[test]
fn refund_that_came_back_can_be_made_again() {
    let captured = at(1, ProviderEventKind::Captured { amount: 5_000 });
    let mut payment = after(&[
        captured,
        refund(2, "a", 2_000, RefundState::Pending),
        refund(2, "b", 1_000, RefundState::Succeeded),
    ]);
    assert_eq!(
        (payment.refunded(), payment.refunds_pending()),
        (1_000, 2_000)
    );
    assert_eq!(payment.refundable(), 2_000);
    payment.apply(&refund(3, "a", 2_000, RefundState::Succeeded));
    payment.apply(&refund(4, "a", 2_000, RefundState::Failed));
    assert_eq!((payment.refunded(), payment.refundable()), (1_000, 4_000));
    assert_eq!(payment.refund_state("a"), Some(RefundState::Failed));
    assert_eq!(payment.refund_state("c"), None);
}

fn event() -> impl Strategy<Value = ProviderEvent> {
    let states = [
        RefundState::Pending,
        RefundState::Succeeded,
        RefundState::Failed,
    ];
    let kind = prop_oneof![
        Just(ProviderEventKind::Created),
        Just(ProviderEventKind::RequiresConfirmation),
        Just(ProviderEventKind::Authorised),
        "[ab]".prop_map(|reason| ProviderEventKind::Failed { reason }),
        (1_i64..3).prop_map(|amount| ProviderEventKind::Captured { amount }),
        Just(ProviderEventKind::Cancelled),
        ("[ab]", 1_i64..3, prop::sample::select(states.to_vec())).prop_map(
            |(reference, amount, state)| ProviderEventKind::Refund {
                reference,
                amount,
                state
            }
        ),
    ];
    (0_i64..4, kind).prop_map(|(at_ms, kind)| ProviderEvent { at_ms, kind })
}

proptest! {
    #[test]
    fn events_doubled_late_and_in_any_order_make_the_same_payment(
        (events, mixed) in prop::collection::vec(event(), 0..10).prop_flat_map(|events| {
            let doubled = [events.clone(), events.clone()].concat();
            (Just(events), Just(doubled).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(after(&mixed), after(&events));
    }
}
