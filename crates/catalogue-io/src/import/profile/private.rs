//! Names of columns and attributes that nobody but the shop may see.

use std::collections::HashSet;
use std::sync::OnceLock;

use souk_domain::Currency;

use super::fields::ValueKind;

/// Words in the name of a column that is never public.
const COLUMN_WORDS: &[&str] = &[
    "cost",
    "costs",
    "wholesale",
    "margin",
    "supplier",
    "suppliers",
    "email",
    "emails",
    "purchasing",
];
const COLUMN_PARTS: &[&str] = &[
    "vendor_code",
    "vendor_sku",
    "e_mail",
    "purchase_price",
    "buying_price",
    "cost_price",
    "reviewer",
    "markup",
    "internal_note",
    "customer_name",
    "supplier_",
    "_cost",
    "reviews",
];

/// Parts of names with one sense only, wherever they stand.
const ATTRIBUTE_PARTS: &[&str] = &[
    "supplier",
    "wholesale",
    "purchasing",
    "vendor_code",
    "vendor_sku",
    "purchase_price",
    "buying_price",
    "cost_price",
    "internal_note",
    "customer_name",
];
/// The same at the beginning of a word: `previews` are no reviews.
const ATTRIBUTE_BEGINNINGS: &[&str] = &["reviews", "reviewer"];

/// Words for the shop's money, unless a word of [`SENSES`] beside them says otherwise.
const MONEY: &[&str] = &[
    "cost", "costs", "costing", "costings", "margin", "margins", "markup", "markups",
];
/// Words beside which [`MONEY`] is a property of the product: a page's margin, the cost of energy, a markup language.
const SENSES: &[&str] = &[
    // Of paper and what is printed.
    "print",
    "prints",
    "printed",
    "printing",
    "printer",
    "printable",
    "page",
    "pages",
    "sheet",
    "sheets",
    "paper",
    "roll",
    "copy",
    "copies",
    "scan",
    "scanning",
    "edge",
    "edges",
    "border",
    "borders",
    "top",
    "bottom",
    "left",
    "right",
    "side",
    "sides",
    "a3",
    "a4",
    "a5",
    "a6",
    // Of running a thing.
    "energy",
    "fuel",
    "electricity",
    "power",
    "running",
    "operating",
    "heating",
    "cooling",
    // Of sewing, engineering and software.
    "seam",
    "hem",
    "noise",
    "safety",
    "stability",
    "gain",
    "phase",
    "signal",
    "error",
    "language",
    "languages",
    "hypertext",
];
const EMAIL: &[&str] = &["email", "emails"];

/// Words of trade and bookkeeping, which leave `email` an address and are found in names that are written together.
const TRADE: &[&str] = &[
    // Sums and their rates.
    "price prices amount value values total sum subtotal net gross tax vat incl excl including excluding percent \
     percentage pct rate ratio share factor currency euro euros dollar dollars pound pounds cent cents minor \
     major",
    // Parts of speech, and what is counted.
    "of per in for and the to from with without by on our own my unit units item items piece pieces pcs each \
     product products article articles variant sku goods sold stock inventory order",
    // Which of several.
    "min max minimum maximum avg average mean median weighted current last latest first old new previous prev \
     default base basic real actual standard std estimated planned target expected fixed variable direct indirect",
    // Kinds of profits and expenses.
    "profit profits sale sales sell selling retail trade trading dealer reseller distributor purchase purchased \
     buy buying landed freight shipping transport delivery import customs duty duties handling storage warehouse \
     production manufacturing factory material materials labour labor overhead packaging procurement acquisition \
     replacement contribution commission discount rebate fob cif cogs",
    // Whose it is.
    "internal private confidential company business commercial financial accounting finance shop store merchant \
     marketplace vendor vendors seller sellers buyer buyers customer customers owner author creator manager \
     manufacturer maker brand person user member staff employee sender recipient office work personal contact \
     contacts reply erp sap",
    // Keys, and types in the names of other systems.
    "id ids code codes number no nr ref reference group class category center centre date note notes comment \
     history attr attribute param property custom meta cf pa str string num int integer float decimal dec double \
     money bool boolean",
];
/// Words behind `email` that leave it an address; `email_protocols` is what a phone can do.
const BEHIND_EMAIL: &[&str] = &["address", "addresses", "id", "ids", "contact", "contacts"];

