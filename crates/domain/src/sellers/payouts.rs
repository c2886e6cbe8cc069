//! Payouts: how much of what a seller earned can be paid now, and what becomes of a payout.

use std::{fmt, str::FromStr};

/// State of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayoutState {
    /// Is to be transferred; the ledger has it already.
    Created,
    /// Was transferred, with the bank's reference.
    Paid,
    /// Came back from the bank; the seller is owed it again.
    Returned,
    /// Was called off before it was transferred; the seller is owed it again.
    Cancelled,
}

/// Step of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutStep {
    /// Was transferred.
    Pay,
    /// Came back, before or after the bank said that it succeeded.
    Return,
    /// Is called off.
    Cancel,
}

/// Step that the state of a payout does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a payout that is {state} cannot be {}", step.participle())]
pub struct PayoutRefusal {
    /// State.
    pub state: PayoutState,
    /// Step.
    pub step: PayoutStep,
}

/// Name that no state has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` must be one of created, paid, returned, cancelled")]
pub struct UnknownPayoutState(pub String);

impl PayoutState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Created, Self::Paid, Self::Returned, Self::Cancelled];

    /// Name as the API and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Paid => "paid",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the state after a step.
    ///
    /// # Errors
    /// If it does not allow the step.
    pub const fn after(self, step: PayoutStep) -> Result<Self, PayoutRefusal> {
        match (self, step) {
            (Self::Created, PayoutStep::Pay) => Ok(Self::Paid),
            (Self::Created | Self::Paid, PayoutStep::Return) => Ok(Self::Returned),
            (Self::Created, PayoutStep::Cancel) => Ok(Self::Cancelled),
            (state, step) => Err(PayoutRefusal { state, step }),
        }
    }
}

impl PayoutStep {
    const fn participle(self) -> &'static str {
        match self {
            Self::Pay => "paid",
            Self::Return => "returned",
            Self::Cancel => "cancelled",
        }
    }
}

impl fmt::Display for PayoutState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PayoutState {
    type Err = UnknownPayoutState;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|it| it.as_str() == name);
        found.ok_or_else(|| UnknownPayoutState(name.to_owned()))
    }
}

/// Sum that one order brought a seller: earnings less commission, refunds and what it bears, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarnedByOrder {
    /// Sum; negative if more was given back than was earned.
    pub amount: i64,
}

/// Amounts of a seller in one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payable {
    /// Amount that the seller is owed; negative if the seller owes.
    pub balance: i64,
    /// Part of it that is kept for returns, since the goods were sent too lately.
    pub held: i64,
    /// Amount that can be paid out now: no more than is owed, past its reserve, and there.
    pub payable: i64,
}

/// Returns what can be paid to a seller.
///
/// `recent` are the orders that are still within the time to return them. A refund of one of them lowers what is held for
/// it, so that it takes nothing from older earnings. `movable` is the money that the provider or the bank has.
#[must_use]
pub fn payable(balance: i64, recent: &[EarnedByOrder], movable: i64) -> Payable {
    let sums = recent.iter().map(|order| order.amount.max(0));
    let held = sums.fold(0_i64, i64::saturating_add).min(balance.max(0));
    let payable = balance.saturating_sub(held).min(movable).max(0);
    Payable {
        balance,
        held,
        payable,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn earned(amounts: &[i64]) -> Vec<EarnedByOrder> {
        let orders = amounts.iter().map(|&amount| EarnedByOrder { amount });
        orders.collect()
    }

    #[test]
    fn recent_earnings_are_held_and_refunded_ones_hold_nothing() {
        // 500 of old, 300 of a recent order, and one that was wholly refunded.
        let due = payable(800, &earned(&[300, 0]), 10_000);
        assert_eq!((due.held, due.payable), (300, 500));
        // A goodwill made a recent order bring less than nothing: the seller bears it out of the rest.
        let due = payable(450, &earned(&[-50]), 10_000);
        assert_eq!((due.held, due.payable), (0, 450));
    }

    #[test]
    fn payout_is_no_larger_than_the_provider_can_move() {
        assert_eq!(payable(800, &[], 250).payable, 250);
        assert_eq!(payable(800, &[], -10).payable, 0);
    }

    #[test]
    fn seller_who_owes_is_paid_nothing() {
        let due = payable(-20, &earned(&[300]), 10_000);
        assert_eq!((due.held, due.payable), (0, 0));
    }

    #[test]
    fn each_state_allows_its_steps_alone() {
        let steps = [PayoutStep::Pay, PayoutStep::Return, PayoutStep::Cancel];
        let allowed: Vec<_> = PayoutState::ALL
            .into_iter()
            .flat_map(|state| steps.map(|step| (state, step)))
            .filter_map(|(state, step)| {
                Some(format!("{state} {step:?} {}", state.after(step).ok()?))
            })
            .collect();
        assert_eq!(
            allowed,
            [
                "created Pay paid",
                "created Return returned",
                "created Cancel cancelled",
                "paid Return returned",
            ]
        );
    }

    proptest! {
        #[test]
        fn amounts_are_within_one_another(
            balance in -1_000_i64..1_000,
            recent in prop::collection::vec(-500_i64..500, 0..5),
            movable in -100_i64..2_000,
        ) {
            let due = payable(balance, &earned(&recent), movable);
            prop_assert!(due.payable >= 0 && due.held >= 0);
            prop_assert!(due.payable <= movable.max(0));
            prop_assert!(due.payable + due.held <= balance.max(0));
        }
    }
}
