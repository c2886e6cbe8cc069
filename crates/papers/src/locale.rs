//! Amounts, rates and times as a language writes them.

use chrono::{DateTime, Datelike, Timelike, Utc};
use souk_domain::{Currency, currency_exponent};

/// Language of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// English, which is for everybody else, too.
    English,
    /// German.
    German,
}

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// Space that no line is broken at.
const NO_BREAK: char = '\u{a0}';

impl Locale {
    /// All locales.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Returns the locale of a language, ISO 639-1; English if its texts are not there.
    pub fn of(language: &str) -> Self {
        match language {
            "de" => Self::German,
            _ => Self::English,
        }
    }

    /// Returns the code of the language.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Writes an amount of minor units: `€1,234.50` or `1.234,50 €`. A currency that is not known has its code alone.
    pub fn amount(self, minor: i64, currency: &str) -> String {
        let known = Currency::from_code(currency);
        let digits = known.map_or(2, currency_exponent);
        let unit = 10_u64.pow(digits);
        let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
        let (group, point) = match self {
            Self::English => (',', '.'),
            Self::German => ('.', ','),
        };
        let mut figures = grouped(whole, group);
        if digits > 0 {
            figures.push(point);
            figures.push_str(&format!("{rest:0width$}", width = digits as usize));
        }
        let sign = if minor < 0 { "-" } else { "" };
        match (self, symbol(currency)) {
            (Self::English, Some(symbol)) => format!("{sign}{symbol}{figures}"),
            (Self::English, None) => format!("{sign}{currency}{NO_BREAK}{figures}"),
            (Self::German, symbol) => {
                format!("{sign}{figures}{NO_BREAK}{}", symbol.unwrap_or(currency))
            }
        }
    }

    /// Writes a rate of parts per million as percent: `19%` or `7,5 %`.
    pub fn rate(self, ppm: i64) -> String {
        let (whole, rest) = (ppm / 10_000, ppm % 10_000);
        let rest = format!("{rest:04}");
        let rest = rest.trim_end_matches('0');
        let (point, space) = match self {
            Self::English => (".", String::new()),
            Self::German => (",", NO_BREAK.to_string()),
        };
        let point = if rest.is_empty() { "" } else { point };
        format!("{whole}{point}{rest}{space}%")
    }

    /// Writes the day of a time, in UTC: `1 December 2026` or `1. Dezember 2026`.
    pub fn date(self, at_ms: i64) -> String {
        let Some(at) = DateTime::<Utc>::from_timestamp_millis(at_ms) else {
            return String::new();
        };
        let month = at.month0() as usize;
        match self {
            Self::English => format!("{} {} {}", at.day(), ENGLISH_MONTHS[month], at.year()),
            Self::German => format!("{}. {} {}", at.day(), GERMAN_MONTHS[month], at.year()),
        }
    }

    /// Writes a time to the minute, in UTC.
    pub fn time(self, at_ms: i64) -> String {
        let Some(at) = DateTime::<Utc>::from_timestamp_millis(at_ms) else {
            return String::new();
        };
        let (day, hour, minute) = (self.date(at_ms), at.hour(), at.minute());
        match self {
            Self::English => format!("{day}, {hour:02}:{minute:02} UTC"),
            Self::German => format!("{day}, {hour:02}:{minute:02} Uhr (UTC)"),
        }
    }
}

/// Returns the sign of a currency, where everybody who reads these languages knows it.
fn symbol(currency: &str) -> Option<&'static str> {
    Some(match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        _ => return None,
    })
}

/// Writes a number in groups of three digits.
fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_has_the_form_of_its_language_and_the_digits_of_its_currency() {
        let (en, de) = (Locale::English, Locale::German);
        assert_eq!(en.amount(123_456_750, "EUR"), "€1,234,567.50");
        assert_eq!(de.amount(123_456_750, "EUR"), "1.234.567,50\u{a0}€");
        assert_eq!(en.amount(-5, "USD"), "-$0.05");
        assert_eq!(de.amount(-5, "USD"), "-0,05\u{a0}$");
        assert_eq!(en.amount(1_200, "JPY"), "¥1,200");
        assert_eq!(de.amount(1_200, "JPY"), "1.200\u{a0}¥");
        assert_eq!(en.amount(1_234_567, "KWD"), "KWD\u{a0}1,234.567");
        assert_eq!(
            de.amount(i64::MIN, "CHF"),
            "-92.233.720.368.547.758,08\u{a0}CHF"
        );
        assert_eq!(en.amount(999, "EUR"), "€9.99");
    }

    #[test]
    fn rate_has_no_more_digits_than_it_needs() {
        assert_eq!(Locale::English.rate(190_000), "19%");
        assert_eq!(Locale::German.rate(190_000), "19\u{a0}%");
        assert_eq!(Locale::English.rate(75_000), "7.5%");
        assert_eq!(Locale::German.rate(5), "0,0005\u{a0}%");
        assert_eq!(Locale::English.rate(0), "0%");
    }

    #[test]
    fn time_is_written_in_utc() {
        let at = 1_796_133_900_000;
        assert_eq!(Locale::English.time(at), "1 December 2026, 14:05 UTC");
        assert_eq!(Locale::German.time(at), "1. Dezember 2026, 14:05 Uhr (UTC)");
        assert_eq!(Locale::German.date(i64::MAX), "");
    }

    #[test]
    fn language_without_texts_reads_english() {
        assert_eq!(Locale::of("fr"), Locale::English);
        assert_eq!(Locale::of("de"), Locale::German);
    }
}
