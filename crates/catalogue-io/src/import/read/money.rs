//! Amounts of money as people write them: with codes and symbols, marks of thousands and either decimal mark.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use souk_domain::{Currency, InvalidField, MAX_PRICE, Money, currency_exponent};

use super::value;
use crate::import::profile::names::plain;

/// Unit of a file's prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// Whole minor units: 1299 is 12.99 euros.
    Minor,
    /// Decimal major units: 12.99 is 12.99 euros.
    Major,
}

/// A mark between digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum Mark {
    Point,
    Comma,
}

impl Mark {
    fn of(c: char) -> Self {
        if c == ',' { Self::Comma } else { Self::Point }
    }

    fn char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// Meaning of an amount's marks, as far as the amount itself tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum Shape {
    Whole,
    /// The mark is a decimal one.
    Decimal(Mark),
    /// The mark stands between thousands.
    Grouped(Mark),
    /// Either of them: three digits follow.
    Open(Mark),
}

/// An amount taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Amount {
    /// Digits, points and commas.
    digits: String,
    pub currency: Option<Currency>,
    pub negative: bool,
    /// True if a number was given, not a text: its point is a decimal one.
    is_number: bool,
}

const SYMBOLS: &[(&str, Currency)] = &[
    ("€", Currency::EUR),
    ("£", Currency::GBP),
    ("US$", Currency::USD),
    ("CA$", Currency::CAD),
    ("AU$", Currency::AUD),
    ("R$", Currency::BRL),
    ("₹", Currency::INR),
    ("₽", Currency::RUB),
    ("₴", Currency::UAH),
    ("₺", Currency::TRY),
    ("₩", Currency::KRW),
    ("₫", Currency::VND),
    ("zł", Currency::PLN),
    ("Kč", Currency::CZK),
];

impl Amount {
    /// Takes a value apart: a number as it is, a text by its marks; none if there is no digit in it.
    pub(in crate::import) fn of_value(value: &Value) -> Option<Result<Self, InvalidField>> {
        let value = value::single(value)?;
        let is_number = value.is_number();
        let amount = Self::of(&value::text(value)?)?;
        Some(amount.map(|amount| Self {
            is_number,
            ..amount
        }))
    }

    /// Takes a text apart; none if there is no digit in it.
    pub(in crate::import) fn of(text: &str) -> Option<Result<Self, InvalidField>> {
        let first = text.find(|c: char| c.is_ascii_digit())?;
        let last = text.rfind(|c: char| c.is_ascii_digit())?;
        let (before, core, after) = (&text[..first], &text[first..=last], &text[last + 1..]);
        let mut digits = String::with_capacity(core.len() + 1);
        if before.ends_with(['.', ','])
            && !before
                .trim_end_matches(['.', ','])
                .ends_with(char::is_alphabetic)
        {
            digits.push('0');
            digits.extend(before.chars().last());
        }
        for c in core.chars() {
            match c {
                '0'..='9' | '.' | ',' => digits.push(c),
                '\'' | '’' | '_' => {}
                c if c.is_whitespace() => {}
                _ => {
                    return Some(Err(wrong(format!("`{}` is not an amount", text.trim()))));
                }
            }
        }
        let currency = code(before).or_else(|| code(after));
        let negative = before.contains(['-', '−']) || before.contains('(') && after.contains(')');
        Some(Ok(Self {
            digits,
            currency,
            negative,
            is_number: false,
        }))
    }

    /// Meaning of its marks.
    pub(in crate::import) fn shape(&self) -> Shape {
        let count = |mark: char| self.digits.matches(mark).count();
        let (points, commas) = (count('.'), count(','));
        match (points, commas) {
            (0, 0) => Shape::Whole,
            _ if self.is_number => Shape::Decimal(Mark::Point),
            (1, 0) | (0, 1) => {
                let c = if points == 1 { '.' } else { ',' };
                let (whole, fraction) = self.digits.split_once(c).unwrap_or_default();
                let may_be_thousands = fraction.len() == 3
                    && (1..=3).contains(&whole.len())
                    && !whole.starts_with('0');
                match may_be_thousands {
                    true => Shape::Open(Mark::of(c)),
                    false => Shape::Decimal(Mark::of(c)),
                }
            }
            (_, 0) => Shape::Grouped(Mark::Point),
            (0, _) => Shape::Grouped(Mark::Comma),
            _ => {
                let last = self.digits.rfind(['.', ',']).unwrap_or_default();
                let c = self.digits[last..].chars().next().unwrap_or('.');
                Shape::Decimal(Mark::of(c))
            }
        }
    }

