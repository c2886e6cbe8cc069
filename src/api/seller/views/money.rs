//! Money of sellers on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_commerce::SellerBalance;
use souk_store::{LedgerEntry, Payout};

use crate::api::views::Timestamp;

/// What a seller is owed in a currency, in minor units.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SellerBalance")]
pub struct SellerBalanceView {
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amount that the seller is owed; negative if the seller owes.
    pub balance: i64,
    /// Part of it that is kept while goods may come back.
    pub held: i64,
    /// Amount that can be paid out now.
    pub payable: i64,
}

/// What a seller is owed.
#[derive(Debug, Object, Serialize)]
pub struct SellerBalances {
    /// Balances by currency.
    pub balances: Vec<SellerBalanceView>,
}

/// Entry of a seller's statement.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct StatementEntry {
    /// Number of the entry.
    pub id: i64,
    /// `earning`, `commission`, `refund`, `goodwill`, `payout` or `payout_returned`.
    pub kind: String,
    /// Order that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Amount in minor units: above zero raises what the seller is owed.
    pub amount: i64,
    /// Time.
    pub at: Timestamp,
}

/// Statement of a seller in one currency.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct SellerStatement {
    /// Entries, the oldest first.
    pub entries: Vec<StatementEntry>,
    /// Send it as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

/// A payout.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Payout", skip_serializing_if_is_none)]
pub struct PayoutView {
    /// Payout id.
    pub id: i64,
    /// Seller id.
    pub seller: i64,
    /// Name of the seller.
    pub seller_name: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amount in minor units.
    pub amount: i64,
    /// `created`, `paid`, `returned` or `cancelled`.
    pub state: String,
    /// Holder of the bank account.
    pub holder: String,
    /// IBAN of the bank account: whole for staff who pay, else all but country and last four characters hidden.
    pub iban: String,
    /// Reference of the bank's transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Reason of its return or cancellation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// Time of its return or cancellation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// Payouts.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct PayoutList {
    /// Payouts, the newest first.
    pub payouts: Vec<PayoutView>,
    /// Send it as `before` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

impl SellerBalances {
    /// Shows balances by currency.
    pub(crate) fn new(balances: Vec<SellerBalance>) -> Self {
        let balances = balances.into_iter().map(|balance| SellerBalanceView {
            currency: balance.currency,
            balance: balance.amounts.balance,
            held: balance.amounts.held,
            payable: balance.amounts.payable,
        });
        Self {
            balances: balances.collect(),
        }
    }
}

impl From<LedgerEntry> for StatementEntry {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            order: entry.order_id,
            // The ledger writes what is owed to a seller as a credit.
            amount: entry.amount.saturating_neg(),
            at: Timestamp::from_ms(entry.at_ms),
        }
    }
}

impl PayoutView {
    /// Shows a payout; the whole IBAN only to those who pay it.
    pub(crate) fn new(payout: Payout, is_whole: bool) -> Self {
        Self {
            id: payout.id.0,
            seller: payout.seller.0,
            seller_name: payout.seller_name,
            currency: payout.currency,
            amount: payout.amount,
            state: payout.state.to_string(),
            iban: match is_whole {
                true => payout.account.iban.clone(),
                false => payout.account.masked(),
            },
            holder: payout.account.holder,
            reference: payout.reference,
            reason: payout.reason,
            created_at: Timestamp::from_ms(payout.created_at_ms),
            paid_at: payout.paid_at_ms.map(Timestamp::from_ms),
            ended_at: payout.ended_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl PayoutList {
    /// Shows a page of at most `limit` payouts.
    pub(crate) fn new(payouts: Vec<Payout>, limit: u32, is_whole: bool) -> Self {
        let is_full = payouts.len() as u64 == u64::from(limit);
        let last = payouts.last().map(|payout| payout.id.0);
        let views = payouts
            .into_iter()
            .map(|payout| PayoutView::new(payout, is_whole));
        Self {
            payouts: views.collect(),
            next_before: last.filter(|_| is_full),
        }
    }
}
