//! Journals of the events of selling.

use super::{
    Journal, JournalEntry, JournalError, JournalKind,
    LedgerAccount::{
        self, Commission, Customer, Goodwill, Promotions, Provider, ProviderFees, Seller,
    },
};
use crate::{
    SellerId,
    ordering::{PromotionBearer, RefundParts},
};

/// Amounts that a seller earns with goods, before the commission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earning {
    /// Seller.
    pub seller: SellerId,
    /// Amount that the customer paid or owes, tax included.
    pub gross: i64,
    /// Amount that the marketplace pays for discounts that it bears.
    pub subsidy: i64,
}

/// Records money that came from a customer.
///
/// # Errors
/// If the amount is negative.
pub fn payment_captured(amount: i64) -> Result<Journal, JournalError> {
    moved(JournalKind::PaymentCaptured, amount, Provider, Customer)
}

/// Records that a seller fulfilled.
///
/// # Errors
/// If an amount is negative.
pub fn earning(earning: Earning) -> Result<Journal, JournalError> {
    let Earning {
        seller,
        gross,
        subsidy,
    } = earning;
    let seller = Seller(seller);
    let parts = [(gross, Customer, seller), (subsidy, Promotions, seller)];
    journal(JournalKind::Earning, &parts)
}

/// Records the commission of what a seller fulfilled.
///
/// # Errors
/// If the amount is negative.
pub fn commission(seller: SellerId, amount: i64) -> Result<Journal, JournalError> {
    moved(JournalKind::Commission, amount, Seller(seller), Commission)
}

/// Records a refund of goods that were not fulfilled: the seller earned nothing yet.
///
/// # Errors
/// If the amount is negative.
pub fn refund_before_earning(amount: i64) -> Result<Journal, JournalError> {
    moved(JournalKind::Refund, amount, Customer, Provider)
}

/// Records a refund of goods that the seller earned with: earning, subsidy and commission go back as well.
///
/// # Errors
/// If an amount is negative.
pub fn refund_after_earning(seller: SellerId, parts: RefundParts) -> Result<Journal, JournalError> {
    let seller = Seller(seller);
    let parts = [
        (parts.gross, seller, Provider),
        (parts.subsidy, seller, Promotions),
        (parts.commission, Commission, seller),
    ];
    journal(JournalKind::Refund, &parts)
}

/// Records money for a customer without goods that come back, paid by the seller or the marketplace.
///
/// # Errors
/// If the amount is negative.
pub fn goodwill(
    seller: SellerId,
    bearer: PromotionBearer,
    amount: i64,
) -> Result<Journal, JournalError> {
    let payer = match bearer {
        PromotionBearer::Marketplace => Goodwill,
        PromotionBearer::Seller => Seller(seller),
    };
    moved(JournalKind::Goodwill, amount, payer, Provider)
}

/// Records a payout to a seller.
///
/// # Errors
/// If the amount is negative.
pub fn payout(seller: SellerId, amount: i64) -> Result<Journal, JournalError> {
    moved(JournalKind::Payout, amount, Seller(seller), Provider)
}

/// Records that the bank returned a payout.
///
/// # Errors
/// If the amount is negative.
pub fn payout_returned(seller: SellerId, amount: i64) -> Result<Journal, JournalError> {
    moved(
        JournalKind::PayoutReturned,
        amount,
        Provider,
        Seller(seller),
    )
}

/// Records a fee that the provider kept.
///
/// # Errors
/// If the amount is negative.
pub fn provider_fee(amount: i64) -> Result<Journal, JournalError> {
    moved(JournalKind::ProviderFee, amount, ProviderFees, Provider)
}

fn moved(
    kind: JournalKind,
    amount: i64,
    debit: LedgerAccount,
    credit: LedgerAccount,
) -> Result<Journal, JournalError> {
    journal(kind, &[(amount, debit, credit)])
}

fn journal(
    kind: JournalKind,
    parts: &[(i64, LedgerAccount, LedgerAccount)],
) -> Result<Journal, JournalError> {
    if parts.iter().any(|&(amount, ..)| amount < 0) {
        return Err(JournalError::Negative);
    }
    signed(kind, parts)
}

/// Makes a journal of amounts, each with the account that it is a debit of and the one that it is a credit of. A negative
/// one is taken back.
pub(super) fn signed(
    kind: JournalKind,
    parts: &[(i64, LedgerAccount, LedgerAccount)],
) -> Result<Journal, JournalError> {
    let entries = parts.iter().flat_map(|&(amount, debit, credit)| {
        let entry = |account, amount| JournalEntry { account, amount };
        [entry(debit, amount), entry(credit, amount.saturating_neg())]
    });
    Journal::new(kind, entries)
}
