//! Single rules of steps, by example.

use super::*;

#[test]
fn step_names_the_line_and_the_units_that_it_cannot_take() {
    let order = paid();
    let unknown = vec![Units {
        line: OrderLineId(9),
        units: 1,
    }];
    assert_eq!(
        order.fulfil(&unknown),
        Err(StepError::UnknownLine {
            line: OrderLineId(9)
        })
    );
    let twice = [of_line(1), of_line(1)].concat();
    assert_eq!(
        order.fulfil(&twice),
        Err(StepError::DoubleLine { line: LINE })
    );
    assert_eq!(order.fulfil(&[]), Err(StepError::NoUnits));
    assert_eq!(order.fulfil(&of_line(0)), Err(StepError::NoUnits));
    assert_eq!(order.fulfil(&of_line(-1)), Err(StepError::NoUnits));
    let many = StepError::Units {
        line: LINE,
        asked: 3,
        left: 2,
    };
    assert_eq!(
        many.to_string(),
        "line 1 has 2 such units, not 3: name at most those"
    );
    assert_eq!(order.fulfil(&of_line(3)), Err(many));
    assert!(order.fulfil(&of_line(i64::MAX)).is_err());
}

#[test]
fn dispatched_order_is_not_cancelled_but_its_rest_is() {
    let sent = after(paid(), &[OrderStep::Fulfil(of_line(1))]);
    assert_eq!(sent.cancel(&CancelScope::Whole), Err(StepError::Dispatched));
    let taken = sent.cancel(&CancelScope::Lines(of_line(1))).unwrap();
    assert_eq!(taken.event, OrderEvent::PartlyCancelled);
    assert_eq!(taken.restock, of_line(1));
    assert_eq!(taken.facts.fulfilment_status(), FulfilmentStatus::Fulfilled);
    assert!(sent.cancel(&CancelScope::Lines(of_line(2))).is_err());
}

#[test]
fn cancelled_before_payment_is_not_due_and_after_it_is_refunded() {
    let one = OrderStep::Cancel(CancelScope::Lines(of_line(1)));
    let before = after(
        order(PaymentState::Created, PaymentTerms::BeforeFulfilment),
        std::slice::from_ref(&one),
    );
    assert_eq!((before.due(), before.refund_due().total()), (60, 0));
    let later = after(
        before,
        &[
            OrderStep::Pay { captured: 60 },
            OrderStep::Cancel(CancelScope::Whole),
        ],
    );
    assert_eq!(
        later.refund_due(),
        refund(50, 10, 0),
        "with the delivery, since nothing is kept"
    );
    let after_payment = after(paid(), &[one]);
    assert_eq!(after_payment.refund_due(), refund(51, 0, 0));
    let refunded = after(after_payment, &[OrderStep::Refund(refund(51, 0, 0))]);
    assert_eq!(refunded.refund_due().total(), 0);
    assert_eq!(refunded.payment_status(), PaymentStatus::PartlyRefunded);
}

#[test]
fn fully_refunded_order_reads_as_refunded() {
    let sent = after(paid(), &[OrderStep::Fulfil(of_line(2))]);
    let taken = sent.refund(&refund(101, 10, 0)).unwrap();
    assert_eq!(taken.event, OrderEvent::Refunded);
    assert_eq!(taken.facts.status(), OrderStatus::Refunded);
    assert_eq!(taken.facts.payment_status(), PaymentStatus::Refunded);
    let partly = paid().refund(&refund(101, 0, 0)).unwrap();
    assert_eq!(partly.event, OrderEvent::PartlyRefunded);
    assert_eq!(partly.facts.payment_status(), PaymentStatus::PartlyRefunded);
    assert_eq!(taken.facts.fulfil(&of_line(1)), Err(StepError::Refunded));
}

#[test]
fn refund_is_never_above_what_is_left() {
    let left = |asked, left| Err(StepError::Refund { asked, left });
    assert_eq!(paid().refund(&refund(102, 0, 0)), left(102, 101));
    assert_eq!(paid().refund(&refund(0, 11, 0)), left(11, 10));
    assert_eq!(paid().refund(&refund(0, 0, 112)), left(112, 111));
    let kind = after(paid(), &[OrderStep::Refund(refund(0, 0, 100))]);
    assert_eq!(kind.refund(&refund(51, 0, 0)), left(51, 11));
    for nothing in [refund(0, 0, 0), refund(-1, 5, 0), refund(0, 0, -1)] {
        assert_eq!(
            paid().refund(&nothing),
            Err(StepError::NoAmount),
            "{nothing:?}"
        );
    }
    let huge = RefundRequest {
        delivery: i64::MAX,
        ..refund(i64::MAX, 0, 0)
    };
    assert_eq!(paid().refund(&huge), Err(StepError::NoAmount));
    let unpaid = order(PaymentState::Authorised, PaymentTerms::AfterFulfilment);
    assert_eq!(
        unpaid.refund(&refund(1, 0, 0)),
        Err(StepError::NothingCaptured)
    );
}

