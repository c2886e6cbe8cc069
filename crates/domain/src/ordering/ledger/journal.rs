//! One journal: entries that belong together and sum to zero.

use std::collections::BTreeMap;

use super::LedgerAccount;

/// Event that a journal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JournalKind {
    /// A payment's money came.
    PaymentCaptured,
    /// A seller fulfilled.
    Earning,
    /// The marketplace took its commission.
    Commission,
    /// Money went back to a customer.
    Refund,
    /// Money went back to a customer without goods coming back.
    Goodwill,
    /// A seller was paid.
    Payout,
    /// The bank returned a payout.
    PayoutReturned,
    /// The provider took its fee.
    ProviderFee,
}

impl JournalKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::PaymentCaptured,
        Self::Earning,
        Self::Commission,
        Self::Refund,
        Self::Goodwill,
        Self::Payout,
        Self::PayoutReturned,
        Self::ProviderFee,
    ];

    /// The name in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaymentCaptured => "payment_captured",
            Self::Earning => "earning",
            Self::Commission => "commission",
            Self::Refund => "refund",
            Self::Goodwill => "goodwill",
            Self::Payout => "payout",
            Self::PayoutReturned => "payout_returned",
            Self::ProviderFee => "provider_fee",
        }
    }
}

/// Change of one account: a debit if positive, a credit if negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JournalEntry {
    /// Account.
    pub account: LedgerAccount,
    /// Amount in minor units, never zero.
    pub amount: i64,
}

/// Entries of one event. They sum to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    kind: JournalKind,
    entries: Vec<JournalEntry>,
}

/// Entries that are no journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The entries do not sum to zero.
    #[error("the entries of a journal must sum to zero, not to {0}")]
    Unbalanced(i128),
    /// An amount is below zero.
    #[error("an amount of a journal must not be negative")]
    Negative,
    /// A sum is beyond what an amount holds.
    #[error("the amounts are too large to be added up")]
    Overflow,
}

impl Journal {
    /// Makes a journal of entries. Those of one account are summed up, and those of zero are left out.
    ///
    /// # Errors
    /// If they do not sum to zero.
    pub fn new(
        kind: JournalKind,
        entries: impl IntoIterator<Item = JournalEntry>,
    ) -> Result<Self, JournalError> {
        let mut accounts: BTreeMap<LedgerAccount, i128> = BTreeMap::new();
        for entry in entries {
            *accounts.entry(entry.account).or_default() += i128::from(entry.amount);
        }
        let sum: i128 = accounts.values().sum();
        if sum != 0 {
            return Err(JournalError::Unbalanced(sum));
        }
        let mut entries = Vec::with_capacity(accounts.len());
        for (account, amount) in accounts.into_iter().filter(|(_, amount)| *amount != 0) {
            let amount = i64::try_from(amount).map_err(|_| JournalError::Overflow)?;
            entries.push(JournalEntry { account, amount });
        }
        Ok(Self { kind, entries })
    }

    /// Returns the event.
    pub fn kind(&self) -> JournalKind {
        self.kind
    }

    /// Returns the entries in the order of accounts; none if nothing changes.
    pub fn entries(&self) -> &[JournalEntry] {
        &self.entries
    }
}
