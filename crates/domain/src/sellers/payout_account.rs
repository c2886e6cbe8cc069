//! Bank account that a seller is paid to.

use iban::{Iban, IbanLike};
use serde::{Deserialize, Serialize};

use crate::{InvalidField, checks::required, text::tidied};

/// Bank account of a seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutAccount {
    /// Holder of the account.
    pub holder: String,
    /// IBAN without spaces (ISO 13616).
    pub iban: String,
}

/// Bank account as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PayoutAccountInput {
    /// Holder of the account.
    pub holder: String,
    /// IBAN, with or without spaces.
    pub iban: String,
}

impl PayoutAccountInput {
    /// Tidies and checks it: form, length of the country, and check digits of the IBAN.
    ///
    /// # Errors
    /// Naming the field at fault.
    pub fn check(self) -> Result<PayoutAccount, InvalidField> {
        let holder = tidied(&self.holder);
        required("holder", &holder, 200)?;
        let compact: String = self.iban.split_whitespace().collect();
        let iban = compact.to_ascii_uppercase().parse::<Iban>();
        let iban = iban.map_err(|_| {
            let rule = "must be an IBAN whose length and check digits are right";
            InvalidField::new("iban", rule)
        })?;
        Ok(PayoutAccount {
            holder,
            iban: iban.electronic_str().to_owned(),
        })
    }
}

impl PayoutAccount {
    /// Returns the IBAN with all but its country and last four characters hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let country: String = self.iban.chars().take(2).collect();
        let from = self.iban.chars().count().saturating_sub(4);
        let last: String = self.iban.chars().skip(from).collect();
        format!("{country}** **** {last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(iban: &str) -> Result<PayoutAccount, InvalidField> {
        let holder = "Pottery Ltd".to_owned();
        let iban = iban.to_owned();
        PayoutAccountInput { holder, iban }.check()
    }

    /// The examples of ISO 13616's registry for three countries.
    #[test]
    fn iban_of_the_registry_is_taken_in_any_spelling() {
        for iban in [
            "DE89 3704 0044 0532 0130 00",
            "gb29nwbk60161331926819",
            "FR14 2004 1010 0505 0001 3M02 606",
        ] {
            assert!(check(iban).is_ok(), "{iban}");
        }
        let account = check("DE89370400440532013000").unwrap();
        assert_eq!(account.masked(), "DE** **** 3000");
    }

    #[test]
    fn iban_with_a_wrong_digit_is_refused() {
        for iban in ["DE89370400440532013001", "DE8937040044053201300", "", "12"] {
            assert_eq!(check(iban).unwrap_err().field, "iban", "{iban}");
        }
    }
}
