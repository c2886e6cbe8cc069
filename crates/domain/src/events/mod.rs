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

const OF_ORDER: &str = r#"{"order":7,"seller":3,"currency":"EUR"}"#;
const OF_UNITS: &str = r#"{"order":7,"seller":3,"currency":"EUR","lines":[{"line":12,"units":1}],"waived":0,"reason":"out of stock"}"#;
const OF_PARCEL: &str = r#"{"order":7,"seller":3,"currency":"EUR","parcel":5}"#;
const OF_REFUND: &str =
    r#"{"order":7,"seller":3,"currency":"EUR","refund":2,"amount":1500,"reason":"a scratch"}"#;
const OF_REVIEW: &str = r#"{"review":8,"product":21,"rating":5,"status":"published"}"#;
const OF_SELLER: &str =
    r#"{"seller":3,"slug":"pottery","name":"Pottery","status":"approved","reason":null}"#;
const OF_PAYOUT: &str = r#"{"payout":4,"seller":3,"amount":12000,"currency":"EUR","state":"paid"}"#;

const fn of(name: &'static str, meaning: &'static str, example: &'static str) -> EventType {
    EventType {
        name,
        meaning,
        example,
    }
}

/// All kinds of events.
pub const EVENT_TYPES: &[EventType] = &[
    of(
        "order.placed",
        "An order was placed; `total` is in minor units of `currency`.",
        r#"{"order":7,"seller":3,"total":4990,"currency":"EUR"}"#,
    ),
    of("order.paid", "The money of an order has come.", OF_ORDER),
    of(
        "order.cancelled",
        "An order was cancelled as a whole.",
        OF_UNITS,
    ),
    of(
        "order.partly_cancelled",
        "Units of an order were cancelled.",
        OF_UNITS,
    ),
    of(
        "order.partly_fulfilled",
        "Some units of an order were sent.",
        OF_PARCEL,
    ),
    of(
        "order.fulfilled",
        "All units of an order were sent.",
        OF_PARCEL,
    ),
    of(
        "order.partly_delivered",
        "Some units of an order arrived.",
        OF_PARCEL,
    ),
    of(
        "order.delivered",
        "All units of an order arrived.",
        OF_PARCEL,
    ),
    of(
        "order.partly_refunded",
        "A part of an order's money goes back.",
        OF_REFUND,
    ),
    of(
        "order.refunded",
        "All money of an order goes back.",
        OF_REFUND,
    ),
    of("order.returned", "Goods of an order came back.", OF_UNITS),
    of(
        "order.withdrawn",
        "The customer withdrew from an order.",
        OF_UNITS,
    ),
    of(
        "payment.failed",
        "A payment failed; `is_attended` if the customer was told at once.",
        r#"{"purchase":9,"amount":4990,"currency":"EUR","is_attended":true}"#,
    ),
    of(
        "purchase.ended",
        "A purchase that was begun was not paid in time.",
        r#"{"purchase":9,"reason":"expired"}"#,
    ),
    of(
        "review.written",
        "A customer wrote or changed a review.",
        OF_REVIEW,
    ),
    of("review.published", "A review is shown.", OF_REVIEW),
    of("review.rejected", "A review is not shown.", OF_REVIEW),
    of("review.answered", "A review was answered.", OF_REVIEW),
    of("seller.applied", "Somebody applied as a seller.", OF_SELLER),
    of(
        "seller.approved",
        "A seller was approved, and sells.",
        OF_SELLER,
    ),
    of("seller.rejected", "A seller was not taken.", OF_SELLER),
    of(
        "seller.suspended",
        "A seller was stopped; its goods left sale.",
        OF_SELLER,
    ),
    of(
        "seller.reinstated",
        "A suspended seller sells again.",
        OF_SELLER,
    ),
    of(
        "seller.payout_account_changed",
        "The bank account of a seller was changed.",
        OF_SELLER,
    ),
    of(
        "payout.created",
        "A payout is to be transferred.",
        OF_PAYOUT,
    ),
    of("payout.paid", "A payout was transferred.", OF_PAYOUT),
    of(
        "payout.returned",
        "A payout came back from the bank.",
        OF_PAYOUT,
    ),
    of("payout.cancelled", "A payout was called off.", OF_PAYOUT),
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

    #[test]
    fn decisions_on_sellers_are_in_the_catalogue() {
        use crate::sellers::SellerDecision as D;
        for decision in [
            D::Approve,
            D::Reject,
            D::Suspend,
            D::Reinstate,
            D::ApplyAgain,
        ] {
            assert!(event_type(decision.event()).is_some(), "{decision:?}");
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
