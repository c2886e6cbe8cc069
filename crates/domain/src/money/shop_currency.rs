//! Currencies that a shop may have: those that shoppers pay in today.

use super::Currency;

/// Codes that are no money, by their meaning.
const NO_MONEY: &[(&str, &[&str])] = &[
    ("a code for tests", &["XTS"]),
    ("the code of no currency", &["XXX"]),
    ("a precious metal", &["XAG", "XAU", "XPD", "XPT"]),
    (
        "a unit of account",
        &[
            "XAD", "XBA", "XBB", "XBC", "XBD", "XDR", "XEU", "XFO", "XFU", "XRE", "XSU", "XUA",
        ],
    ),
];

/// Funds and withdrawn currencies, each with the one that is paid in.
const REPLACED: &[(&str, &str)] = &[
    ("ADP", "EUR"),
    ("AFA", "AFN"),
    ("ANG", "XCG"),
    ("AOR", "AOA"),
    ("ATS", "EUR"),
    ("AZM", "AZN"),
    ("BEF", "EUR"),
    ("BGL", "EUR"),
    ("BGN", "EUR"),
    ("BOV", "BOB"),
    ("BYB", "BYN"),
    ("BYR", "BYN"),
    ("CHE", "CHF"),
    ("CHW", "CHF"),
    ("CLF", "CLP"),
    ("COU", "COP"),
    ("CSD", "RSD"),
    ("CUC", "CUP"),
    ("CYP", "EUR"),
    ("DEM", "EUR"),
    ("EEK", "EUR"),
    ("ESP", "EUR"),
    ("FIM", "EUR"),
    ("FRF", "EUR"),
    ("GHC", "GHS"),
    ("GRD", "EUR"),
    ("HRK", "EUR"),
    ("IEP", "EUR"),
    ("ITL", "EUR"),
    ("LTL", "EUR"),
    ("LUF", "EUR"),
    ("LVL", "EUR"),
    ("MGF", "MGA"),
    ("MRO", "MRU"),
    ("MTL", "EUR"),
    ("MXV", "MXN"),
    ("MZM", "MZN"),
    ("NLG", "EUR"),
    ("PLZ", "PLN"),
    ("PTE", "EUR"),
    ("ROL", "RON"),
    ("RUR", "RUB"),
    ("SDD", "SDG"),
    ("SIT", "EUR"),
    ("SKK", "EUR"),
    ("SLL", "SLE"),
    ("SRG", "SRD"),
    ("STD", "STN"),
    ("TMM", "TMT"),
    ("TRL", "TRY"),
    ("UAK", "UAH"),
    ("USN", "USD"),
    ("USS", "USD"),
    ("UYI", "UYU"),
    ("UYW", "UYU"),
    ("VEB", "VES"),
    ("VED", "VES"),
    ("VEF", "VES"),
    ("YUM", "RSD"),
    ("ZMK", "ZMW"),
    ("ZWD", "ZWG"),
    ("ZWL", "ZWG"),
    ("ZWN", "ZWG"),
    ("ZWR", "ZWG"),
];

/// A code that no shop may have its prices in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShopCurrencyError {
    /// Not in ISO 4217.
    #[error("must be an ISO 4217 code such as EUR; `{0}` is none")]
    Unknown(String),
    /// No money at all.
    #[error("must be a currency that shoppers pay in, such as EUR; `{code}` is {meaning}")]
    NoMoney {
        /// The code.
        code: String,
        /// Its meaning.
        meaning: &'static str,
    },
    /// A fund, or a currency that was withdrawn.
    #[error("must be a currency that shoppers pay in; use {instead} in the place of `{code}`")]
    Replaced {
        /// The code.
        code: String,
        /// Code of the currency to use.
        instead: &'static str,
    },
}

/// Returns the currency of a code, if a shop may have its prices in it.
///
/// # Errors
/// If it is unknown, a test, a metal, a fund or withdrawn.
pub fn shop_currency(code: &str) -> Result<Currency, ShopCurrencyError> {
    let own = code.to_owned();
    if let Some((meaning, _)) = NO_MONEY.iter().find(|(_, codes)| codes.contains(&code)) {
        return Err(ShopCurrencyError::NoMoney { code: own, meaning });
    }
    if let Some((_, instead)) = REPLACED.iter().find(|(replaced, _)| *replaced == code) {
        return Err(ShopCurrencyError::Replaced { code: own, instead });
    }
    Currency::from_code(code).ok_or(ShopCurrencyError::Unknown(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_that_is_paid_in_is_taken() {
        for code in [
            "EUR", "USD", "JPY", "IDR", "HUF", "XCG", "ZWG", "SLE", "XAF", "XOF", "XPF", "XCD",
            "MRU",
        ] {
            let taken = shop_currency(code).map(|currency| currency.code());
            assert_eq!(taken, Ok(code));
        }
    }

    #[test]
    fn funds_metals_tests_and_withdrawn_ones_are_refused() {
        for code in ["XXX", "XTS", "XAU", "XDR", "XSU"] {
            let error = shop_currency(code).unwrap_err();
            assert!(matches!(error, ShopCurrencyError::NoMoney { .. }), "{code}");
        }
        for (code, instead) in [
            ("BOV", "BOB"),
            ("BGN", "EUR"),
            ("HRK", "EUR"),
            ("SLL", "SLE"),
            ("CUC", "CUP"),
            ("ZWL", "ZWG"),
            ("ANG", "XCG"),
            ("VEF", "VES"),
        ] {
            let message = shop_currency(code).unwrap_err().to_string();
            assert!(
                message.contains(instead) && message.contains(code),
                "{message}"
            );
        }
        assert!(matches!(
            shop_currency("ABC"),
            Err(ShopCurrencyError::Unknown(_))
        ));
        assert!(shop_currency("eur").is_err());
    }

    #[test]
    fn currency_named_in_place_of_a_withdrawn_one_is_taken() {
        for (code, instead) in REPLACED {
            assert!(shop_currency(instead).is_ok(), "{instead} for {code}");
        }
    }
}
