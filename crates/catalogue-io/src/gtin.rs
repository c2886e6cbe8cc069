//! Generated trade item numbers.

use souk_domain::gtin_check_digit;

/// The number of twelve digits with its check digit put behind it.
pub(crate) fn gtin13(number: u64) -> String {
    let body = format!("{:012}", number % 1_000_000_000_000);
    let check = gtin_check_digit(body.as_bytes());
    format!("{body}{check}")
}

#[cfg(test)]
mod tests {
    use souk_domain::is_gtin;

    use super::*;

    #[test]
    fn check_digits_are_right() {
        assert_eq!(gtin13(400_638_133_393), "4006381333931");
        assert!(is_gtin(&gtin13(7)));
    }
}
