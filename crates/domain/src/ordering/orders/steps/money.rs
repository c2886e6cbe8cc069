//! Steps of money: payment and refunds.

use super::{OrderEvent, RefundRequest, StepError, Taken};
use crate::{
    OrderLineId,
    ordering::{PaymentState, orders::OrderFacts},
};

impl RefundRequest {
    /// Returns the sum of all amounts.
    pub fn total(&self) -> i64 {
        let lines = self.lines.iter().map(|(_, amount)| amount);
        lines.sum::<i64>() + self.delivery + self.goodwill
    }

    fn check(&self) -> Result<(), StepError> {
        let lines = self.lines.iter().map(|(_, amount)| *amount);
        let amounts: Vec<i64> = lines.chain([self.delivery, self.goodwill]).collect();
        let is_something = amounts.iter().any(|&amount| amount > 0);
        // A sum beyond an amount could not be compared with what is left.
        let sum: i128 = amounts.iter().map(|&amount| i128::from(amount)).sum();
        if amounts.iter().any(|&amount| amount < 0) || !is_something || i64::try_from(sum).is_err()
        {
            return Err(StepError::NoAmount);
        }
        Ok(())
    }
}

impl OrderFacts {
    /// Records that the payment of the order's group was captured.
    ///
    /// # Errors
    /// If it was before, was given up, or all of the order is cancelled.
    pub fn pay(&self, captured: i64) -> Result<Taken, StepError> {
        match self.payment.state {
            PaymentState::Captured => return Err(StepError::AlreadyPaid),
            PaymentState::Cancelled => return Err(StepError::PaymentCancelled),
            _ if self.is_cancelled() => return Err(StepError::Cancelled),
            _ => (),
        }
        let mut facts = self.clone();
        facts.payment.state = PaymentState::Captured;
        facts.payment.captured = captured;
        Ok(Taken::of(facts, OrderEvent::Paid))
    }

    /// Gives money back, of lines, of the delivery, or as goodwill.
    ///
    /// # Errors
    /// If nothing was captured, or more is asked for than is left of a part or of the order.
    pub fn refund(&self, request: &RefundRequest) -> Result<Taken, StepError> {
        if self.payment.state != PaymentState::Captured {
            return Err(StepError::NothingCaptured);
        }
        request.check()?;
        let mut facts = self.clone();
        for &(line, amount) in &request.lines {
            facts.refund_line(line, amount)?;
        }
        let left = facts.delivery.gross - facts.delivery.waived - facts.delivery.refunded;
        check_left(request.delivery, left)?;
        facts.delivery.refunded += request.delivery;
        check_left(request.total(), self.refundable())?;
        facts.goodwill += request.goodwill;
        let event = if facts.is_refunded() {
            OrderEvent::Refunded
        } else {
            OrderEvent::PartlyRefunded
        };
        Ok(Taken::of(facts, event))
    }

    fn refund_line(&mut self, line: OrderLineId, amount: i64) -> Result<(), StepError> {
        let own = self.lines.iter_mut().find(|own| own.line == line);
        let Some(own) = own else {
            return Err(StepError::UnknownLine { line });
        };
        check_left(amount, own.gross - own.waived - own.refunded)?;
        own.refunded += amount;
        Ok(())
    }

    /// Returns the refund that is owed for what was cancelled after the payment or came back, and that was not made yet.
    ///
    /// The price of delivery is owed if the customer keeps nothing.
    pub fn refund_due(&self) -> RefundRequest {
        let mut due = RefundRequest::default();
        if self.payment.state != PaymentState::Captured {
            return due;
        }
        // Goodwill may have taken a part of what would be owed.
        let mut left = self.refundable();
        let mut take = |owed: i64| {
            let amount = owed.clamp(0, left.max(0));
            left -= amount;
            amount
        };
        for line in &self.lines {
            let worth = line.worth(line.cancelled + line.returned);
            let amount = take(worth - line.waived - line.refunded);
            if amount > 0 {
                due.lines.push((line.line, amount));
            }
        }
        if self.gives_back_delivery() {
            let delivery = &self.delivery;
            due.delivery = take(delivery.gross - delivery.waived - delivery.refunded);
        }
        due
    }
}

fn check_left(asked: i64, left: i64) -> Result<(), StepError> {
    if asked > left {
        return Err(StepError::Refund { asked, left });
    }
    Ok(())
}
