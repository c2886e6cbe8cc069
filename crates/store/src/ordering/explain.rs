//! Statements of selling whose plans a test checks.

use sea_orm::{Statement, Value};
use souk_domain::ordering::{CommissionRate, DeliveryMethod, Promotion, TaxRate};

use super::{
    addresses, carts, erasure, groups, history, idempotency, ledger, locked, placing, sellable,
    settings, stock, terms,
};
use crate::{Scope, events};

/// Statements of selling by name.
pub(crate) fn statements(scope: &Scope) -> Vec<(&'static str, Statement)> {
    let backend = scope.store.backend();
    let tenant = || Value::from(scope.tenant.0);
    let one = || Value::from(1_i64);
    let late = || Value::from(i64::MAX);
    let limit = || Value::from(50_i64);
    let hash = || Value::from(vec![7_u8; 32]);
    let offers = || Value::from(r#"[{"variant_id": 7, "offer_id": 0, "quantity": 1}]"#);
    let text = || Value::from("test");
    let of = |sql: String, values: Vec<Value>| backend.statement(sql, values);
    let plain = |sql: &str, values: Vec<Value>| backend.statement(sql, values);
    vec![
        ("addresses", plain(addresses::LIST, vec![tenant(), one()])),
        (
            "cart of a token",
            plain(carts::BY_TOKEN, vec![tenant(), hash(), one()]),
        ),
        (
            "cart of an account",
            plain(carts::BY_ACCOUNT, vec![tenant(), one(), one()]),
        ),
        ("lines of a cart", plain(carts::LINES, vec![one()])),
        ("carts to prune", plain(carts::PRUNE, vec![one(), limit()])),
        (
            "sellable offers",
            of(sellable::offers_sql(backend), vec![offers(), tenant()]),
        ),
        (
            "products of units",
            of(stock::lock_sql(backend), vec![offers(), tenant()]),
        ),
        (
            "stocks of units",
            of(stock::stock_sql(backend), vec![offers(), tenant()]),
        ),
        (
            "units of variants",
            of(stock::add_sql(backend, false), vec![offers(), tenant()]),
        ),
        (
            "units of offers",
            of(stock::add_sql(backend, true), vec![offers(), tenant()]),
        ),
        (
            "uses of a promotion by a customer",
            plain(placing::USES_OF_CUSTOMER, vec![one(), text(), tenant()]),
        ),
        (
            "uses of promotions by a customer",
            plain(history::USES_OF, vec![tenant(), text()]),
        ),
        (
            "bought by an account",
            plain(history::BOUGHT_BY_ACCOUNT, vec![tenant(), one()]),
        ),
        (
            "bought by a mail address",
            plain(history::BOUGHT_BY_MAIL, vec![tenant(), text()]),
        ),
        ("held units", plain(locked::HELD, vec![one()])),
        (
            "order group",
            of(groups::group_sql(), vec![tenant(), one()]),
        ),
        (
            "order group of a payment's reference",
            plain(groups::OF_REFERENCE, vec![tenant(), text(), text()]),
        ),
        (
            "order groups of an account",
            of(
                groups::of_account_sql(),
                vec![tenant(), one(), late(), limit()],
            ),
        ),
        (
            "orders of order groups",
            of(
                groups::orders_sql(backend),
                vec![tenant(), backend.ids(1..=50)],
            ),
        ),
        (
            "lines of orders",
            of(groups::lines_sql(backend), vec![backend.ids(1..=50)]),
        ),
        (
            "orders",
            of(
                groups::listing_sql(false, false),
                vec![tenant(), late(), limit()],
            ),
        ),
        (
            "orders of a seller",
            of(
                groups::listing_sql(true, false),
                vec![tenant(), late(), limit(), one()],
            ),
        ),
        (
            "orders in a state",
            of(
                groups::listing_sql(false, true),
                vec![tenant(), late(), limit(), text()],
            ),
        ),
        (
            "orders under way of an account",
            plain(erasure::UNDER_WAY, vec![tenant(), one()]),
        ),
        (
            "steps of an order group",
            plain(history::STEPS, vec![tenant(), one()]),
        ),
        (
            "parcels of an order group",
            plain(history::FULFILMENTS, vec![tenant(), one()]),
        ),
        (
            "refunds of an order group",
            of(history::refunds_sql(), vec![tenant(), one()]),
        ),
        (
            "expired order groups",
            plain(history::EXPIRED, vec![one(), limit()]),
        ),
        (
            "refunds to be asked for",
            plain(history::UNSENT_REFUNDS, vec![one(), limit()]),
        ),
        (
            "events",
            plain(events::AFTER, vec![tenant(), one(), limit()]),
        ),
        ("events to prune", plain(events::PRUNE, vec![one()])),
        (
            "sinks with events",
            of(
                events::waiting_sql(backend),
                vec![r#"[{"sink": "mail"}]"#.into(), limit()],
            ),
        ),
        (
            "number of a sink",
            plain(events::NUMBER, vec![tenant(), "mail".into()]),
        ),
        (
            "idempotency keys to prune",
            plain(idempotency::PRUNE, vec![one()]),
        ),
        (
            "statement of an account",
            plain(
                ledger::STATEMENT,
                vec![tenant(), text(), "EUR".into(), one(), limit()],
            ),
        ),
        ("settings of selling", plain(settings::READ, vec![tenant()])),
        (
            "delivery methods",
            of(terms::list_sql::<DeliveryMethod>(), vec![tenant()]),
        ),
        (
            "tax rates",
            of(terms::list_sql::<TaxRate>(), vec![tenant()]),
        ),
        (
            "promotions",
            of(terms::list_sql::<Promotion>(), vec![tenant()]),
        ),
        (
            "commission rates",
            of(terms::list_sql::<CommissionRate>(), vec![tenant()]),
        ),
    ]
}
