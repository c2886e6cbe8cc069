//! Statements of webhooks whose plans a test checks.

use sea_orm::{Statement, Value};

use super::{FAIL_PENDING, REFRESH, deliveries, endpoints, queue, secrets, sink};
use crate::Scope;

/// Statements of webhooks by name.
pub(crate) fn statements(scope: &Scope) -> Vec<(&'static str, Statement)> {
    let backend = scope.store.backend();
    let tenant = || Value::from(scope.tenant.0);
    let one = || Value::from(1_i64);
    let text = || Value::from("test");
    let page = || vec![tenant(), one(), i64::MAX.into(), 50_i64.into()];
    let of = |sql: String, values: Vec<Value>| backend.statement(sql, values);
    let plain = |sql: &str, values: Vec<Value>| backend.statement(sql, values);
    let failed = page().into_iter().chain([Value::from("failed")]).collect();
    vec![
        ("webhooks", of(endpoints::list_sql(), vec![tenant()])),
        ("webhook", of(endpoints::one_sql(), vec![tenant(), one()])),
        (
            "webhooks that get deliveries",
            of(sink::enabled_sql(backend), vec![tenant()]),
        ),
        (
            "secrets of a webhook",
            plain(secrets::IN_FORCE, vec![tenant(), one(), one()]),
        ),
        ("end of secrets", plain(secrets::PRUNE, vec![one()])),
        ("deliveries", of(deliveries::list_sql(false), page())),
        (
            "deliveries in a state",
            of(deliveries::list_sql(true), failed),
        ),
        ("end of deliveries", plain(deliveries::PRUNE, vec![one()])),
        ("webhook that is due", plain(queue::DUE, vec![one()])),
        (
            "claim of a webhook",
            of(queue::claim_sql(backend), vec![one(), text(), one()]),
        ),
        (
            "first due delivery",
            plain(queue::BEGIN, vec![one(), one()]),
        ),
        (
            "end of what waits for a webhook",
            plain(FAIL_PENDING, vec![one(), text()]),
        ),
        ("next delivery of a webhook", plain(REFRESH, vec![one()])),
    ]
}
