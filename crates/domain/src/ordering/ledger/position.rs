//! Position of an order in the ledger, derived from its facts: each step posts the difference to the one before.
//!
//! So a refund of what was cancelled never touches the seller, one of what came back takes the earning back, and
//! steps in any order end at the same balances.

use super::{
    Journal, JournalError, JournalKind,
    LedgerAccount::{Commission, Customer, Promotions, Provider, Seller},
    journals::signed,
};
use crate::{
    SellerId,
    ordering::{
        AmountOverflow, FrozenAmounts, LineFacts, OrderFacts, RefundParts, amounts, refund_parts,
        share_so_far,
    },
};

/// Frozen amounts of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenOrder {
    /// Seller.
    pub seller: SellerId,
    /// Amounts of the lines, in the order of the facts' lines.
    pub lines: Vec<FrozenAmounts>,
    /// Amounts of the delivery.
    pub delivery: FrozenAmounts,
}

/// Amounts that an order has moved so far, goodwill aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderPosition {
    /// Amount of goods and delivery that were fulfilled.
    pub earned: i64,
    /// Amount that the marketplace paid for its discounts on them.
    pub subsidy: i64,
    /// Commission of them.
    pub commission: i64,
    /// Refunds of what was cancelled: the seller never earned it.
    pub refunded_unearned: i64,
    /// Refunds that the seller bears, with the subsidy and commission that go back.
    pub refunded: RefundParts,
    /// Amount that is no longer due since goods came back before they were paid.
    pub written_off: i64,
}

impl OrderPosition {
    /// Derives the position from the facts.
    ///
    /// The delivery is earned with the first parcel.
    ///
    /// # Errors
    /// If the facts have other lines than the amounts, or a sum is beyond what an amount holds.
    pub fn of(facts: &OrderFacts, frozen: &FrozenOrder) -> Result<Self, AmountOverflow> {
        if facts.lines.len() != frozen.lines.len() {
            return Err(AmountOverflow);
        }
        let mut position = Self::of_line(&delivery_as_line(facts), &frozen.delivery)?;
        for (line, frozen) in facts.lines.iter().zip(&frozen.lines) {
            position = position.plus(Self::of_line(line, frozen)?)?;
        }
        Ok(position)
    }

    fn of_line(line: &LineFacts, frozen: &FrozenAmounts) -> Result<Self, AmountOverflow> {
        // Counted from the last unit, so that earnings and cancelled shares add up to the whole.
        let rest = line.ordered - line.fulfilled;
        let earned = |amount: i64| Ok(amount - share_so_far(amount, rest, line.ordered)?);
        let live = |amount: i64| Ok(amount - share_so_far(amount, line.cancelled, line.ordered)?);
        let cancelled = line.worth(line.cancelled);
        let waived = line.waived.min(cancelled);
        let written_off = line.waived - waived;
        let refunded_unearned = line.refunded.min(cancelled - waived);
        let reversed = line.refunded - refunded_unearned + written_off;
        let live = FrozenAmounts {
            gross: live(frozen.gross)?,
            tax: live(frozen.tax)?,
            commission: live(frozen.commission)?,
            subsidy: live(frozen.subsidy)?,
        };
        let reversed = match live.gross {
            0 if line.live() == 0 => RefundParts::default(),
            // What cost nothing can only come back by units.
            0 => refund_parts(&live, line.live(), 0, line.returned)?,
            gross => refund_parts(&live, gross, 0, reversed)?,
        };
        Ok(Self {
            earned: earned(frozen.gross)?,
            subsidy: earned(frozen.subsidy)?,
            commission: earned(frozen.commission)?,
            refunded_unearned,
            refunded: RefundParts {
                gross: reversed.gross - written_off,
                ..reversed
            },
            written_off,
        })
    }

    /// Returns the journals that lead from an earlier position of a seller's order to this one.
    ///
    /// # Errors
    /// If an amount is beyond what an entry holds.
    pub fn journals_since(
        &self,
        before: &Self,
        seller: SellerId,
    ) -> Result<Vec<Journal>, JournalError> {
        let seller = Seller(seller);
        let earning = [
            (self.earned - before.earned, Customer, seller),
            (self.subsidy - before.subsidy, Promotions, seller),
        ];
        let commission = [(self.commission - before.commission, seller, Commission)];
        let (to, from) = (self.refunded, before.refunded);
        let unearned = self.refunded_unearned - before.refunded_unearned;
        let refund = [
            (unearned, Customer, Provider),
            (to.gross - from.gross, seller, Provider),
            (self.written_off - before.written_off, seller, Customer),
            (to.subsidy - from.subsidy, seller, Promotions),
            (to.commission - from.commission, Commission, seller),
        ];
        let journals = [
            signed(JournalKind::Earning, &earning)?,
            signed(JournalKind::Commission, &commission)?,
            signed(JournalKind::Refund, &refund)?,
        ];
        let changing = journals
            .into_iter()
            .filter(|journal| !journal.entries().is_empty());
        Ok(changing.collect())
    }

    fn plus(self, other: Self) -> Result<Self, AmountOverflow> {
        let sum = |one, other| amounts::sum([one, other]);
        let (one, two) = (self.refunded, other.refunded);
        Ok(Self {
            earned: sum(self.earned, other.earned)?,
            subsidy: sum(self.subsidy, other.subsidy)?,
            commission: sum(self.commission, other.commission)?,
            refunded_unearned: sum(self.refunded_unearned, other.refunded_unearned)?,
            refunded: RefundParts {
                gross: sum(one.gross, two.gross)?,
                tax: sum(one.tax, two.tax)?,
                commission: sum(one.commission, two.commission)?,
                subsidy: sum(one.subsidy, two.subsidy)?,
            },
            written_off: sum(self.written_off, other.written_off)?,
        })
    }
}

/// Returns the delivery as a line of one unit: sent with the first parcel, cancelled if there is none, and back with
/// all that was sent.
fn delivery_as_line(facts: &OrderFacts) -> LineFacts {
    let any_sent = facts.lines.iter().any(|line| line.fulfilled > 0);
    let all_cancelled = facts
        .lines
        .iter()
        .all(|line| line.cancelled == line.ordered);
    let all_back = facts.gives_back_delivery();
    LineFacts {
        gross: facts.delivery.gross,
        ordered: 1,
        fulfilled: any_sent.into(),
        cancelled: (all_cancelled && !any_sent).into(),
        returned: (any_sent && all_back).into(),
        waived: facts.delivery.waived,
        refunded: facts.delivery.refunded,
        ..LineFacts::new(crate::OrderLineId(0), 1, 0)
    }
}
