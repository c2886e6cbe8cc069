//! Normal form of a search text for analytics, with personal data withheld.

use souk_domain::{QueryId, SearchQuery, TextPartKind, has_operators, text_parts};
use xxhash_rust::xxh3::xxh3_64;

use super::analysis::{Folder, word_places};

/// The version of settings as they come.
pub const DEFAULT_SETTINGS: u32 = 0;

/// Replacement for a text that may identify the shopper.
const WITHHELD: &str = "(personal)";
/// Number of digits of a telephone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=19;
/// Number of digits of a bank card number.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Minimum digits of a telephone number next to words; shorter numbers there are mostly part numbers.
const PHONE_DIGITS_AMONG_WORDS: usize = 9;
/// Numbers of digits of a GTIN.
const GTIN_DIGITS: [usize; 4] = [8, 12, 13, 14];

/// Query text in normal form. Analytics count texts with the same normal form as one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryText {
    folded: String,
    shown: String,
}

impl QueryText {
    /// Normalises a typed text. Text that looks like an e-mail address, a telephone number or a bank card number is
    /// replaced by `(personal)`.
    pub fn new(typed: &str) -> Self {
        let shown = typed
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase();
        if is_personal(&shown) {
            return Self {
                folded: WITHHELD.to_owned(),
                shown: WITHHELD.to_owned(),
            };
        }
        let mut folder = Folder::new();
        let words = folded_words(&shown, &mut folder);
        // Of no words, such as `?!`: then it is what was typed.
        let folded = if words.is_empty() {
            shown.clone()
        } else {
            words.join(" ")
        };
        Self { folded, shown }
    }

    /// Stands for the text, in any case, accents, spaces or punctuation but that of operators.
    pub fn key(&self) -> u64 {
        xxh3_64(self.folded.as_bytes())
    }

    /// As people read it: lower-case, with its accents.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns true if the text is withheld because it may identify the shopper.
    pub fn is_withheld(&self) -> bool {
        self.shown == WITHHELD
    }

    /// Returns true if the text may be suggested to others: words, and no code, URL or number.
    pub fn is_worth_suggesting(shown: &str) -> bool {
        let words: Vec<&str> = shown.split(' ').collect();
        let letters = shown
            .chars()
            .filter(|letter| letter.is_alphabetic())
            .count();
        let is_code = |word: &&str| {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            digits >= 5 || (digits >= 2 && word.chars().any(char::is_alphabetic) && word.len() >= 6)
        };
        letters >= 2
            && !has_operators(shown)
            && !shown.contains(['@', '<', '>', '\\', '/'])
            && !words.iter().any(is_code)
            && shown != WITHHELD
    }
}

/// Returns the folded words of a text, those of operators between their signs.
fn folded_words(text: &str, folder: &mut Folder) -> Vec<String> {
    let mut folded = Vec::new();
    for part in text_parts(text) {
        let text = &text[part.range];
        let words = word_places(text).map(|(start, end)| folder.fold(&text[start..end]).to_owned());
        match part.kind {
            TextPartKind::Plain => folded.extend(words),
            TextPartKind::Phrase => {
                folded.push(format!("\"{}\"", words.collect::<Vec<_>>().join(" ")))
            }
            TextPartKind::Excluded => {
                folded.push(format!("-\"{}\"", words.collect::<Vec<_>>().join(" ")))
            }
        }
    }
    folded
}

/// Returns the analytics id of a search, shared by its pages and by all equal searches.
pub fn query_id(query: &SearchQuery, settings: u32) -> QueryId {
    let text = QueryText::new(query.text.as_deref().unwrap_or_default());
    // Sets and maps in order: the same filters are written alike. A rating is the only float, and checked.
    let (filters, conditions) = (&query.filters, &query.conditions);
    let rest = match conditions.is_empty() {
        true => serde_json::to_vec(&(filters, query.sort)),
        false => serde_json::to_vec(&(filters, query.sort, conditions)),
    }
    .unwrap_or_default();
    QueryId {
        text: text.key(),
        settings,
        // The lower half is as good as any.
        rest: xxh3_64(&rest) as u32,
    }
}

fn is_personal(text: &str) -> bool {
    text.split(' ').any(is_email) || is_number(text) || has_number(text)
}

/// Returns true if a telephone or card number stands among the words. Part numbers are common, so the test is stricter
/// than for a number alone.
fn has_number(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_numeric = |word: &&str| {
        let mut letters = word.chars();
        letters.any(|it| it.is_ascii_digit()) && word.chars().all(is_between_digits)
    };
    let mut runs = words
        .split(|word| !is_numeric(word))
        .filter(|run| !run.is_empty());
    runs.any(|run| {
        let digits: Vec<u32> = run
            .concat()
            .chars()
            .filter_map(|it| it.to_digit(10))
            .collect();
        let is_dialled = run[0].starts_with(['+', '0', '('])
            && (PHONE_DIGITS_AMONG_WORDS..=*PHONE_DIGITS.end()).contains(&digits.len());
        let is_whole = run.len() == 1 && digits.len() == run[0].len();
        (is_dialled && !(is_whole && is_gtin(&digits))) || is_card(&digits)
    })
}

