//! Checklist of what a seller has to show before it sells.

use super::{PayoutAccount, TraderDetails};

/// Item of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChecklistItem {
    /// Details of the trader, which buyers see.
    Trader,
    /// Bank account for payouts.
    PayoutAccount,
    /// Terms of the marketplace, accepted.
    Terms,
}

impl ChecklistItem {
    /// All items.
    pub const ALL: [Self; 3] = [Self::Trader, Self::PayoutAccount, Self::Terms];

    /// Name as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trader => "trader",
            Self::PayoutAccount => "payout_account",
            Self::Terms => "terms",
        }
    }
}

/// Returns the items that are missing: nobody sells who could not be paid, or whom buyers could not name.
#[must_use]
pub fn missing(
    trader: Option<&TraderDetails>,
    payout_account: Option<&PayoutAccount>,
    terms_accepted_at_ms: Option<i64>,
) -> Vec<ChecklistItem> {
    let is_there = |item| match item {
        ChecklistItem::Trader => trader.is_some(),
        ChecklistItem::PayoutAccount => payout_account.is_some(),
        ChecklistItem::Terms => terms_accepted_at_ms.is_some(),
    };
    let mut items = ChecklistItem::ALL.to_vec();
    items.retain(|item| !is_there(*item));
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_that_are_not_there_are_missing() {
        let account = PayoutAccount {
            holder: "Pottery Ltd".to_owned(),
            iban: "DE89370400440532013000".to_owned(),
        };
        assert_eq!(missing(None, None, None), ChecklistItem::ALL);
        assert_eq!(
            missing(None, Some(&account), Some(1)),
            [ChecklistItem::Trader]
        );
    }
}
