//! Tests of the rules of reviews.

use super::*;
use crate::{
    Change, OrderId, OrderLineId, SellerId,
    ordering::{GroupPayment, LineFacts, OrderFacts, PaymentState, PaymentTerms},
};

const NOW: i64 = 100 * 86_400_000;
const HOUR: i64 = 3_600_000;

fn draft() -> ReviewDraft {
    ReviewDraft {
        rating: 4,
        title: Some("  A fine\tmug ".to_owned()),
        body: "Holds tea.\u{7}\r\nAnd coffee. ".to_owned(),
        name: None,
    }
}

/// Two units of line 1 for 2,000 and one of line 2 for 500, paid, of which `change` happened to the first.
fn purchase(change: impl FnOnce(&mut LineFacts)) -> ReviewedPurchase {
    let payment = GroupPayment {
        state: PaymentState::Captured,
        terms: PaymentTerms::BeforeFulfilment,
        captured: 2_500,
        overpaid_refunded: 0,
    };
    let mut line = LineFacts::new(OrderLineId(1), 2, 2_000);
    change(&mut line);
    let lines = vec![line, LineFacts::new(OrderLineId(2), 1, 500)];
    ReviewedPurchase {
        order: OrderId(7),
        seller: SellerId(1),
        line: OrderLineId(1),
        facts: OrderFacts::new(NOW - HOUR, payment, lines, 0),
    }
}

fn sent(line: &mut LineFacts) {
    line.fulfilled = 2;
}

fn decided(reviewer: Reviewer<'_>) -> Result<OrderId, ReviewRefusal> {
    reviewer.may_write(NOW)
}

fn reviewer(purchases: &[ReviewedPurchase]) -> Reviewer<'_> {
    Reviewer {
        purchases,
        sellers: &[],
        product_seller: SellerId(1),
        has_reviewed: false,
        written_at_ms: &[],
    }
}

#[test]
fn draft_is_tidied_and_named_after_the_account() {
    let text = draft().check(" Ada ").unwrap();
    assert_eq!(text.title.as_deref(), Some("A fine mug"));
    assert_eq!(text.body, "Holds tea.\r\nAnd coffee.");
    assert_eq!(text.name, "Ada");
    assert_eq!(draft().check("\u{202E} ").unwrap().name, UNNAMED_REVIEWER);
    let long = draft().check(&"é".repeat(200)).unwrap();
    assert_eq!(long.name.chars().count(), MAX_REVIEWER_CHARS);
    let named = ReviewDraft {
        name: Some("Ada L.".to_owned()),
        ..draft()
    };
    assert_eq!(named.check("Ada").unwrap().name, "Ada L.");
}

#[test]
fn fault_of_a_draft_names_its_field() {
    let blamed = |change: &dyn Fn(&mut ReviewDraft)| {
        let mut draft = draft();
        change(&mut draft);
        draft
            .check("Ada")
            .err()
            .map(|error| error.field.into_owned())
    };
    assert_eq!(blamed(&|_| ()), None);
    assert_eq!(blamed(&|draft| draft.rating = 0).as_deref(), Some("rating"));
    assert_eq!(blamed(&|draft| draft.rating = 6).as_deref(), Some("rating"));
    assert_eq!(blamed(&|draft| draft.title = Some("é".repeat(120))), None);
    let long = |draft: &mut ReviewDraft| draft.title = Some("é".repeat(121));
    assert_eq!(blamed(&long).as_deref(), Some("title"));
    assert_eq!(blamed(&|draft| draft.body = "é".repeat(5_000)), None);
    let long = |draft: &mut ReviewDraft| draft.body = "é".repeat(5_001);
    assert_eq!(blamed(&long).as_deref(), Some("body"));
    let zero = |draft: &mut ReviewDraft| draft.body = "a\0b".to_owned();
    assert_eq!(blamed(&zero).as_deref(), Some("body"));
    let long = |draft: &mut ReviewDraft| draft.name = Some("é".repeat(81));
    assert_eq!(blamed(&long).as_deref(), Some("name"));
}

#[test]
fn change_keeps_what_it_does_not_name() {
    let text = draft().check("Ada").unwrap();
    let none = ReviewChanges {
        rating: None,
        title: Change::Keep,
        body: None,
        name: None,
    };
    assert_eq!(text.clone().changed(none.clone()).unwrap(), text);
    let changes = ReviewChanges {
        rating: Some(2),
        title: Change::Remove,
        ..none.clone()
    };
    let changed = text.clone().changed(changes).unwrap();
    assert_eq!(
        (changed.rating, changed.title, changed.body),
        (2, None, text.body.clone())
    );
    let bad = ReviewChanges {
        rating: Some(9),
        ..none
    };
    assert_eq!(text.changed(bad).unwrap_err().field, "rating");
}

