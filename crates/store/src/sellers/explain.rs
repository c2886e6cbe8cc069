//! Statements on sellers whose plans a test checks.

use sea_orm::{Statement, Value};
use souk_domain::{SellerId, sellers::PayoutState};

use super::{
    payouts::{self, PayoutListing},
    profiles,
};
use crate::Scope;

/// Statements on sellers by name.
pub(crate) fn statements(scope: &Scope) -> Vec<(&'static str, Statement)> {
    let backend = scope.store.backend();
    let tenant = || Value::from(scope.tenant.0);
    let one = || Value::from(1_i64);
    let late = || Value::from(i64::MAX);
    let limit = || Value::from(50_i64);
    let of = |sql: String, values: Vec<Value>| backend.statement(sql, values);
    let payouts = |seller, state| {
        let listing = PayoutListing {
            seller,
            state,
            before: None,
            limit: 50,
        };
        let values = payouts::list_values(scope.tenant, &listing);
        of(payouts::list_sql(&listing), values)
    };
    let account = || Value::from("seller:7");
    vec![
        (
            "profile of a seller",
            of(profiles::get_sql(), vec![tenant(), one()]),
        ),
        (
            "profiles of sellers",
            of(
                profiles::list_sql(),
                vec![tenant(), one(), "applied".into(), limit()],
            ),
        ),
        (
            "applications of an account",
            of(profiles::APPLICATIONS.to_owned(), vec![tenant(), one()]),
        ),
        ("a payout", of(payouts::get_sql(), vec![tenant(), one()])),
        ("payouts", payouts(None, None)),
        ("payouts of a seller", payouts(Some(SellerId(1)), None)),
        (
            "payouts in a state",
            payouts(None, Some(PayoutState::Created)),
        ),
        (
            "balances of a seller",
            of(payouts::BALANCES.to_owned(), vec![tenant(), account()]),
        ),
        (
            "recent earnings of a seller",
            of(
                payouts::RECENT.to_owned(),
                vec![tenant(), account(), late()],
            ),
        ),
        (
            "sellers with entries",
            of(payouts::OWED.to_owned(), vec![tenant(), one(), limit()]),
        ),
    ]
}
