//! States of order groups.

use super::*;

fn group(state: PaymentState, orders: usize) -> GroupFacts {
    let terms = PaymentTerms::BeforeFulfilment;
    let orders = vec![order(PaymentState::Created, terms); orders];
    let captured = orders.iter().map(OrderFacts::due).sum();
    let payment = GroupPayment {
        captured: if state == PaymentState::Captured {
            captured
        } else {
            0
        },
        ..payment(state, terms)
    };
    GroupFacts::new(payment, orders)
}

/// Takes steps of the first order.
fn with_first(group: &GroupFacts, steps: &[OrderStep]) -> GroupFacts {
    let mut orders = group.orders().to_vec();
    orders[0] = after(orders[0].clone(), steps);
    GroupFacts::new(group.payment(), orders)
}

fn arrived() -> Vec<OrderStep> {
    let units = of_line(2);
    vec![
        OrderStep::Fulfil(units.clone()),
        OrderStep::Deliver { units, at_ms: 1 },
    ]
}

const CANCEL: OrderStep = OrderStep::Cancel(CancelScope::Whole);

#[test]
fn paid_looks_at_the_payment_of_the_group() {
    let open = group(PaymentState::Created, 2);
    assert_eq!(open.status(), OrderStatus::AwaitingPayment);
    assert_eq!(
        open.orders()[0].fulfil(&of_line(1)),
        Err(StepError::NotPaid)
    );
    let paid = group(PaymentState::Captured, 2);
    assert_eq!(
        (paid.status(), paid.payment_status()),
        (OrderStatus::Open, PaymentStatus::Paid)
    );
    for order in paid.orders() {
        assert_eq!(order.payment_status(), PaymentStatus::Paid);
        assert!(order.fulfil(&of_line(1)).is_ok());
    }
}

#[test]
fn group_is_complete_when_each_order_is_or_was_cancelled() {
    let paid = group(PaymentState::Captured, 2);
    let one = with_first(&paid, &arrived());
    assert_eq!(one.status(), OrderStatus::Open);
    assert_eq!(one.fulfilment_status(), FulfilmentStatus::PartlyFulfilled);
    let mut orders = one.orders().to_vec();
    orders[1] = after(orders[1].clone(), &[CANCEL]);
    let both = GroupFacts::new(one.payment(), orders);
    assert_eq!(both.status(), OrderStatus::Completed);
    assert_eq!(both.fulfilment_status(), FulfilmentStatus::Delivered);
    assert_eq!(
        both.payment_status(),
        PaymentStatus::Paid,
        "the refund is still owed"
    );
}

#[test]
fn group_whose_orders_are_all_refunded_reads_as_refunded() {
    let all = OrderStep::Refund(refund(101, 10, 0));
    let paid = group(PaymentState::Captured, 1);
    let refunded = with_first(&paid, std::slice::from_ref(&all));
    assert_eq!(refunded.status(), OrderStatus::Refunded);
    assert_eq!(refunded.payment_status(), PaymentStatus::Refunded);
    assert_eq!((refunded.refunded(), refunded.refundable()), (111, 0));
    let one_of_two = with_first(&group(PaymentState::Captured, 2), &[all]);
    assert_eq!(one_of_two.status(), OrderStatus::Open);
    assert_eq!(one_of_two.payment_status(), PaymentStatus::PartlyRefunded);
}

#[test]
fn money_that_comes_after_the_cancellation_is_overpaid() {
    let cancelled = with_first(&group(PaymentState::Created, 1), &[CANCEL]);
    assert_eq!(cancelled.payment_status(), PaymentStatus::Cancelled);
    let late = GroupPayment {
        captured: 111,
        ..payment(PaymentState::Captured, PaymentTerms::BeforeFulfilment)
    };
    let late_group = GroupFacts::new(late, cancelled.orders().to_vec());
    assert_eq!((late_group.due(), late_group.overpaid()), (0, 111));
    assert_eq!(late_group.payment_status(), PaymentStatus::Paid);
    assert_eq!(late_group.refundable(), 111);
    let back = GroupPayment {
        overpaid_refunded: 111,
        ..late
    };
    let back = GroupFacts::new(back, cancelled.orders().to_vec());
    assert_eq!((back.overpaid(), back.refundable()), (0, 0));
    assert_eq!(back.payment_status(), PaymentStatus::Refunded);
}