#[test]
fn parcels_of_one_order_change_no_amount() {
    let sent = after(
        paid(),
        &[OrderStep::Fulfil(of_line(1)), OrderStep::Fulfil(of_line(1))],
    );
    assert_eq!((sent.due(), sent.delivery), (111, paid().delivery));
    assert_eq!(sent.fulfilment_status(), FulfilmentStatus::Fulfilled);
}

#[test]
fn order_is_sent_when_its_group_is_paid_or_pays_later() {
    let fulfil = |state, terms| {
        order(state, terms)
            .fulfil(&of_line(1))
            .map(|taken| taken.event)
    };
    use PaymentState::{Authorised, Cancelled, Captured, Created};
    use PaymentTerms::{AfterFulfilment, BeforeFulfilment};
    assert_eq!(
        fulfil(Captured, BeforeFulfilment),
        Ok(OrderEvent::PartlyFulfilled)
    );
    assert_eq!(
        fulfil(Authorised, BeforeFulfilment),
        Err(StepError::NotPaid)
    );
    assert_eq!(
        fulfil(Created, AfterFulfilment),
        Ok(OrderEvent::PartlyFulfilled)
    );
    assert_eq!(
        fulfil(Cancelled, AfterFulfilment),
        Err(StepError::PaymentCancelled)
    );
}

#[test]
fn customer_withdraws_until_the_period_is_over() {
    const DAY_MS: i64 = 86_400_000;
    let arrived = OrderStep::Deliver {
        units: of_line(2),
        at_ms: 5,
    };
    let arrived = after(paid(), &[OrderStep::Fulfil(of_line(2)), arrived]);
    let period = WithdrawalPeriod { days: 14 };
    let last = period.end_ms(5) - 1;
    assert_eq!(last, 15 * DAY_MS + 4, "the day of arrival does not count");
    let taken = arrived.withdraw(&of_line(2), period, last).unwrap();
    assert_eq!(
        (taken.event, taken.restock),
        (OrderEvent::Withdrawn, Vec::new())
    );
    assert_eq!(
        taken.facts.refund_due().total(),
        0,
        "the goods are still out"
    );
    let back = OrderStep::Return {
        units: of_line(2),
        restock: true,
    };
    let back = after(taken.facts, &[back]);
    assert_eq!(back.refund_due(), refund(101, 10, 0), "with the delivery");
    assert_eq!(
        arrived.withdraw(&of_line(1), period, last + 1),
        Err(StepError::WithdrawalOver)
    );
}

#[test]
fn withdrawal_cancels_what_was_not_sent() {
    let sent = after(paid(), &[OrderStep::Fulfil(of_line(1))]);
    let period = WithdrawalPeriod { days: 14 };
    let taken = sent.withdraw(&of_line(2), period, i64::MAX).unwrap();
    let line = taken.facts.lines[0];
    assert_eq!((line.cancelled, line.withdrawn), (1, 1));
    assert_eq!(taken.restock, of_line(1));
    assert_eq!(taken.facts.refund_due(), refund(51, 0, 0));
    assert!(
        taken.facts.withdraw(&of_line(1), period, 0).is_err(),
        "twice"
    );
}

#[test]
fn returned_goods_are_sold_again_if_they_are_fit() {
    let sent = after(paid(), &[OrderStep::Fulfil(of_line(2))]);
    let kept = sent.return_goods(&of_line(1), false).unwrap();
    assert_eq!(kept.restock, Vec::new());
    assert_eq!(
        kept.facts.refund_due(),
        refund(51, 0, 0),
        "without the delivery"
    );
    assert_eq!(
        kept.facts.fulfilment_status(),
        FulfilmentStatus::PartlyReturned
    );
    let all = kept.facts.return_goods(&of_line(1), true).unwrap();
    assert_eq!(all.restock, of_line(1));
    assert_eq!(all.facts.fulfilment_status(), FulfilmentStatus::Returned);
}

#[test]
fn order_on_invoice_is_complete_when_it_is_paid() {
    let invoice = order(PaymentState::Created, PaymentTerms::AfterFulfilment);
    assert_eq!(invoice.status(), OrderStatus::Open);
    let arrived = OrderStep::Deliver {
        units: of_line(2),
        at_ms: 5,
    };
    let arrived = after(invoice, &[OrderStep::Fulfil(of_line(2)), arrived]);
    assert_eq!(
        (arrived.status(), arrived.payment_status()),
        (OrderStatus::Open, PaymentStatus::Unpaid)
    );
    let paid = after(arrived, &[OrderStep::Pay { captured: 111 }]);
    assert_eq!(paid.status(), OrderStatus::Completed);
    assert_eq!(paid.pay(111), Err(StepError::AlreadyPaid));
}