/// Longest word that is taken apart, in bytes.
const MOST_BYTES: usize = 40;

/// Reports whether nobody but the shop may see a column of this plain name.
pub(in crate::import) fn is_private(name: &str) -> bool {
    name.split('_').any(|word| COLUMN_WORDS.contains(&word))
        || COLUMN_PARTS.iter().any(|part| name.contains(part))
        || is_private_attribute(name, ValueKind::Text)
}

/// Reports whether nobody but the shop may see what is declared an attribute of this plain name.
///
/// A name with a word for money is private unless another word tells a sense in which it is the product's: what is not
/// known stays private. Addresses under other names are found by their values.
pub(in crate::import) fn is_private_attribute(name: &str, kind: ValueKind) -> bool {
    if ATTRIBUTE_PARTS.iter().any(|part| name.contains(part)) {
        return true;
    }
    let begins = |word: &str| {
        let mut beginnings = ATTRIBUTE_BEGINNINGS.iter();
        beginnings.any(|beginning| word.starts_with(beginning))
    };
    if name.split('_').any(begins) {
        return true;
    }
    let may_be = ["cost", "margin", "markup", "mail"];
    if !may_be.iter().any(|part| name.contains(part)) {
        return false;
    }
    let words = words(name);
    // A flag or a number is no address.
    is_money(&words) || (kind == ValueKind::Text && is_address(&words))
}

fn is_money(words: &[&str]) -> bool {
    words.iter().any(|word| MONEY.contains(word)) && !words.iter().any(|word| SENSES.contains(word))
}

fn is_address(words: &[&str]) -> bool {
    let Some(at) = words.iter().position(|word| EMAIL.contains(word)) else {
        return false;
    };
    let (before, behind) = (&words[..at], &words[at + 1..]);
    before.iter().all(|word| is_trade(word))
        && behind
            .iter()
            .all(|word| BEHIND_EMAIL.contains(word) || is_mark(word))
}

fn trade() -> &'static HashSet<&'static str> {
    static WORDS: OnceLock<HashSet<&str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lists = TRADE.iter();
        lists.flat_map(|list| list.split_whitespace()).collect()
    })
}

fn is_trade(word: &str) -> bool {
    trade().contains(word) || is_mark(word) || is_currency(word)
}

fn is_currency(word: &str) -> bool {
    Currency::from_code(&word.to_uppercase()).is_some()
}

/// Reports whether a word only tells names apart: a number, or a letter for a type.
fn is_mark(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit()) || word.chars().nth(1).is_none()
}

/// Words of a plain name: `e_mail` is one, and `costprice` is two.
fn words(name: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for word in name.split('_') {
        if word == "mail" && words.last() == Some(&"e") {
            words.pop();
            words.push(EMAIL[0]);
            continue;
        }
        match parts(word) {
            Some(parts) => words.extend(parts),
            None => words.push(word),
        }
    }
    words
}

