//! Codes of promotions.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::InvalidField;

/// Code of a promotion: 3 to 40 capital letters `A` to `Z`, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PromotionCode(String);

impl PromotionCode {
    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PromotionCode {
    type Err = InvalidField;

    /// Reads a code as it is typed, in letters of either case and with blanks around it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = text.trim().to_ascii_uppercase();
        let taken = |letter: char| matches!(letter, 'A'..='Z' | '0'..='9' | '-' | '_');
        if !(3..=40).contains(&code.len()) || !code.chars().all(taken) {
            let rule = "must be 3 to 40 of the letters A to Z, digits, - and _";
            return Err(InvalidField::new("code", rule));
        }
        Ok(Self(code))
    }
}

impl TryFrom<String> for PromotionCode {
    type Error = InvalidField;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PromotionCode> for String {
    fn from(code: PromotionCode) -> Self {
        code.0
    }
}

impl fmt::Display for PromotionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_read_in_either_case() {
        assert_eq!(
            " summer-26 ".parse::<PromotionCode>().unwrap().as_str(),
            "SUMMER-26"
        );
        for text in ["ab", "", "ÄÖÜ1", "a b c", &"x".repeat(41)] {
            assert_eq!(
                text.parse::<PromotionCode>().unwrap_err().field,
                "code",
                "{text}"
            );
        }
        assert!(serde_json::from_str::<PromotionCode>("\"no code\"").is_err());
    }
}