#[test]
fn answer_and_reason_are_required_and_bounded() {
    assert_eq!(checked_review_answer(" Thanks.\u{7} ").unwrap(), "Thanks.");
    assert_eq!(checked_review_answer(" \n ").unwrap_err().field, "text");
    assert!(checked_review_answer(&"a".repeat(5_001)).is_err());
    assert_eq!(checked_review_reason("").unwrap_err().field, "reason");
    assert!(checked_review_reason(&"a".repeat(1_000)).is_ok());
    assert!(checked_review_reason(&"a".repeat(1_001)).is_err());
}

#[test]
fn edit_publishes_nothing_that_waits_or_was_refused() {
    use ReviewStatus::{Pending, Published, Rejected};
    assert_eq!(ReviewStatus::first(true), Pending);
    assert_eq!(ReviewStatus::first(false), Published);
    for (status, unmoderated) in [
        (Pending, Pending),
        (Published, Published),
        (Rejected, Pending),
    ] {
        assert_eq!(status.after_edit(false), unmoderated);
        assert_eq!(status.after_edit(true), Pending);
        assert_eq!(status.as_str().parse(), Ok(status));
    }
    assert!("lost".parse::<ReviewStatus>().is_err());
}

#[test]
fn purchase_counts_once_it_was_sent_and_until_it_is_refunded() {
    assert!(!purchase(|_| ()).counts(), "not sent");
    assert!(purchase(sent).counts());
    assert!(purchase(|line| line.fulfilled = 1).counts(), "in part");
    let case = |change: fn(&mut LineFacts)| {
        purchase(|line| {
            sent(line);
            change(line);
        })
        .counts()
    };
    assert!(case(|line| line.delivered = 2));
    assert!(case(|line| line.refunded = 1_999), "partly refunded");
    assert!(!case(|line| line.refunded = 2_000), "the line is refunded");
    assert!(!case(|line| line.waived = 2_000), "it was never paid");
    assert!(case(|line| line.returned = 1), "one unit was kept");
    assert!(!case(|line| line.returned = 2), "nothing was kept");
    assert!(case(|line| line.gross = 0), "a gift is a purchase");

    let mut refunded = purchase(sent);
    refunded.facts.goodwill = 2_500;
    assert!(!refunded.counts(), "the order is refunded");
    let mut other = purchase(sent);
    other.line = OrderLineId(3);
    assert!(!other.counts(), "no such line");
}

#[test]
fn review_is_by_who_bought_once_and_never_by_who_sells() {
    let (kept, unsent) = (purchase(sent), purchase(|_| ()));
    let both = [unsent.clone(), kept];
    assert_eq!(decided(reviewer(&both)), Ok(OrderId(7)));
    assert_eq!(decided(reviewer(&[])), Err(ReviewRefusal::NotBought));
    assert_eq!(decided(reviewer(&[unsent])), Err(ReviewRefusal::NotBought));
    let again = Reviewer {
        has_reviewed: true,
        ..reviewer(&both)
    };
    assert_eq!(decided(again), Err(ReviewRefusal::AlreadyReviewed));
    let seller = Reviewer {
        sellers: &[SellerId(1)],
        ..reviewer(&both)
    };
    assert_eq!(decided(seller), Err(ReviewRefusal::OwnGoods));
    // A further seller's person who bought their own offer of another's product.
    let further = Reviewer {
        product_seller: SellerId(2),
        ..seller
    };
    assert_eq!(decided(further), Err(ReviewRefusal::NotBought));
}

#[test]
fn account_that_wrote_twenty_reviews_waits_for_the_first_to_be_a_day_old() {
    let both = [purchase(sent)];
    let at: Vec<i64> = (0..20).map(|hour| NOW - hour * HOUR).collect();
    let busy = |at| Reviewer {
        written_at_ms: at,
        ..reviewer(&both)
    };
    assert_eq!(decided(busy(&at[..19])), Ok(OrderId(7)));
    // The first was written 19 hours ago.
    assert_eq!(decided(busy(&at)), Err(ReviewRefusal::TooMany(5 * 3_600)));
    let old: Vec<i64> = at.iter().map(|at| at - 24 * HOUR).collect();
    assert_eq!(decided(busy(&old)), Ok(OrderId(7)));
}