/// Checks the check digit of a card number (ISO/IEC 7812-1, annex B).
fn is_card(digits: &[u32]) -> bool {
    let doubled = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    let digits_at = digits.iter().rev().enumerate();
    let sum: u32 = digits_at
        .map(|(place, &digit)| {
            if place % 2 == 1 {
                doubled(digit)
            } else {
                digit
            }
        })
        .sum();
    CARD_DIGITS.contains(&digits.len()) && !is_gtin(digits) && sum.is_multiple_of(10)
}

fn is_between_digits(letter: char) -> bool {
    letter.is_ascii_digit() || "+-()./".contains(letter)
}

fn is_email(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.split_once('.').is_some_and(|(_, end)| !end.is_empty())
    })
}

/// Returns true if the whole text is a telephone or card number. A GTIN is neither.
fn is_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|it| it.to_digit(10)).collect();
    PHONE_DIGITS.contains(&digits.len())
        && text.chars().all(|it| it == ' ' || is_between_digits(it))
        && !(digits.len() == text.len() && is_gtin(&digits))
}

/// Checks the check digit of a GTIN (GS1 General Specifications, 7.9).
fn is_gtin(digits: &[u32]) -> bool {
    let weighted = digits.iter().rev().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
    GTIN_DIGITS.contains(&digits.len()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use souk_domain::{Filters, PageRequest, Sort};

    use super::*;

    fn shown(typed: &str) -> String {
        QueryText::new(typed).shown().to_owned()
    }

    #[test]
    fn the_same_search_is_known_however_it_is_written() {
        let key = |typed: &str| QueryText::new(typed).key();
        assert_eq!(key("Crème  Brûlée!"), key("creme brulee"));
        assert_eq!(key("?!"), key(" ?! "));
        assert_ne!(key("creme brulee"), key("cremebrulee"));
        assert_ne!(key("red -mug"), key("red mug"));
        assert_ne!(key("\"red mug\""), key("red mug"));
        assert_eq!(key("“Red  MUG” -Lid"), key("\"red mug\" -lid"));
        assert_ne!(key("?!"), key(""));
        assert_eq!(shown("  Crème   BRÛLÉE "), "crème brûlée");
    }

    #[test]
    fn personal_text_is_withheld() {
        for personal in [
            "jane.doe@example.org",
            "orders of jane@example.org",
            "+49 171 2345678",
            "(555) 123-4567",
            "0171/2345678",
            "4111 1111 1111 1111",
            "call +49 171 2345678 please",
            "order of 0171/2345678",
            "card 4111 1111 1111 1111 refund",
        ] {
            assert_eq!(shown(personal), WITHHELD, "{personal}");
        }
        for other in [
            "mug @ home",
            "ps5",
            "4006381333931",
            "100 x 200",
            "1234",
            "ab-12345678",
            "toner 44059108",
            "monitor 1920 1080 144",
            "ean 4006381333931",
            "case 0012345",
        ] {
            assert_eq!(shown(other), other);
        }
    }

    #[test]
    fn only_words_are_offered_to_others() {
        for good in [
            "dragon mug",
            "crème brûlée",
            "ps5 controller",
            "15 inch laptop",
            "ipad 10",
        ] {
            assert!(QueryText::is_worth_suggesting(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "?!",
            "12345678",
            "006r90321",
            "ab12cd",
            "order 20231",
            "x@y",
            "<b>mug",
            "mug -red",
            "\"red mug\"",
            "c:/users",
            WITHHELD,
        ] {
            assert!(!QueryText::is_worth_suggesting(bad), "{bad}");
        }
    }

    #[test]
    fn an_id_tells_searches_apart_and_not_their_pages() {
        let query = |text: &str| SearchQuery {
            text: Some(text.to_owned()),
            ..SearchQuery::default()
        };
        let id = query_id(&query("Dragon Mug"), 3);
        assert_eq!(id.settings, 3);
        assert_eq!(id.to_string().parse(), Ok(id));
        let second = SearchQuery {
            page: PageRequest::numbered(2, 50).unwrap(),
            ..query("dragon  mug")
        };
        assert_eq!(query_id(&second, 3), id);
        assert_ne!(query_id(&query("dragon"), 3), id);
        assert_ne!(query_id(&query("dragon mug"), 4), id);
        let sorted = SearchQuery {
            sort: Sort::Newest,
            ..query("dragon mug")
        };
        assert_ne!(query_id(&sorted, 3), id);
        let filtered = SearchQuery {
            filters: Filters {
                in_stock: Some(true),
                ..Filters::default()
            },
            ..query("dragon mug")
        };
        assert_ne!(query_id(&filtered, 3), id);
    }
}
