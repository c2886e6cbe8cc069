//! Statements of live updates whose plans a test checks.

use sea_orm::{Statement, Value};

use super::{HEAD, OF_TOKEN, REFUNDED_SINCE, SOLD_SINCE, low_stock_sql, owners_sql, watches};
use crate::Scope;

/// Statements of live updates by name.
pub(crate) fn statements(scope: &Scope) -> Vec<(&'static str, Statement)> {
    let backend = scope.store.backend();
    let tenant = || Value::from(scope.tenant.0);
    let ids = || backend.ids(1..=50);
    let late = || Value::from(i64::MAX);
    vec![
        ("last event", backend.statement(HEAD, [tenant()])),
        (
            "owners of orders",
            backend.statement(owners_sql(backend), [tenant(), ids()]),
        ),
        (
            "order group of a token",
            backend.statement(OF_TOKEN, [tenant(), vec![7_u8; 32].into()]),
        ),
        (
            "sold since",
            backend.statement(SOLD_SINCE, [tenant(), late()]),
        ),
        (
            "refunded since",
            backend.statement(REFUNDED_SINCE, [tenant(), late()]),
        ),
        (
            "low stock of orders",
            backend.statement(
                low_stock_sql(backend),
                [tenant(), ids(), Value::from(5_i64)],
            ),
        ),
        (
            "watches of an account",
            backend.statement(watches::LIST, [tenant(), Value::from(1_i64)]),
        ),
        (
            "number of watches",
            backend.statement(watches::COUNT, [tenant(), Value::from(1_i64)]),
        ),
        (
            "watches of all",
            backend.statement(watches::ALL, [Value::from(1_000_i64), Value::from(50_i64)]),
        ),
    ]
}
