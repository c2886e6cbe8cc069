//! Quantities in a query: `2tb` also matches `2 TB` and `2000 GB`; `15 inch` also matches `15"`.
//!
//! Documents and queries write a quantity in many ways. The index holds the words of documents unchanged. The query is
//! expanded by the other spellings, so that no reindex is needed and every engine finds the same. Spellings of one word
//! are added to [`Word::joined`], those of two words to [`Word::synonyms`].

use super::analysis::{Analyzer, Token};
use super::text_query::{Word, WordForm};

/// Unit of measure: its size in the smallest unit of its kind, and its spellings, the symbol first.
struct Unit(u64, &'static [&'static str]);

/// Unit that a number without a word may stand for.
const INCH: Unit = Unit(1, &["inch", "in", "inches"]);
/// Spelling that is a unit only when joined with a number, because the word alone is too frequent.
const ONLY_JOINED: &str = "in";
const INCH_SIGNS: [&str; 4] = ["\"", "″", "”", "''"];

/// Units by kind of measure, the same in every language. A storage unit is 1,000 of the next smaller one.
const MEASURES: [&[Unit]; 10] = [
    &[INCH],
    &[Unit(1, &["ft", "foot", "feet"])],
    &[
        Unit(1, &["mb", "megabyte", "megabytes"]),
        Unit(1_000, &["gb", "gigabyte", "gigabytes"]),
        Unit(1_000_000, &["tb", "terabyte", "terabytes"]),
    ],
    &[
        Unit(1, &["mm", "millimeter", "millimetre"]),
        Unit(10, &["cm", "centimeter", "centimetre"]),
        Unit(1_000, &["m", "meter", "metre", "meters", "metres"]),
    ],
    &[
        Unit(1, &["g", "gram", "grams"]),
        Unit(1_000, &["kg", "kilogram", "kilograms"]),
    ],
    &[
        Unit(1, &["ml", "milliliter", "millilitre"]),
        Unit(10, &["cl", "centiliter", "centilitre"]),
        Unit(1_000, &["l", "liter", "litre", "liters", "litres"]),
    ],
    &[
        Unit(1, &["w", "watt", "watts"]),
        Unit(1_000, &["kw", "kilowatt"]),
    ],
    &[Unit(1, &["v", "volt", "volts"])],
    &[Unit(1, &["mah"]), Unit(1_000, &["ah"])],
    &[
        Unit(1, &["hz", "hertz"]),
        Unit(1_000, &["khz", "kilohertz"]),
        Unit(1_000_000, &["mhz", "megahertz"]),
        Unit(1_000_000_000, &["ghz", "gigahertz"]),
    ],
];

/// Larger numbers are not how anyone writes a quantity.
const MOST: u64 = 9_999;
/// Adds to the words of a text what else its quantities are written like. `tokens` are the words as they stand in `raw`.
/// Other words of letters and digits are left whole: `ps4` in two would be found wherever there is a 4.
pub(crate) fn widen(raw: &str, tokens: &[Token], words: &mut [Word], analyzer: &mut Analyzer) {
    for place in 0..words.len() {
        let surface = tokens[place].surface.as_str();
        let first_letter = surface.find(|letter: char| !letter.is_ascii_digit());
        let (digits, letters) = surface.split_at(first_letter.unwrap_or(surface.len()));
        if digits.is_empty() {
            continue;
        }
        let quantity = Quantity {
            digits,
            letters,
            whole: whole_part(raw, &tokens[..=place]),
            place,
        };
        quantity.widen(raw, tokens, words, analyzer);
    }
}

/// Returns the integer part of the decimal number whose fraction is the last of these words.
fn whole_part<'a>(raw: &str, tokens: &'a [Token]) -> Option<&'a str> {
    let [.., whole, fraction] = tokens else {
        return None;
    };
    let between = raw.get(whole.end..fraction.start)?;
    let is_number = whole.surface.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && matches!(between, "." | ",")).then_some(&whole.surface)
}

/// A number at a place in a text, and the letters right after it.
struct Quantity<'a> {
    digits: &'a str,
    letters: &'a str,
    /// Returns the integer part, if the digits are a fraction.
    whole: Option<&'a str>,
    place: usize,
}

