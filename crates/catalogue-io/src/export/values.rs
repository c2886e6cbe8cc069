//! Values as other systems write them: amounts, moments, texts.

use chrono::DateTime;
use souk_domain::{Currency, Money};

/// A decimal amount of major units without its currency, with the decimals that the currency has.
pub(super) fn amount(minor: i64, currency: Currency) -> String {
    let shown = Money::new(minor, currency).to_string();
    match shown.split_once(' ') {
        Some((amount, _)) => amount.to_owned(),
        None => shown,
    }
}

/// A number of tenths as a decimal one: 205 is `20.5`.
pub(super) fn tenths(number: i64) -> String {
    match number % 10 {
        0 => (number / 10).to_string(),
        rest => format!("{}.{rest}", number / 10),
    }
}

/// A number of thousandths as a decimal one: 1200 is `1.2`.
pub(super) fn thousandths(number: i64) -> String {
    let written = format!("{}.{:03}", number / 1_000, number % 1_000);
    written
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// A moment in UTC by a format; empty if it is out of range.
pub(super) fn moment(time_ms: i64, format: &str) -> String {
    DateTime::from_timestamp_millis(time_ms)
        .map(|time| time.format(format).to_string())
        .unwrap_or_default()
}

/// Plain text with the characters escaped that HTML gives a meaning.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Plain text as paragraphs of HTML.
pub(super) fn paragraphs(text: &str) -> String {
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("<p>{}</p>", escaped(paragraph).replace('\n', "<br>\n")))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The first characters of a text, and whether there were more.
pub(super) fn shortened(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (text[..end].trim_end(), true),
        None => (text, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_has_the_decimals_of_its_currency() {
        let amounts = [Currency::EUR, Currency::JPY, Currency::KWD]
            .map(|currency| [5, 1_299].map(|minor| amount(minor, currency)));
        let expected = [["0.05", "12.99"], ["5", "1299"], ["0.005", "1.299"]];
        assert_eq!(amounts, expected.map(|pair| pair.map(str::to_owned)));
    }

    #[test]
    fn parts_of_a_unit_are_decimals() {
        assert_eq!([200, 205, 5, 0].map(tenths), ["20", "20.5", "0.5", "0"]);
        let written = [1_200, 1_000, 20, 10_005, 0].map(thousandths);
        assert_eq!(written, ["1.2", "1", "0.02", "10.005", "0"]);
    }

    #[test]
    fn text_becomes_paragraphs_without_markup_of_its_own() {
        assert_eq!(
            paragraphs("A <b> & c\nd\n\n\ne\n"),
            "<p>A &lt;b&gt; &amp; c<br>\nd</p>\n<p>e</p>"
        );
        assert_eq!(paragraphs(" \n"), "");
    }

    #[test]
    fn shortened_text_ends_at_a_character() {
        assert_eq!(shortened("añb", 2), ("añ", true));
        assert_eq!(shortened("añb", 3), ("añb", false));
    }
}
