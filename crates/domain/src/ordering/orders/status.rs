//! States of an order, derived from its facts.

use serde::{Deserialize, Serialize};

use super::{LineFacts, OrderFacts, PaymentTerms};
use crate::ordering::PaymentState;

/// State of an order as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Waits for its payment before anything is sent.
    AwaitingPayment,
    /// Is to be sent, is on its way, or is to be paid.
    Open,
    /// All that was not cancelled is delivered and paid.
    Completed,
    /// All of it was cancelled.
    Cancelled,
    /// All that was paid has been refunded.
    Refunded,
}

/// State of an order's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Not paid yet.
    Unpaid,
    /// The customer has to confirm the payment.
    RequiresConfirmation,
    /// The amount is set aside.
    Authorised,
    /// The last attempt failed.
    Failed,
    /// The payment was given up, or all was cancelled before it.
    Cancelled,
    /// Paid.
    Paid,
    /// Paid, and a part of it was refunded.
    PartlyRefunded,
    /// All that was paid has been refunded.
    Refunded,
}

/// State of an order's goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilmentStatus {
    /// Nothing was sent.
    Unfulfilled,
    /// A part was sent.
    PartlyFulfilled,
    /// All that was not cancelled was sent.
    Fulfilled,
    /// All that was not cancelled was delivered.
    Delivered,
    /// All was sent, and a part of it came back.
    PartlyReturned,
    /// All was sent and came back.
    Returned,
    /// All was cancelled.
    Cancelled,
}

impl OrderFacts {
    /// Returns the state of the order as a whole.
    pub fn status(&self) -> OrderStatus {
        let is_paid = self.payment.state == PaymentState::Captured;
        if self.is_cancelled() {
            OrderStatus::Cancelled
        } else if self.is_refunded() {
            OrderStatus::Refunded
        } else if !is_paid && self.payment.terms == PaymentTerms::BeforeFulfilment {
            OrderStatus::AwaitingPayment
        } else if is_paid && self.lines.iter().all(LineFacts::has_arrived) {
            OrderStatus::Completed
        } else {
            OrderStatus::Open
        }
    }

    /// Returns the state of the order's money: that of the group's payment, and of the order's own refunds.
    pub fn payment_status(&self) -> PaymentStatus {
        if self.is_cancelled() && self.captured() == 0 {
            return PaymentStatus::Cancelled;
        }
        PaymentStatus::of(self.payment.state, self.captured(), self.refunded())
    }

    /// Returns the state of the order's goods.
    pub fn fulfilment_status(&self) -> FulfilmentStatus {
        FulfilmentStatus::of(self.lines.iter())
    }
}

impl PaymentStatus {
    pub(super) fn of(state: PaymentState, captured: i64, refunded: i64) -> Self {
        match state {
            PaymentState::Created => Self::Unpaid,
            PaymentState::RequiresConfirmation => Self::RequiresConfirmation,
            PaymentState::Authorised => Self::Authorised,
            PaymentState::Failed => Self::Failed,
            PaymentState::Cancelled => Self::Cancelled,
            PaymentState::Captured if refunded <= 0 => Self::Paid,
            PaymentState::Captured if refunded < captured => Self::PartlyRefunded,
            PaymentState::Captured => Self::Refunded,
        }
    }
}

impl FulfilmentStatus {
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a LineFacts>) -> Self {
        let (mut live, mut sent, mut arrived, mut returned) = (0, 0, 0, 0);
        for line in lines {
            live += line.live();
            sent += line.fulfilled;
            arrived += line.arrived();
            returned += line.returned;
        }
        if live == 0 {
            Self::Cancelled
        } else if sent == 0 {
            Self::Unfulfilled
        } else if sent < live {
            Self::PartlyFulfilled
        } else if returned == live {
            Self::Returned
        } else if returned > 0 {
            Self::PartlyReturned
        } else if arrived == live {
            Self::Delivered
        } else {
            Self::Fulfilled
        }
    }
}