    /// Minor units, rounded, and whether rounding changed it. Three digits behind an open mark are thousands, unless
    /// the column's mark or the currency's decimals say otherwise. A currency without decimals has thousands only.
    pub(in crate::import) fn minor(
        &self,
        currency: Currency,
        column_mark: Option<Mark>,
    ) -> Result<(i64, bool), InvalidField> {
        let decimal = match self.shape() {
            Shape::Whole | Shape::Grouped(_) => None,
            Shape::Decimal(mark) => Some(mark),
            Shape::Open(mark) => {
                let is_decimal = match decimals(currency) {
                    0 => false,
                    3 => column_mark.is_none_or(|of_column| of_column == mark),
                    _ => column_mark == Some(mark),
                };
                is_decimal.then_some(mark)
            }
        };
        let (whole, fraction) = match decimal {
            Some(mark) => self.digits.rsplit_once(mark.char()).unwrap_or_default(),
            None => (self.digits.as_str(), ""),
        };
        let groups: Vec<&str> = whole.split(['.', ',']).collect();
        let even =
            groups.len() == 1 || groups[1..].iter().all(|group| matches!(group.len(), 2 | 3));
        if !even || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong(format!("`{}` is not an amount", self.digits)));
        }
        let digits = decimals(currency);
        let kept: String = groups
            .concat()
            .chars()
            .chain(fraction.chars().chain(std::iter::repeat('0')).take(digits))
            .collect();
        let rest = fraction.get(digits..).unwrap_or_default();
        let too_large = || wrong(format!("lies between 0 and {MAX_PRICE} minor units"));
        let minor: i64 = kept.parse().map_err(|_| too_large())?;
        let rounded = rest.bytes().any(|byte| byte != b'0');
        let up = rest.bytes().next().is_some_and(|byte| byte >= b'5');
        let minor = minor
            .checked_add(i64::from(up))
            .filter(|minor| *minor <= MAX_PRICE)
            .ok_or_else(too_large)?;
        Ok((if self.negative { -minor } else { minor }, rounded))
    }
}

/// Reads minor units, which some writers give as `1299.0`.
pub(in crate::import) fn read_minor(text: &str, currency: Currency) -> Result<Money, InvalidField> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|digit| digit == b'0') {
        return Err(wrong(format!(
            "`{text}` is a decimal amount, but prices are read as minor units; say --price-unit major"
        )));
    }
    match whole.parse() {
        Ok(minor) if (0..=MAX_PRICE).contains(&minor) => Ok(Money::new(minor, currency)),
        Ok(_) => Err(wrong(format!("lies between 0 and {MAX_PRICE} minor units"))),
        Err(_) => Err(wrong(format!("`{text}` is not an amount"))),
    }
}

/// Number of decimal digits of a currency's amounts.
pub(in crate::import) fn decimals(currency: Currency) -> usize {
    currency_exponent(currency) as usize
}

/// Currency in a column's name, such as `price-EUR`.
pub(in crate::import) fn named_currency(column: &str) -> Option<Currency> {
    let name = plain(column);
    let (_, last) = name.rsplit_once('_')?;
    let is_code = last.len() == 3 && !matches!(last, "all" | "top" | "try");
    is_code
        .then(|| Currency::from_code(&last.to_uppercase()))
        .flatten()
}

/// Currency by a code of ISO 4217 or a symbol that only one currency has.
fn code(text: &str) -> Option<Currency> {
    let text = text.trim();
    text.split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| word.len() == 3)
        .find_map(|word| Currency::from_code(&word.to_uppercase()))
        .or_else(|| {
            SYMBOLS
                .iter()
                .find(|(symbol, _)| text.contains(symbol))
                .map(|(_, currency)| *currency)
        })
}

