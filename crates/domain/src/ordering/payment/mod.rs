//! Payments as their provider tells of them.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// State of a payment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Nothing has happened yet.
    #[default]
    Created,
    /// An attempt failed; another may be made.
    Failed,
    /// The customer has to confirm it.
    RequiresConfirmation,
    /// The amount is set aside for it.
    Authorised,
    /// Given up: no attempt will be made.
    Cancelled,
    /// The money has come.
    Captured,
}

/// State of a refund at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// On its way.
    Pending,
    /// The customer has it.
    Succeeded,
    /// Back at the provider.
    Failed,
}

/// Report of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderEvent {
    /// Moment at which it happened at the provider, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Event.
    pub kind: ProviderEventKind,
}

/// Report of a provider, without its moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProviderEventKind {
    /// The payment exists.
    Created,
    /// The customer has to confirm it.
    RequiresConfirmation,
    /// The amount is set aside.
    Authorised,
    /// An attempt failed.
    Failed {
        /// Reason of the provider, such as `card_declined`.
        reason: String,
    },
    /// Money has come.
    Captured {
        /// Amount captured so far.
        amount: i64,
    },
    /// The payment was given up.
    Cancelled,
    /// A refund changed.
    Refund {
        /// Reference of the refund at the provider.
        reference: String,
        /// Amount.
        amount: i64,
        /// State.
        state: RefundState,
    },
}

/// Payment: what is known from the provider's events.
///
/// Events may come twice, late and in any order: the same events always make the same payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Amount that is asked for.
    pub amount: i64,
    captured: i64,
    is_captured: bool,
    is_cancelled: bool,
    latest: Latest,
    refunds: BTreeMap<String, Refund>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
struct Latest {
    at_ms: i64,
    state: PaymentState,
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Refund {
    at_ms: i64,
    state: RefundState,
    amount: i64,
}

impl Payment {
    /// Returns a payment of an amount that nothing is known of.
    pub fn new(amount: i64) -> Self {
        Self {
            amount,
            captured: 0,
            is_captured: false,
            is_cancelled: false,
            latest: Latest::default(),
            refunds: BTreeMap::new(),
        }
    }

    /// Adds what an event tells.
    pub fn apply(&mut self, event: &ProviderEvent) {
        let at_ms = event.at_ms;
        match &event.kind {
            ProviderEventKind::Created => self.attempt(at_ms, PaymentState::Created, None),
            ProviderEventKind::RequiresConfirmation => {
                self.attempt(at_ms, PaymentState::RequiresConfirmation, None);
            }
            ProviderEventKind::Authorised => self.attempt(at_ms, PaymentState::Authorised, None),
            ProviderEventKind::Failed { reason } => {
                self.attempt(at_ms, PaymentState::Failed, Some(reason.clone()));
            }
            ProviderEventKind::Captured { amount } => {
                self.is_captured = true;
                self.captured = self.captured.max(*amount);
            }
            ProviderEventKind::Cancelled => self.is_cancelled = true,
            ProviderEventKind::Refund {
                reference,
                amount,
                state,
            } => self.refund(
                reference,
                Refund {
                    at_ms,
                    state: *state,
                    amount: *amount,
                },
            ),
        }
    }

    /// Keeps the later one of two attempts; of two at one moment, the one that got further.
    fn attempt(&mut self, at_ms: i64, state: PaymentState, reason: Option<String>) {
        let attempt = Latest {
            at_ms,
            state,
            reason,
        };
        if attempt > self.latest {
            self.latest = attempt;
        }
    }

    fn refund(&mut self, reference: &str, refund: Refund) {
        let known = self.refunds.entry(reference.to_owned()).or_insert(refund);
        *known = refund.max(*known);
    }

    /// Returns the state. Money that came outweighs everything, then a cancellation, then the last attempt.
    pub fn state(&self) -> PaymentState {
        if self.is_captured {
            PaymentState::Captured
        } else if self.is_cancelled {
            PaymentState::Cancelled
        } else {
            self.latest.state
        }
    }

    /// Returns the reason for which the last attempt failed, if the payment waits for another one.
    pub fn failure(&self) -> Option<&str> {
        let reason = self.latest.reason.as_deref();
        reason.filter(|_| self.state() == PaymentState::Failed)
    }

    /// Returns the amount captured.
    pub fn captured(&self) -> i64 {
        self.captured
    }

    /// Returns the amount of refunds that arrived.
    pub fn refunded(&self) -> i64 {
        self.refunds_in(RefundState::Succeeded)
    }

    /// Returns the amount of refunds that are on their way.
    pub fn refunds_pending(&self) -> i64 {
        self.refunds_in(RefundState::Pending)
    }

    /// Returns the amount that can still be refunded: that of refunds that came back as well.
    pub fn refundable(&self) -> i64 {
        (self.captured - self.refunded() - self.refunds_pending()).max(0)
    }

    /// Returns the state of a refund by its reference at the provider.
    pub fn refund_state(&self, reference: &str) -> Option<RefundState> {
        self.refunds.get(reference).map(|refund| refund.state)
    }

    fn refunds_in(&self, state: RefundState) -> i64 {
        let refunds = self.refunds.values().filter(|refund| refund.state == state);
        refunds.map(|refund| refund.amount).sum()
    }
}
