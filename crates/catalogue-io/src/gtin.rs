//! Check digits of trade item numbers (EAN, UPC, GTIN).

/// The number of twelve digits with its check digit put behind it.
pub(crate) fn gtin13(number: u64) -> String {
    let body = format!("{:012}", number % 1_000_000_000_000);
    let check = check_digit(body.as_bytes());
    format!("{body}{check}")
}

/// Reports whether the text is a trade item number with a correct check digit.
pub(crate) fn is_gtin(text: &str) -> bool {
    let digits = text.as_bytes();
    if !matches!(digits.len(), 8 | 12 | 13 | 14) || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let (body, check) = digits.split_at(digits.len() - 1);
    check_digit(body) == check[0] - b'0'
}

/// Digits weigh 3 and 1 in turn, from the right.
fn check_digit(body: &[u8]) -> u8 {
    let sum: u32 = body
        .iter()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    ((10 - sum % 10) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_right() {
        // The textbook example of GTIN-13, and one of UPC-A.
        assert!(is_gtin("4006381333931"));
        assert!(is_gtin("036000291452"));
        assert!(!is_gtin("4006381333932"));
        assert!(!is_gtin("40063813339"));
        assert!(!is_gtin(""));
        assert_eq!(gtin13(400_638_133_393), "4006381333931");
        assert!(is_gtin(&gtin13(7)));
    }
}
