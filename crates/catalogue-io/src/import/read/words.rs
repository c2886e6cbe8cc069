//! Words and flags for status, availability and truth, as systems write them.

use souk_domain::Condition;

use crate::import::imported::Status;

/// Truth of a flag.
pub(in crate::import) fn truth(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "1" | "true" | "yes" | "y" | "on" | "t" | "x" | "ja" | "oui" | "si" | "sí" | "да"
        | "wahr" | "vrai" | "vero" | "verdadero" | "waar" | "active" | "enabled" | "visible"
        | "published" | "continue" | "allow" | "notify" => Some(true),
        "0" | "false" | "no" | "n" | "off" | "f" | "nein" | "non" | "нет" | "inactive"
        | "falsch" | "faux" | "falso" | "onwaar" | "disabled" | "hidden" | "unpublished"
        | "deny" | "none" => Some(false),
        _ => None,
    }
}

/// Status by a word; none if the word is not known.
pub(in crate::import) fn status(text: &str) -> Option<Status> {
    match plain(text).as_str() {
        "active" | "published" | "publish" | "enabled" | "enable" | "live" | "online"
        | "visible" | "on" | "1" | "true" | "yes" | "for sale" | "available" => {
            Some(Status::Active)
        }
        "draft" | "pending" | "proposed" | "rejected" | "private" | "incomplete" | "in review"
        | "inactive" | "disabled" | "disable" | "off" | "0" | "false" | "no" | "future"
        | "auto draft" | "staging" => Some(Status::Draft),
        "unlisted" => Some(Status::Unlisted),
        "hidden" | "invisible" | "offline" | "unpublished" => Some(Status::Hidden),
        "archived" | "archive" | "deleted" | "trash" | "discontinued" | "retired" => {
            Some(Status::Archived)
        }
        _ => None,
    }
}

/// Status by a flag of publication, in which systems have further numbers.
pub(in crate::import) fn published(text: &str) -> Option<Status> {
    match plain(text).trim_start_matches('\'') {
        // WooCommerce: a draft, and one that waits for review. Magento: disabled.
        "-1" | "2" => Some(Status::Draft),
        other => match truth(other) {
            Some(true) => Some(Status::Active),
            Some(false) => Some(Status::Hidden),
            None => status(other),
        },
    }
}

/// Status by a word or flag of visibility.
pub(in crate::import) fn visibility(text: &str) -> Option<Status> {
    let word = plain(text);
    match word.as_str() {
        "not visible individually" | "nowhere" | "none" | "hidden" => Some(Status::Hidden),
        "catalog, search" | "catalog" | "search" | "both" | "everywhere" | "catalog search"
        | "staging" => Some(if word == "staging" {
            Status::Draft
        } else {
            Status::Active
        }),
        _ => published(&word),
    }
}

/// Availability of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum Availability {
    In,
    Out,
    /// Sold although it is not there.
    Backorder,
    /// As the parent's.
    OfParent,
}

/// Availability by a word, a flag or an address of schema.org.
pub(in crate::import) fn availability(text: &str) -> Option<Availability> {
    let word = text.trim().rsplit('/').next().unwrap_or_default();
    let word: String = word
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    match word.as_str() {
        "instock"
        | "instoreonly"
        | "onlineonly"
        | "limitedavailability"
        | "availablefororder"
        | "lowstock"
        | "available"
        | "unlimited"
        | "untracked"
        | "default"
        | "1"
        | "true"
        | "yes"
        | "y"
        | "auflager"
        | "lieferbar" => Some(Availability::In),
        "outofstock" | "soldout" | "discontinued" | "unavailable" | "notavailable" | "reserved"
        | "0" | "false" | "no" | "n" | "ausverkauft" => Some(Availability::Out),
        "preorder" | "presale" | "backorder" | "onbackorder" | "madetoorder" | "backordered" => {
            Some(Availability::Backorder)
        }
        "parent" => Some(Availability::OfParent),
        other if other.starts_with("amazon") => Some(Availability::In),
        _ => None,
    }
}

/// Condition of goods by a word, or an address of schema.org.
pub(in crate::import) fn condition(text: &str) -> Option<Condition> {
    let word = text.trim().rsplit('/').next().unwrap_or_default();
    let word: String = word
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let begins = |words: &[&str]| words.iter().any(|begin| word.starts_with(begin));
    if begins(&[
        "refurbished",
        "certifiedrefurbished",
        "sellerrefurbished",
        "manufacturerrefurbished",
        "reconditioned",
        "renewed",
        "generalüberholt",
        "reconditionné",
        "reacondicionado",
        "ricondizionato",
    ]) {
        return Some(Condition::Refurbished);
    }
    if begins(&[
        "damaged",
        "forparts",
        "defekt",
        "endommagé",
        "dañado",
        "danneggiato",
    ]) {
        return Some(Condition::Damaged);
    }
    if begins(&[
        "used",
        "preowned",
        "secondhand",
        "likenew",
        "openbox",
        "gebraucht",
        "neuwertig",
        "doccasion",
        "occasion",
        "usado",
        "usato",
        "gebruikt",
    ]) {
        return Some(Condition::Used);
    }
    let new = ["neu", "neuf", "nuevo", "nuovo", "nieuw", "novo"];
    let is_new = begins(&["new", "brandnew"]) || new.contains(&word.as_str());
    is_new.then_some(Condition::New)
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace(['_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_understood_and_others_left_open() {
        for (text, expected) in [
            ("new", Some(Condition::New)),
            ("https://schema.org/NewCondition", Some(Condition::New)),
            ("Refurbished", Some(Condition::Refurbished)),
            ("Used - Like New", Some(Condition::Used)),
            ("pre-owned", Some(Condition::Used)),
            (
                "http://schema.org/DamagedCondition",
                Some(Condition::Damaged),
            ),
            ("New with tags", Some(Condition::New)),
            ("neuwertig", Some(Condition::Used)),
            ("mint", None),
            ("", None),
        ] {
            assert_eq!(condition(text), expected, "{text}");
        }
    }

    #[test]
    fn flags_and_words_are_understood() {
        assert_eq!(published("'-1"), Some(Status::Draft));
        assert_eq!(published("0"), Some(Status::Hidden));
        assert_eq!(published("TRUE"), Some(Status::Active));
        assert_eq!(status("Active"), Some(Status::Active));
        assert_eq!(status("sold"), None);
        assert_eq!(visibility("Not Visible Individually"), Some(Status::Hidden));
        assert_eq!(visibility("Catalog, Search"), Some(Status::Active));
        assert_eq!(
            availability("https://schema.org/InStock"),
            Some(Availability::In)
        );
        assert_eq!(availability("out of stock"), Some(Availability::Out));
        assert_eq!(availability("backorder"), Some(Availability::Backorder));
        assert_eq!(availability("soon"), None);
    }
}
