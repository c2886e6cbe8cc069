//! Numbers of orders as people read them.

use serde::{Deserialize, Serialize};

use crate::InvalidField;

/// Most characters of a prefix.
const MAX_PREFIX_CHARS: usize = 12;
/// Most digits that a number is filled up to.
const MAX_DIGITS: usize = 12;

/// Text that is not a number of an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a number of an order is like `{like}`")]
pub struct OrderNumberError {
    like: String,
}

/// Form of a marketplace's order numbers: a prefix, then the count, such as `SO-000017`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderNumberFormat {
    /// Text before the count: up to 12 of `A` to `Z`, digits and `-`, not with a digit at its end.
    pub prefix: String,
    /// Digits that the count is filled up to with zeros, 1 to 12; a larger count has more.
    pub digits: usize,
}

impl Default for OrderNumberFormat {
    fn default() -> Self {
        Self {
            prefix: String::new(),
            digits: 6,
        }
    }
}

impl OrderNumberFormat {
    /// Checks prefix and digits.
    ///
    /// # Errors
    /// Naming the field at fault.
    pub fn check(&self) -> Result<(), InvalidField> {
        let taken = |letter: char| matches!(letter, 'A'..='Z' | '0'..='9' | '-');
        if self.prefix.len() > MAX_PREFIX_CHARS || !self.prefix.chars().all(taken) {
            let rule = "must be up to 12 of the letters A to Z, digits and -";
            return Err(InvalidField::new("prefix", rule));
        }
        if self.prefix.ends_with(|last: char| last.is_ascii_digit()) {
            return Err(InvalidField::new("prefix", "must not end with a digit"));
        }
        if !(1..=MAX_DIGITS).contains(&self.digits) {
            return Err(InvalidField::new("digits", "must be from 1 to 12"));
        }
        Ok(())
    }

    /// Writes the number of a count.
    pub fn format(&self, count: u64) -> String {
        format!("{}{count:0width$}", self.prefix, width = self.digits)
    }

    /// Reads a number as it is written, or with small letters or blanks around it.
    ///
    /// # Errors
    /// If it is not of this form, or of the count zero.
    pub fn parse(&self, text: &str) -> Result<u64, OrderNumberError> {
        let text = text.trim().to_ascii_uppercase();
        let count = text.strip_prefix(&self.prefix).filter(|digits| {
            !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
        });
        count
            .and_then(|digits| digits.parse().ok())
            .filter(|&count| count > 0 && self.format(count) == text)
            .ok_or_else(|| OrderNumberError {
                like: self.format(17),
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_prefix(prefix: &str) -> OrderNumberFormat {
        OrderNumberFormat {
            prefix: prefix.to_owned(),
            ..OrderNumberFormat::default()
        }
    }

    #[test]
    fn number_is_read_in_its_own_form_alone() {
        let format = with_prefix("SO-");
        assert_eq!(format.format(17), "SO-000017");
        assert_eq!(format.parse(" so-000017 "), Ok(17));
        for text in [
            "000017",
            "SO-17",
            "SO-0000017",
            "SO-",
            "SO-000000",
            "SO-+00017",
        ] {
            let message = format.parse(text).unwrap_err().to_string();
            assert_eq!(
                message, "a number of an order is like `SO-000017`",
                "{text}"
            );
        }
    }

    #[test]
    fn prefix_that_would_run_into_the_count_is_refused() {
        let blamed = |prefix| with_prefix(prefix).check().err().map(|error| error.field);
        assert_eq!(blamed("A2"), Some("prefix".into()));
        assert_eq!(blamed("a-"), Some("prefix".into()));
        assert_eq!(blamed("A-"), None);
        let wide = OrderNumberFormat {
            digits: 13,
            ..OrderNumberFormat::default()
        };
        assert_eq!(wide.check().unwrap_err().field, "digits");
    }

    proptest! {
        #[test]
        fn number_of_every_count_reads_back(count in 1_u64.., digits in 1_usize..=12, prefix in "[A-Z]{0,3}-?") {
            let format = OrderNumberFormat { prefix, digits };
            prop_assert_eq!(format.parse(&format.format(count)), Ok(count));
        }
    }
}
