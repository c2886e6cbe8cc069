//! Steps of an order: each checks the facts and returns new ones with the name of what happened.

mod error;
mod goods;
mod money;

use serde::{Deserialize, Serialize};

pub use self::error::StepError;
use super::{OrderFacts, Units};
use crate::OrderLineId;

/// Part of an order that is cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelScope {
    /// All of it; refused once something was dispatched.
    Whole,
    /// Units of lines that were not dispatched.
    Lines(Vec<Units>),
}

/// Money that goes back to the customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RefundRequest {
    /// Amounts of lines.
    pub lines: Vec<(OrderLineId, i64)>,
    /// Amount of the delivery's price.
    pub delivery: i64,
    /// Amount beyond lines and delivery.
    pub goodwill: i64,
}

/// Time for which a customer may withdraw after the last delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalPeriod {
    /// Days.
    pub days: u32,
}

/// Step of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderStep {
    /// The group's payment was captured with this amount.
    Pay {
        /// Amount captured for the whole group.
        captured: i64,
    },
    /// Units are not to be sent.
    Cancel(CancelScope),
    /// Units are dispatched.
    Fulfil(Vec<Units>),
    /// Units arrived.
    Deliver {
        /// Units.
        units: Vec<Units>,
        /// Moment, in milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// Money goes back.
    Refund(RefundRequest),
    /// Goods came back.
    Return {
        /// Units.
        units: Vec<Units>,
        /// True if they can be sold again.
        restock: bool,
    },
    /// The customer withdraws from the contract.
    Withdraw {
        /// Units.
        units: Vec<Units>,
        /// Time for it.
        period: WithdrawalPeriod,
        /// Moment, in milliseconds since 1970 UTC.
        at_ms: i64,
    },
}

/// Event of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    /// Paid.
    Paid,
    /// All of it was cancelled.
    Cancelled,
    /// A part was cancelled.
    PartlyCancelled,
    /// A part was dispatched.
    PartlyFulfilled,
    /// The last part was dispatched.
    Fulfilled,
    /// A part arrived.
    PartlyDelivered,
    /// The last part arrived.
    Delivered,
    /// A part of the money went back.
    PartlyRefunded,
    /// All money went back.
    Refunded,
    /// Goods came back.
    Returned,
    /// The customer withdrew.
    Withdrawn,
}

/// Step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Facts after it.
    pub facts: OrderFacts,
    /// Event.
    pub event: OrderEvent,
    /// Units that go back into stock.
    pub restock: Vec<Units>,
}

impl OrderEvent {
    /// The name of the event on the wire, such as `order.paid`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "order.paid",
            Self::Cancelled => "order.cancelled",
            Self::PartlyCancelled => "order.partly_cancelled",
            Self::PartlyFulfilled => "order.partly_fulfilled",
            Self::Fulfilled => "order.fulfilled",
            Self::PartlyDelivered => "order.partly_delivered",
            Self::Delivered => "order.delivered",
            Self::PartlyRefunded => "order.partly_refunded",
            Self::Refunded => "order.refunded",
            Self::Returned => "order.returned",
            Self::Withdrawn => "order.withdrawn",
        }
    }
}

impl Taken {
    fn of(facts: OrderFacts, event: OrderEvent) -> Self {
        Self {
            facts,
            event,
            restock: Vec::new(),
        }
    }
}

impl OrderFacts {
    /// Takes a step.
    ///
    /// # Errors
    /// If the facts do not allow it.
    pub fn take(&self, step: &OrderStep) -> Result<Taken, StepError> {
        match step {
            OrderStep::Pay { captured } => self.pay(*captured),
            OrderStep::Cancel(scope) => self.cancel(scope),
            OrderStep::Fulfil(units) => self.fulfil(units),
            OrderStep::Deliver { units, at_ms } => self.deliver(units, *at_ms),
            OrderStep::Refund(request) => self.refund(request),
            OrderStep::Return { units, restock } => self.return_goods(units, *restock),
            OrderStep::Withdraw {
                units,
                period,
                at_ms,
            } => self.withdraw(units, *period, *at_ms),
        }
    }
}
