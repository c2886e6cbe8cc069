//! Steps of goods: cancelling, sending, arriving, coming back.

use std::collections::BTreeSet;

use super::{CancelScope, OrderEvent, StepError, Taken, WithdrawalPeriod};
use crate::ordering::{
    PaymentState, PaymentTerms,
    orders::{LineFacts, OrderFacts, Units},
    share_so_far,
};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

impl WithdrawalPeriod {
    /// Returns the moment after the period of goods that arrived at a moment.
    ///
    /// The day of arrival does not count and the last day counts whole, wherever the customer is.
    pub fn end_ms(self, delivered_at_ms: i64) -> i64 {
        delivered_at_ms.saturating_add((i64::from(self.days) + 1) * DAY_MS)
    }
}

impl OrderFacts {
    /// Cancels units that were not dispatched.
    ///
    /// Before the payment they are no longer due; after it their refund is.
    ///
    /// # Errors
    /// If all is cancelled already, or units that were dispatched are meant.
    pub fn cancel(&self, scope: &CancelScope) -> Result<Taken, StepError> {
        self.check_alive()?;
        let units = match scope {
            CancelScope::Lines(units) => units.clone(),
            CancelScope::Whole if self.lines.iter().any(|line| line.fulfilled > 0) => {
                return Err(StepError::Dispatched);
            }
            CancelScope::Whole => self.unsent(),
        };
        let facts = self.changed(&units, LineFacts::unsent, |line, units| {
            line.cancelled += units;
        })?;
        let event = if facts.is_cancelled() {
            OrderEvent::Cancelled
        } else {
            OrderEvent::PartlyCancelled
        };
        Ok(Taken {
            facts: facts.with_waived(),
            event,
            restock: units,
        })
    }

    /// Dispatches units, in one parcel of perhaps several.
    ///
    /// # Errors
    /// If the order is not paid and the terms ask for that, or there are not so many units to send.
    pub fn fulfil(&self, units: &[Units]) -> Result<Taken, StepError> {
        self.check_alive()?;
        match (self.payment.state, self.payment.terms) {
            (PaymentState::Captured, _) => (),
            (PaymentState::Cancelled, _) => return Err(StepError::PaymentCancelled),
            (_, PaymentTerms::AfterFulfilment) => (),
            (_, PaymentTerms::BeforeFulfilment) => return Err(StepError::NotPaid),
        }
        if self.is_refunded() {
            return Err(StepError::Refunded);
        }
        let facts = self.changed(units, LineFacts::unsent, |line, units| {
            line.fulfilled += units;
        })?;
        let is_last = facts.lines.iter().all(|line| line.unsent() == 0);
        let event = if is_last {
            OrderEvent::Fulfilled
        } else {
            OrderEvent::PartlyFulfilled
        };
        Ok(Taken::of(facts, event))
    }

    /// Records that dispatched units arrived.
    ///
    /// # Errors
    /// If not so many are on their way.
    pub fn deliver(&self, units: &[Units], at_ms: i64) -> Result<Taken, StepError> {
        let on_the_way = |line: &LineFacts| line.fulfilled - line.arrived();
        let mut facts = self.changed(units, on_the_way, |line, units| {
            line.delivered += units;
        })?;
        facts.delivered_at_ms = facts.delivered_at_ms.max(Some(at_ms));
        let is_last = facts.lines.iter().all(LineFacts::has_arrived);
        let event = if is_last {
            OrderEvent::Delivered
        } else {
            OrderEvent::PartlyDelivered
        };
        Ok(Taken::of(facts, event))
    }

    /// Records that dispatched units came back. Their refund is due then.
    ///
    /// # Errors
    /// If not so many are out.
    pub fn return_goods(&self, units: &[Units], restock: bool) -> Result<Taken, StepError> {
        let out = |line: &LineFacts| line.fulfilled - line.returned;
        let facts = self.changed(units, out, |line, units| line.returned += units)?;
        let restock = if restock { units.to_vec() } else { Vec::new() };
        Ok(Taken {
            facts: facts.with_waived(),
            event: OrderEvent::Returned,
            restock,
        })
    }

