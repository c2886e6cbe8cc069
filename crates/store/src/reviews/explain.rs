//! Statements of reviews whose plans a test checks.

use sea_orm::{Statement, Value};
use souk_domain::{ProductId, ReviewId};

use super::{
    ReviewListing, ReviewOrder, ReviewPageStart, authors, listing, moderation, purchases, record,
    settings, staff, votes,
};
use crate::Scope;

/// Statements of reviews by name.
pub(crate) fn statements(scope: &Scope) -> Vec<(&'static str, Statement)> {
    let backend = scope.store.backend();
    let tenant = || Value::from(scope.tenant.0);
    let seventh = || Value::from(7_i64);
    let late = || Value::from(i64::MAX);
    let limit = || Value::from(50_i64);
    let of = |sql: &str, values: Vec<Value>| backend.statement(sql, values);
    let page = |order, rating, verified, start| {
        let listing = ReviewListing {
            order,
            rating,
            verified,
            start,
            ..ReviewListing::newest(ProductId(7), 50)
        };
        listing.statement(scope)
    };
    let begin = ReviewPageStart::Offset(0);
    let after = ReviewPageStart::After {
        key: 3,
        id: ReviewId(1_000),
    };
    vec![
        ("review", of(&record::get_sql(), vec![tenant(), seventh()])),
        (
            "reviews",
            of(
                &staff::list_sql(),
                vec![tenant(), seventh(), late(), limit()],
            ),
        ),
        (
            "newest reviews",
            page(ReviewOrder::Newest, None, None, begin),
        ),
        (
            "newest reviews after one",
            page(ReviewOrder::Newest, None, Some(true), after),
        ),
        (
            "helpful reviews",
            page(ReviewOrder::Helpful, Some(5), None, after),
        ),
        (
            "highest reviews",
            page(ReviewOrder::Highest, None, None, after),
        ),
        (
            "lowest reviews",
            page(ReviewOrder::Lowest, None, Some(false), after),
        ),
        (
            "stars of reviews",
            of(listing::STARS, vec![tenant(), seventh()]),
        ),
        (
            "reviews in a state",
            of(
                &moderation::in_status_sql(),
                vec![tenant(), "pending".into(), late(), limit()],
            ),
        ),
        (
            "reviews of an account",
            of(
                &authors::own_sql(),
                vec![tenant(), seventh(), late(), limit()],
            ),
        ),
        (
            "review of an account",
            of(authors::OF_AUTHOR, vec![tenant(), seventh(), seventh()]),
        ),
        (
            "times of reviews",
            of(authors::TIMES, vec![tenant(), seventh(), limit()]),
        ),
        (
            "purchases without a review",
            of(authors::WAITING_SQL, vec![tenant(), seventh(), limit()]),
        ),
        (
            "purchases of a product",
            of(
                purchases::OF_PRODUCT,
                vec![tenant(), seventh(), seventh(), limit()],
            ),
        ),
        (
            "votes of an account",
            of(votes::OF_ACCOUNT, vec![tenant(), seventh()]),
        ),
        ("settings of reviews", of(settings::READ, vec![tenant()])),
    ]
}