pub(in crate::import) fn wrong(message: impl Into<String>) -> InvalidField {
    InvalidField::new("price", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn minor(
        text: &str,
        currency: Currency,
        mark: Option<Mark>,
    ) -> Option<(i64, Option<Currency>)> {
        let amount = Amount::of(text)?.ok()?;
        let own = amount.currency.unwrap_or(currency);
        Some((amount.minor(own, mark).ok()?.0, amount.currency))
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        let usd = Some(Currency::USD);
        for (text, expected) in [
            ("12.9", (1290, None)),
            ("1,299.00 USD", (129_900, usd)),
            ("25.50USD", (2550, usd)),
            ("USD 25.50", (2550, usd)),
            ("1.299,00", (129_900, None)),
            ("1 299,00", (129_900, None)),
            ("1'299.00", (129_900, None)),
            ("1.299.000", (129_900_000, None)),
            ("49,00 TND", (49_000, Some(Currency::TND))),
            ("4.500 KWD", (4500, Some(Currency::KWD))),
            ("12500.00 JPY", (12_500, Some(Currency::JPY))),
            ("€ 19,99", (1999, Some(Currency::EUR))),
            ("19,99 €", (1999, Some(Currency::EUR))),
            (".5", (50, None)),
            ("$12", (1200, None)),
            ("12,-", (1200, None)),
            ("from 12.99", (1299, None)),
            ("52.000000", (5200, None)),
            ("16.722408", (1672, None)),
            ("0.125", (13, None)),
            ("-5.00", (-500, None)),
            ("1,22,000.00", (12_200_000, None)),
        ] {
            assert_eq!(minor(text, Currency::EUR, None), Some(expected), "{text}");
        }
        for text in ["", "variable", "12 x 3", "999999999999999999999", "1.2.3,4"] {
            assert_eq!(minor(text, Currency::EUR, None), None, "{text}");
        }
    }

    #[test]
    fn three_digits_behind_a_mark_follow_the_column() {
        let amount = |mark| minor("1.299", Currency::EUR, mark).unwrap().0;
        assert_eq!(amount(None), 129_900);
        assert_eq!(amount(Some(Mark::Comma)), 129_900);
        assert_eq!(amount(Some(Mark::Point)), 130);
        assert_eq!(minor("1.299", Currency::KWD, None).unwrap().0, 1299);
    }

    #[test]
    fn three_digits_in_a_currency_without_decimals_are_thousands() {
        for mark in [None, Some(Mark::Point), Some(Mark::Comma)] {
            for text in ["1.299", "1,299"] {
                let amount = minor(text, Currency::JPY, mark).map(|(minor, _)| minor);
                assert_eq!(amount, Some(1299), "{text} {mark:?}");
            }
        }
    }

    #[test]
    fn number_is_never_read_by_marks_of_thousands() {
        for (value, currency, expected) in [
            (json!(1.299), Currency::EUR, 130),
            (json!([1.299]), Currency::EUR, 130),
            (json!([[12.345]]), Currency::EUR, 1235),
            (json!(1234.5), Currency::JPY, 1235),
            (json!([1.299]), Currency::JPY, 1),
            (json!(12.345), Currency::KWD, 12_345),
            (json!(1299), Currency::KWD, 1_299_000),
            (json!(["1.299"]), Currency::EUR, 129_900),
        ] {
            let amount = Amount::of_value(&value).unwrap().unwrap();
            for mark in [None, Some(Mark::Comma)] {
                assert_eq!(
                    amount.minor(currency, mark).unwrap().0,
                    expected,
                    "{value} {currency} {mark:?}"
                );
            }
        }
        assert!(Amount::of_value(&json!([])).is_none());
        assert!(Amount::of_value(&json!({"amount": 1})).is_none());
    }

    #[test]
    fn amount_beyond_every_integer_is_an_error() {
        for text in ["92233720368547758.079", "92233720368547758.07", "1e30"] {
            let amount = Amount::of(text).unwrap();
            let minor = amount.and_then(|amount| amount.minor(Currency::EUR, None));
            assert!(minor.is_err(), "{text}");
        }
        let amount = Amount::of_value(&json!(1e300)).unwrap().unwrap();
        assert!(amount.minor(Currency::EUR, None).is_err());
    }

    #[test]
    fn currency_in_a_column_name_is_found() {
        assert_eq!(named_currency("price-EUR"), Some(Currency::EUR));
        assert_eq!(named_currency("price_net"), None);
    }

    #[test]
    fn minor_units_are_whole() {
        let read = |text| {
            read_minor(text, Currency::EUR)
                .ok()
                .map(|money| money.minor)
        };
        assert_eq!(read("1299"), Some(1299));
        assert_eq!(read("1299.0"), Some(1299));
        assert_eq!(read("12.99"), None);
        assert_eq!(read("-1"), None);
        assert_eq!(read("9999999999999999"), None);
    }
}
