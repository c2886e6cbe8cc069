//! Catalogue of events: every kind that the program writes, with its meaning and an example of its data.

/// Kind of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// Name, such as `order.placed`.
    pub name: &'static str,
    /// Meaning in one sentence.
    pub meaning: &'static str,
    /// Example of its data, as JSON.
    pub example: &'static str,
}

/// Name of the kind that a test of a webhook endpoint sends. It is no event of the catalogue.
pub const TEST_EVENT: &str = "webhook.test";

const OF_ORDER: &str = r#"{"order":7,"seller":3}"#;

const fn of_order(name: &'static str, meaning: &'static str) -> EventType {
    EventType {
        name,
        meaning,
        example: OF_ORDER,
    }
}

/// All kinds of events.
pub const EVENT_TYPES: &[EventType] = &[
    EventType {
        name: "order.placed",
        meaning: "An order was placed; `total` is in minor units of `currency`.",
        example: r#"{"order":7,"seller":3,"total":4990,"currency":"EUR"}"#,
    },
    of_order("order.paid", "The money of an order has come."),
    of_order("order.cancelled", "An order was cancelled as a whole."),
    of_order(
        "order.partly_cancelled",
        "Units of an order were cancelled.",
    ),
    of_order(
        "order.partly_fulfilled",
        "Some units of an order were sent.",
    ),
    of_order("order.fulfilled", "All units of an order were sent."),
    of_order("order.partly_delivered", "Some units of an order arrived."),
    of_order("order.delivered", "All units of an order arrived."),
    of_order(
        "order.partly_refunded",
        "A part of an order's money goes back.",
    ),
    of_order("order.refunded", "All money of an order goes back."),
    of_order("order.returned", "Goods of an order came back."),
    of_order("order.withdrawn", "The customer withdrew from an order."),
];

/// Returns the kind of this name.
#[must_use]
pub fn event_type(name: &str) -> Option<&'static EventType> {
    EVENT_TYPES.iter().find(|it| it.name == name)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn catalogue_names_each_kind_once_with_an_example() {
        let names: BTreeSet<_> = EVENT_TYPES.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), EVENT_TYPES.len());
        for kind in EVENT_TYPES {
            let (subject, verb) = kind.name.split_once('.').unwrap();
            let is_word = |word: &str| {
                word.bytes()
                    .all(|it| matches!(it, b'a'..=b'z' | b'_' | b'.'))
            };
            assert!(is_word(subject) && is_word(verb), "{}", kind.name);
            assert!(kind.meaning.ends_with('.'), "{}", kind.name);
            let example: serde_json::Value = serde_json::from_str(kind.example).unwrap();
            assert!(example.is_object(), "{}", kind.name);
        }
        assert_eq!(event_type(TEST_EVENT), None);
    }

    #[test]
    fn steps_of_orders_are_in_the_catalogue() {
        use crate::ordering::OrderEvent as E;
        for event in [
            E::Paid,
            E::Cancelled,
            E::PartlyCancelled,
            E::PartlyFulfilled,
            E::Fulfilled,
            E::PartlyDelivered,
            E::Delivered,
            E::PartlyRefunded,
            E::Refunded,
            E::Returned,
            E::Withdrawn,
        ] {
            assert!(event_type(event.as_str()).is_some(), "{}", event.as_str());
        }
    }

    /// The kinds that the code writes as literals: `kind: "..."` within `NewEvent { ... }`.
    fn written(source: &str) -> Vec<String> {
        let literals = source.split("NewEvent {").skip(1).filter_map(|literal| {
            let (fields, _) = literal.split_once('}')?;
            let (_, kind) = fields.split_once("kind: \"")?;
            Some(kind.split_once('"')?.0.to_owned())
        });
        literals.collect()
    }

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.extend(written(&fs::read_to_string(&path).unwrap()));
            }
        }
    }

    #[test]
    fn no_kind_is_written_that_the_catalogue_lacks() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = Vec::new();
        for entry in fs::read_dir(root.join("crates")).unwrap() {
            let folder = entry.unwrap().path().join("src");
            if folder.is_dir() && !folder.ends_with("domain/src") {
                sources(&folder, &mut found);
            }
        }
        sources(&root.join("src"), &mut found);
        assert!(found.iter().any(|kind| kind == "order.placed"), "{found:?}");
        for kind in found {
            assert!(event_type(&kind).is_some(), "{kind}");
        }
    }
}
