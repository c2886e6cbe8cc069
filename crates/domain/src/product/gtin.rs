//! Trade item numbers: EAN, UPC and GTIN of one thing are one number.

use crate::InvalidField;

/// Numbers of digits that a trade item number has, the longest first.
const LENGTHS: [usize; 4] = [14, 13, 12, 8];

/// Reports whether the text is a trade item number with a correct check digit.
pub fn is_gtin(text: &str) -> bool {
    let digits = text.as_bytes();
    if !LENGTHS.contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let (body, check) = digits.split_at(digits.len() - 1);
    gtin_check_digit(body) == check[0] - b'0'
}

/// Returns the check digit of the digits before it: they weigh 3 and 1 in turn, from the right.
pub fn gtin_check_digit(body: &[u8]) -> u8 {
    let weights = [3, 1].into_iter().cycle();
    let digits = body.iter().rev().zip(weights);
    let sum: u32 = digits
        .map(|(digit, weight)| u32::from(digit.saturating_sub(b'0')) * weight)
        .sum();
    ((10 - sum % 10) % 10) as u8
}

/// Returns a trade item number with 14 digits, by which two of them are compared: a shorter one has zeros before it. None
/// if the text is none; spaces and dashes between its digits do not count.
pub fn gtin14(text: &str) -> Option<String> {
    let digits = without_separators(text);
    is_gtin(&digits).then(|| format!("{digits:0>14}"))
}

/// Returns every form in which people type a trade item number, the longest first; none if the text is no such number.
pub fn gtin_forms(text: &str) -> Vec<String> {
    let Some(longest) = gtin14(text) else {
        return Vec::new();
    };
    let shorter = LENGTHS.iter().filter_map(|length| {
        let (zeros, digits) = longest.split_at(longest.len() - length);
        let are_zeros = zeros.bytes().all(|digit| digit == b'0');
        are_zeros.then(|| digits.to_owned())
    });
    shorter.collect()
}

/// Checks the number of a variant, and takes spaces and dashes out of it.
pub(crate) fn check_gtin(field: &str, gtin: &mut String) -> Result<(), InvalidField> {
    let digits = without_separators(gtin);
    if is_gtin(&digits) {
        *gtin = digits;
        return Ok(());
    }
    let is_scientific = gtin.contains(['e', 'E']) && gtin.replace(',', ".").parse::<f64>().is_ok();
    let message = match is_scientific {
        true => {
            "must be all digits of the number, not scientific notation; keep the column as text"
        }
        false => "must be 8, 12, 13 or 14 digits, the last one being the check digit",
    };
    Err(InvalidField::new(field.to_owned(), message))
}

fn without_separators(text: &str) -> String {
    let text = text.trim();
    let letters = text.chars().enumerate();
    let kept = letters.filter(|(place, letter)| *place == 0 || !matches!(letter, ' ' | '-'));
    kept.map(|(_, letter)| letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_right() {
        // The textbook example of GTIN-13, and one of UPC-A.
        assert!(is_gtin("4006381333931") && is_gtin("036000291452"));
        for wrong in ["4006381333932", "40063813339", "", "-006381333931"] {
            assert!(!is_gtin(wrong), "{wrong}");
        }
    }

    #[test]
    fn forms_of_one_thing_meet() {
        let forms = ["00036000291452", "0036000291452", "036000291452"];
        for form in forms {
            assert_eq!(gtin14(form).as_deref(), Some("00036000291452"));
            assert_eq!(gtin_forms(form), forms);
        }
        assert_eq!(
            gtin_forms("4006381333931"),
            ["04006381333931", "4006381333931"]
        );
        assert_eq!(gtin_forms("10614141000415"), ["10614141000415"]);
        let short = gtin_forms("96385074");
        assert_eq!(short.len(), 4);
        assert!(short.iter().all(|form| gtin14(form) == gtin14("9638 5074")));
        assert_eq!(gtin14("4-006381-333931"), gtin14("4006381333931"));
        assert!(gtin_forms("4006381333932").is_empty());
    }

    #[test]
    fn scientific_notation_is_named() {
        let message = |text: &str| {
            let checked = check_gtin("gtin", &mut text.to_owned());
            checked.unwrap_err().to_string()
        };
        assert!(message("4.00638E+12").contains("scientific"));
        assert!(message("4006381333932").contains("check digit"));
        let mut spaced = "4 006381 333931".to_owned();
        check_gtin("gtin", &mut spaced).unwrap();
        assert_eq!(spaced, "4006381333931");
    }
}