impl Quantity<'_> {
    fn widen(&self, raw: &str, tokens: &[Token], words: &mut [Word], analyzer: &mut Analyzer) {
        let place = self.place;
        if !self.letters.is_empty() {
            if let Some((measure, unit)) = unit_of(self.letters) {
                self.widen_joined(unit, &mut words[place], analyzer);
                self.convert(measure, unit, place, words, analyzer);
            }
            return;
        }
        let after = &raw[tokens[place].end..];
        if INCH_SIGNS.iter().any(|sign| after.starts_with(sign)) {
            for written in INCH.1 {
                let as_one = WordForm::new(&format!("{}{written}", self.digits), analyzer);
                words[place].add_variant(as_one);
            }
        } else if let Some(next) = tokens.get(place + 1)
            && place + 1 < words.len()
            && matches!(raw.get(tokens[place].end..next.start), Some(" " | "-"))
            && next.surface != ONLY_JOINED
            && let Some((measure, unit)) = unit_of(&next.surface)
        {
            self.widen_apart(unit, words, analyzer);
            self.convert(measure, unit, place + 1, words, analyzer);
        }
    }

    /// `2tb`: the other ways to write the unit, as one word with the number or apart.
    fn widen_joined(&self, unit: &Unit, word: &mut Word, analyzer: &mut Analyzer) {
        for written in unit.1 {
            let as_one = WordForm::new(&format!("{}{written}", self.digits), analyzer);
            word.add_variant(as_one);
            word.add_synonym(parts([self.digits, written], analyzer));
        }
        if unit.1 == INCH.1 {
            word.add_variant(WordForm::new(self.digits, analyzer));
        }
    }

    /// `2 tb`: the same, where both words are there.
    fn widen_apart(&self, unit: &Unit, words: &mut [Word], analyzer: &mut Analyzer) {
        for written in unit.1 {
            let as_one = WordForm::new(&format!("{}{written}", self.digits), analyzer);
            words[self.place].add_variant(as_one.clone());
            words[self.place + 1].add_variant(as_one);
            words[self.place + 1].add_variant(WordForm::new(written, analyzer));
        }
        if unit.1 == INCH.1 {
            words[self.place + 1].add_variant(WordForm::new(self.digits, analyzer));
        }
    }

    /// The same quantity in other units, where that is a whole number, in place of all words up to `last`.
    fn convert(
        &self,
        measure: &[Unit],
        unit: &Unit,
        last: usize,
        words: &mut [Word],
        analyzer: &mut Analyzer,
    ) {
        let first = self.place - usize::from(self.whole.is_some());
        for other in measure.iter().filter(|other| other.0 != unit.0) {
            let Some(number) = self.in_other(unit, other) else {
                continue;
            };
            let (number, sign) = (number.to_string(), other.1[0]);
            let as_one = WordForm::new(&format!("{number}{sign}"), analyzer);
            let apart = parts([&number, sign], analyzer);
            for word in &mut words[first..=last] {
                word.add_variant(as_one.clone());
                word.add_synonym(apart.clone());
            }
        }
    }

    fn in_other(&self, unit: &Unit, other: &Unit) -> Option<u64> {
        let (numerator, denominator) = match self.whole {
            None => (self.digits.parse::<u64>().ok()?, 1),
            Some(whole) => {
                let places = u32::try_from(self.digits.len()).ok()?;
                let all = format!("{whole}{}", self.digits);
                (all.parse().ok()?, 10_u64.checked_pow(places)?)
            }
        };
        let smallest = numerator.checked_mul(unit.0)?;
        let divisor = denominator.checked_mul(other.0)?;
        let number = smallest / divisor;
        (smallest % divisor == 0 && (1..=MOST).contains(&number)).then_some(number)
    }
}

fn unit_of(written: &str) -> Option<(&'static [Unit], &'static Unit)> {
    MEASURES.iter().find_map(|measure| {
        let unit = measure.iter().find(|unit| unit.1.contains(&written))?;
        Some((*measure, unit))
    })
}

fn parts(texts: [&str; 2], analyzer: &mut Analyzer) -> Option<Vec<WordForm>> {
    texts
        .iter()
        .map(|text| WordForm::new(text, analyzer))
        .collect()
}

#[cfg(test)]
mod tests {
    use souk_domain::Language;

    use crate::query::TextPlan;

    /// Returns the variants and synonyms of a word, as they are written.
    fn ways(text: &str, place: usize) -> Vec<String> {
        let plan = TextPlan::new(text, Language::English);
        let word = &plan.words[place];
        let one = word.joined.iter().map(|joined| joined.surface.clone());
        let several = word.synonyms.iter().map(|words| {
            let words = words.iter().map(|word| word.surface.as_str());
            words.collect::<Vec<_>>().join(" ")
        });
        one.chain(several).collect()
    }

    #[track_caller]
    fn assert_ways(text: &str, place: usize, expected: &[&str]) {
        let ways = ways(text, place);
        for expected in expected {
            assert!(ways.iter().any(|way| way == expected), "{text}: {ways:?}");
        }
    }

    #[test]
    fn a_number_and_its_unit_add_variant_word_or_two() {
        assert_ways("2tb disk", 0, &["2 tb", "2 terabyte", "2terabyte"]);
        assert_ways("2 tb disk", 0, &["2tb", "2terabyte"]);
        assert_ways("2 tb disk", 1, &["2tb", "terabyte"]);
        assert_ways("10 metres cable", 1, &["10m", "m"]);
        assert_ways("10-meter cable", 1, &["10m", "m"]);
    }

    #[test]
    fn a_number_may_be_inches_without_saying_so() {
        assert_ways("15\" laptop", 0, &["15inch", "15in"]);
        assert_ways("15 inch laptop", 1, &["15", "15in"]);
        assert_ways("15.6in laptop", 1, &["6", "6inch", "6 inch"]);
        assert!(!ways("2 in 1 laptop", 1).contains(&"inch".to_owned()));
    }

    #[test]
    fn a_quantity_is_the_same_in_another_unit() {
        assert_ways("2tb", 0, &["2000gb", "2000 gb"]);
        assert_ways("2000 gb", 0, &["2tb", "2 tb"]);
        assert_ways("2000 gb", 1, &["2tb", "2 tb"]);
        assert_ways("1.5 tb", 0, &["1500 gb"]);
        assert_ways("1.5 tb", 2, &["1500gb"]);
        assert_ways("3,5mm", 1, &["5 mm"]);
        let ways = ways("1500 gb", 0);
        assert!(!ways.iter().any(|way| way.contains("tb")), "{ways:?}");
    }

    #[test]
    fn codes_and_names_are_no_quantities() {
        for text in ["a4", "006r90321", "iphone8", "4k"] {
            assert_eq!(ways(text, 0), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn numbers_of_any_size_are_read() {
        for text in [
            "99999999999999999999tb",
            "18446744073709551615 ghz",
            "0 gb",
            "1.00000000000000000000000 tb",
        ] {
            assert!(!TextPlan::new(text, Language::Simple).words.is_empty());
        }
    }
}