    /// Records that the customer withdraws from units: those that were not dispatched are cancelled, and the others are
    /// to come back.
    ///
    /// # Errors
    /// If the period is over, or there are not so many units.
    pub fn withdraw(
        &self,
        units: &[Units],
        period: WithdrawalPeriod,
        at_ms: i64,
    ) -> Result<Taken, StepError> {
        self.check_alive()?;
        let has_arrived = self.lines.iter().all(LineFacts::has_arrived);
        let end = self.delivered_at_ms.map(|arrived| period.end_ms(arrived));
        if has_arrived && end.is_some_and(|end| at_ms >= end) {
            return Err(StepError::WithdrawalOver);
        }
        let mut restock = Vec::new();
        let facts = self.changed(units, LineFacts::withdrawable, |line, units| {
            let unsent = units.min(line.unsent());
            if unsent > 0 {
                line.cancelled += unsent;
                restock.push(Units {
                    line: line.line,
                    units: unsent,
                });
            }
            if units > unsent {
                line.withdrawn = line.withdrawn.max(line.returned) + units - unsent;
            }
        })?;
        Ok(Taken {
            facts: facts.with_waived(),
            event: OrderEvent::Withdrawn,
            restock,
        })
    }

    fn check_alive(&self) -> Result<(), StepError> {
        if self.is_cancelled() {
            return Err(StepError::Cancelled);
        }
        Ok(())
    }

    fn unsent(&self) -> Vec<Units> {
        let units = self.lines.iter().map(|line| Units {
            line: line.line,
            units: line.unsent(),
        });
        units.filter(|units| units.units > 0).collect()
    }

    /// Returns the facts after a change of units of which there are enough.
    fn changed(
        &self,
        units: &[Units],
        left: impl Fn(&LineFacts) -> i64,
        mut change: impl FnMut(&mut LineFacts, i64),
    ) -> Result<Self, StepError> {
        let mut facts = self.clone();
        let mut seen = BTreeSet::new();
        for &Units { line, units } in units {
            let own = facts.lines.iter_mut().find(|own| own.line == line);
            let Some(own) = own else {
                return Err(StepError::UnknownLine { line });
            };
            if !seen.insert(line) {
                return Err(StepError::DoubleLine { line });
            }
            if units < 1 {
                return Err(StepError::NoUnits);
            }
            let left = left(own);
            if units > left {
                let asked = units;
                return Err(StepError::Units { line, asked, left });
            }
            change(own, units);
        }
        if seen.is_empty() {
            return Err(StepError::NoUnits);
        }
        Ok(facts)
    }

    /// Takes off what is due the price of units that were cancelled or came back before the payment.
    fn with_waived(mut self) -> Self {
        if self.payment.state == PaymentState::Captured {
            return self;
        }
        for line in &mut self.lines {
            line.waived = line.worth(line.cancelled + line.returned);
        }
        if self.gives_back_delivery() {
            self.delivery.waived = self.delivery.gross;
        }
        self
    }

    /// Reports whether the customer keeps nothing: all was cancelled, or came back after a withdrawal.
    pub(in crate::ordering) fn gives_back_delivery(&self) -> bool {
        let kept = |line: &LineFacts| line.live() - line.withdrawn.min(line.returned);
        self.lines.iter().all(|line| kept(line) == 0)
    }
}

impl LineFacts {
    /// Returns the share of the price that some of the units have, rounded over all units before them.
    pub(in crate::ordering) fn worth(&self, units: i64) -> i64 {
        share_so_far(self.gross, units.clamp(0, self.ordered), self.ordered).unwrap_or(0)
    }

    /// Returns the units that were neither cancelled nor dispatched.
    fn unsent(&self) -> i64 {
        self.live() - self.fulfilled
    }

    fn withdrawable(&self) -> i64 {
        self.live() - self.withdrawn.max(self.returned)
    }
}
