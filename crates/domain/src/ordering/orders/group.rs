//! Order groups: a customer's purchase, whose states come from its orders and its payment.

use super::{FulfilmentStatus, GroupPayment, OrderFacts, OrderStatus, PaymentStatus};

/// Facts of an order group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFacts {
    payment: GroupPayment,
    orders: Vec<OrderFacts>,
}

impl GroupFacts {
    /// Makes a group of a payment and the orders that it is for, which have that payment then.
    pub fn new(payment: GroupPayment, mut orders: Vec<OrderFacts>) -> Self {
        for order in &mut orders {
            order.payment = payment;
        }
        Self { payment, orders }
    }

    /// Returns the orders.
    pub fn orders(&self) -> &[OrderFacts] {
        &self.orders
    }

    /// Returns the payment.
    pub fn payment(&self) -> GroupPayment {
        self.payment
    }

    /// Returns the amount that is to be paid, or was.
    pub fn due(&self) -> i64 {
        self.orders.iter().map(OrderFacts::due).sum()
    }

    /// Returns the amount refunded, what was captured beyond what was due included.
    pub fn refunded(&self) -> i64 {
        let orders = self.orders.iter().map(OrderFacts::refunded);
        orders.sum::<i64>() + self.payment.overpaid_refunded
    }

    /// Returns the amount that can still be refunded: never more than was captured.
    pub fn refundable(&self) -> i64 {
        (self.payment.captured - self.refunded()).max(0)
    }

    /// Returns what was captured beyond what is due, such as a payment that came after the cancellation.
    ///
    /// The customer gets it back.
    pub fn overpaid(&self) -> i64 {
        (self.payment.captured - self.due() - self.payment.overpaid_refunded).max(0)
    }

    /// Returns the state of all orders together: that of those that were not cancelled.
    pub fn status(&self) -> OrderStatus {
        let statuses: Vec<_> = self.orders.iter().map(OrderFacts::status).collect();
        let all = |these: &[OrderStatus]| statuses.iter().all(|status| these.contains(status));
        use OrderStatus::{AwaitingPayment, Cancelled, Completed, Open, Refunded};
        if all(&[Cancelled]) {
            Cancelled
        } else if all(&[Cancelled, Refunded]) {
            Refunded
        } else if statuses.contains(&AwaitingPayment) {
            AwaitingPayment
        } else if all(&[Cancelled, Refunded, Completed]) {
            Completed
        } else {
            Open
        }
    }

    /// Returns the state of the money of all orders together.
    pub fn payment_status(&self) -> PaymentStatus {
        let captured = self.payment.captured;
        if self.status() == OrderStatus::Cancelled && captured == 0 {
            return PaymentStatus::Cancelled;
        }
        PaymentStatus::of(self.payment.state, captured, self.refunded())
    }

    /// Returns the state of the goods of all orders together.
    pub fn fulfilment_status(&self) -> FulfilmentStatus {
        FulfilmentStatus::of(self.orders.iter().flat_map(|order| &order.lines))
    }
}
