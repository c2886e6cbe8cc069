//! Facts of an order: what was ordered, paid, sent and given back.

use serde::{Deserialize, Serialize};

use crate::{OrderLineId, ordering::PaymentState};

/// Time at which a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentTerms {
    /// Before anything is sent.
    #[default]
    BeforeFulfilment,
    /// By invoice or on delivery.
    AfterFulfilment,
}

/// Payment of the order group that an order belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupPayment {
    /// State.
    pub state: PaymentState,
    /// Time at which the customer pays.
    pub terms: PaymentTerms,
    /// Amount captured for the whole group.
    pub captured: i64,
    /// Amount that went back because it was captured beyond what was due.
    #[serde(default)]
    pub overpaid_refunded: i64,
}

/// Units of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// Line.
    pub line: OrderLineId,
    /// Number, at least 1.
    pub units: i64,
}

/// Facts of a line: its frozen price, and counts of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFacts {
    /// Line.
    pub line: OrderLineId,
    /// Price of all units, tax included, frozen.
    pub gross: i64,
    /// Units ordered.
    pub ordered: i64,
    /// Units cancelled; never among those dispatched.
    pub cancelled: i64,
    /// Units dispatched.
    pub fulfilled: i64,
    /// Units delivered, of those dispatched.
    pub delivered: i64,
    /// Units dispatched that the customer withdrew from.
    pub withdrawn: i64,
    /// Units that came back, of those dispatched.
    pub returned: i64,
    /// Part of the price that was cancelled before it was paid.
    pub waived: i64,
    /// Part of the price that was refunded.
    pub refunded: i64,
}

/// Facts of the delivery's price. It is one figure, however many parcels there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeliveryFacts {
    /// Price, tax included, frozen.
    pub gross: i64,
    /// Part of the price that was cancelled before it was paid.
    pub waived: i64,
    /// Part of the price that was refunded.
    pub refunded: i64,
}

/// Facts of an order. Its states are derived from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFacts {
    /// Moment at which it was placed, in milliseconds since 1970 UTC.
    pub placed_at_ms: i64,
    /// Payment of its group.
    pub payment: GroupPayment,
    /// Lines.
    pub lines: Vec<LineFacts>,
    /// Price of delivery.
    pub delivery: DeliveryFacts,
    /// Amount given back beyond lines and delivery.
    pub goodwill: i64,
    /// Moment of the last delivery, in milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at_ms: Option<i64>,
}

impl LineFacts {
    /// Returns a line of which nothing has happened yet.
    pub fn new(line: OrderLineId, ordered: i64, gross: i64) -> Self {
        Self {
            line,
            gross,
            ordered,
            cancelled: 0,
            fulfilled: 0,
            delivered: 0,
            withdrawn: 0,
            returned: 0,
            waived: 0,
            refunded: 0,
        }
    }

    /// Returns the units that were not cancelled.
    pub(in crate::ordering) fn live(&self) -> i64 {
        self.ordered - self.cancelled
    }

    /// Returns the units that are no longer on their way: delivered, or back without it.
    pub(super) fn arrived(&self) -> i64 {
        self.delivered.max(self.returned)
    }

    /// Reports whether all units that were not cancelled have arrived.
    pub(super) fn has_arrived(&self) -> bool {
        self.arrived() == self.live()
    }
}

impl OrderFacts {
    /// Returns an order of which nothing has happened yet.
    pub fn new(
        placed_at_ms: i64,
        payment: GroupPayment,
        lines: Vec<LineFacts>,
        delivery_gross: i64,
    ) -> Self {
        Self {
            placed_at_ms,
            payment,
            lines,
            delivery: DeliveryFacts {
                gross: delivery_gross,
                ..DeliveryFacts::default()
            },
            goodwill: 0,
            delivered_at_ms: None,
        }
    }

    /// Returns the amount that is to be paid, or was: the frozen prices less what was cancelled before payment.
    pub fn due(&self) -> i64 {
        let lines = self.lines.iter().map(|line| line.gross - line.waived);
        lines.sum::<i64>() + self.delivery.gross - self.delivery.waived
    }

    /// Returns the order's part of what the group's payment captured.
    pub fn captured(&self) -> i64 {
        match self.payment.state {
            PaymentState::Captured => self.due(),
            _ => 0,
        }
    }

    /// Returns the amount refunded, goodwill included.
    pub fn refunded(&self) -> i64 {
        let lines = self.lines.iter().map(|line| line.refunded);
        lines.sum::<i64>() + self.delivery.refunded + self.goodwill
    }

    /// Returns the amount that can still be refunded.
    pub fn refundable(&self) -> i64 {
        self.captured() - self.refunded()
    }

    /// Reports whether every unit was cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        self.lines.iter().all(|line| line.live() == 0)
    }

    /// Reports whether something was paid, and all of it went back.
    pub(super) fn is_refunded(&self) -> bool {
        self.refunded() > 0 && self.refundable() <= 0
    }
}