/// Takes a word apart into known ones, if it has nothing else.
fn parts(word: &str) -> Option<Vec<&str>> {
    if word.is_empty() || word.len() > MOST_BYTES {
        return None;
    }
    let known = |part: &str| {
        let lists = [MONEY, EMAIL, SENSES];
        lists.iter().any(|list| list.contains(&part)) || trade().contains(part)
    };
    if known(word) {
        return Some(vec![word]);
    }
    // From the end, so that each end is looked at once: the longest part first.
    let mut from: Vec<Option<usize>> = vec![None; word.len() + 1];
    from[word.len()] = Some(word.len());
    for at in (0..word.len()).rev() {
        from[at] = (at + 1..=word.len())
            .rev()
            .find(|end| from[*end].is_some() && word.get(at..*end).is_some_and(known));
    }
    let (mut parts, mut at) = (Vec::new(), 0);
    while at < word.len() {
        let end = from[at]?;
        parts.push(&word[at..end]);
        at = end;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::super::names::plain;
    use super::*;

    /// Each word for money, joined to each word of trade.
    #[test]
    fn money_with_words_of_trade_is_private_in_any_order() {
        for money in MONEY {
            let lone = is_private_attribute(money, ValueKind::Number);
            assert!(lone, "{money}");
            for trade in trade() {
                for name in [
                    format!("{trade}_{money}"),
                    format!("{money}_{trade}"),
                    format!("{trade}{money}"),
                    format!("{money}{trade}_eur"),
                    format!("n_{trade}_{money}_2"),
                ] {
                    assert!(is_private_attribute(&name, ValueKind::Number), "{name}");
                    assert!(is_private(&name), "{name}");
                }
            }
        }
    }

    #[test]
    fn money_with_an_unknown_word_is_private() {
        for name in [
            "zzz_cost",
            "cost_ex_vat",
            "invoice_cost",
            "margin_b2b",
            "dealers_margin",
            "rrp_margin",
            "n_markup_before_rebates",
        ] {
            assert!(is_private_attribute(name, ValueKind::Number), "{name}");
        }
    }

    #[test]
    fn money_in_a_sense_of_the_product_is_an_attribute() {
        for money in MONEY {
            for other in SENSES {
                for name in [
                    format!("{other}_{money}"),
                    format!("{money}_{other}"),
                    format!("minimum_{other}_{money}"),
                    format!("{other}_{money}_per_unit"),
                ] {
                    assert!(!is_private_attribute(&name, ValueKind::Number), "{name}");
                    assert!(!is_private_attribute(&name, ValueKind::Text), "{name}");
                }
            }
        }
    }

    #[test]
    fn parts_with_one_sense_are_private_wherever_they_stand() {
        for part in ATTRIBUTE_PARTS {
            for name in [
                (*part).to_owned(),
                format!("print_{part}_top"),
                format!("main{part}_sku"),
                format!("{part}s"),
            ] {
                for kind in [ValueKind::Text, ValueKind::Number, ValueKind::Truth] {
                    assert!(is_private_attribute(&name, kind), "{name}");
                }
            }
        }
        assert!(is_private_attribute("top_reviews", ValueKind::Text));
        assert!(is_private_attribute("reviewername", ValueKind::Text));
        assert!(!is_private_attribute("print_previews", ValueKind::Truth));
    }

    #[test]
    fn email_is_private_as_the_address_of_a_person_only() {
        for name in [
            "email",
            "Emails",
            "E-mail",
            "e_mail",
            "My e-mail address",
            "email_2",
            "contactEmail",
            "email id",
            "Seller e-mail contact",
        ] {
            let name = plain(name);
            assert!(is_private_attribute(&name, ValueKind::Text), "{name}");
            // What is declared a flag or a number holds no address.
            assert!(!is_private_attribute(&name, ValueKind::Truth), "{name}");
            assert!(!is_private_attribute(&name, ValueKind::Number), "{name}");
        }
        for name in [
            "email_protocols",
            "send_to_email_capability",
            "scan_to_e_mail",
            "email_client",
            "mail_order",
            "mailbox",
        ] {
            assert!(!is_private_attribute(name, ValueKind::Text), "{name}");
        }
    }

    #[test]
    fn names_that_only_begin_alike_are_no_money() {
        for name in [
            "costume_theme",
            "costa_rica",
            "marginal",
            "markups_language",
            "e",
            "_",
            "",
            "é_margin_é_top",
        ] {
            assert!(!is_private_attribute(name, ValueKind::Text), "{name}");
        }
    }

    /// A name as long as a hostile file can have it is read at once.
    #[test]
    fn long_names_are_bounded() {
        let long = "margin".repeat(20_000);
        assert!(!is_private_attribute(&long, ValueKind::Text));
        assert!(is_private_attribute(
            &"margin_".repeat(20_000),
            ValueKind::Text
        ));
    }
}
