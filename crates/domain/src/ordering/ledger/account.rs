//! Accounts of the ledger.

use std::{fmt, str::FromStr};

use crate::SellerId;

/// Name that is no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no account of the ledger")]
pub struct UnknownAccount(pub String);

/// Account of the ledger. A debit is a positive entry, a credit a negative one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerAccount {
    /// Money at the payment provider or in the bank. A debit balance is money that is there.
    Provider,
    /// Money of customers for what was not fulfilled yet (credit), or their debt for what was (debit).
    Customer,
    /// Debt to a seller (credit).
    Seller(SellerId),
    /// Commission that the marketplace earned (credit).
    Commission,
    /// Discounts that the marketplace bore (debit).
    Promotions,
    /// Goodwill that the marketplace paid (debit).
    Goodwill,
    /// Fees of the provider (debit).
    ProviderFees,
}

impl fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider => f.write_str("provider"),
            Self::Customer => f.write_str("customer"),
            Self::Seller(seller) => write!(f, "seller:{seller}"),
            Self::Commission => f.write_str("commission"),
            Self::Promotions => f.write_str("promotions"),
            Self::Goodwill => f.write_str("goodwill"),
            Self::ProviderFees => f.write_str("provider_fees"),
        }
    }
}

impl FromStr for LedgerAccount {
    type Err = UnknownAccount;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownAccount(name.to_owned());
        if let Some(seller) = name.strip_prefix("seller:") {
            return seller.parse().map(Self::Seller).map_err(|_| unknown());
        }
        Ok(match name {
            "provider" => Self::Provider,
            "customer" => Self::Customer,
            "commission" => Self::Commission,
            "promotions" => Self::Promotions,
            "goodwill" => Self::Goodwill,
            "provider_fees" => Self::ProviderFees,
            _ => return Err(unknown()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_reads_back_from_its_name() {
        for account in [
            LedgerAccount::Provider,
            LedgerAccount::Customer,
            LedgerAccount::Seller(SellerId(7)),
            LedgerAccount::Commission,
            LedgerAccount::Promotions,
            LedgerAccount::Goodwill,
            LedgerAccount::ProviderFees,
        ] {
            assert_eq!(account.to_string().parse(), Ok(account));
        }
        for name in ["seller:", "seller:07", "Seller:7", "cash", ""] {
            assert!(name.parse::<LedgerAccount>().is_err(), "{name}");
        }
    }
}
