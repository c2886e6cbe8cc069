//! Orders that are written by SQL: copies of one that was made by a checkout.

use anyhow::{Context, Result};

use super::Stack;

/// Copies a purchase with one order of one line as often as is said, and returns the id of the first copy's order. Its sellers take
/// turns.
pub(super) async fn insert(stack: &Stack, purchase: i64, copies: u32) -> Result<i64> {
    let numbers = stack
        .numbers(&format!(
            "SELECT coalesce(max(id), 0) FROM order_groups
             UNION ALL SELECT coalesce(max(id), 0) FROM orders
             UNION ALL SELECT coalesce(max(id), 0) FROM order_lines
             UNION ALL SELECT coalesce(max(number), 0) FROM order_groups
             UNION ALL SELECT min(l.id) FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.group_id = {purchase}"
        ))
        .await?;
    let [groups, orders, lines, number, line] = numbers[..] else {
        anyhow::bail!("there is no purchase to copy: {numbers:?}");
    };
    let tenant = stack.tenant.0;
    let statements = [
        format!(
            "INSERT INTO order_groups (id, tenant_id, number, token_hash, mail, language, currency, tax_pricing, goods, discount,
                 delivery, delivery_discount, net, tax, total, delivery_address, billing_address, promotions, created_at, placed_at)
             SELECT {groups} + n, {tenant}, {number} + n, sha256(convert_to('bench-' || n, 'UTF8')),
                 'buyer-' || n % 50000 || '@mail.example', g.language, g.currency, g.tax_pricing, g.goods, g.discount,
                 g.delivery, g.delivery_discount, g.net, g.tax, g.total, g.delivery_address, g.billing_address, g.promotions,
                 g.created_at, g.placed_at
             FROM order_groups g, generate_series(1, {copies}) n WHERE g.id = {purchase}"
        ),
        format!(
            "INSERT INTO payments (tenant_id, group_id, provider, provider_ref, state, currency, amount, facts, created_at, updated_at)
             SELECT {tenant}, {groups} + n, p.provider, 'bench-' || n, p.state, p.currency, p.amount, p.facts, p.created_at,
                 p.updated_at
             FROM payments p, generate_series(1, {copies}) n WHERE p.group_id = {purchase}"
        ),
        format!(
            "INSERT INTO orders (id, tenant_id, group_id, position, seller_id, seller_name, currency, goods, discount, delivery,
                 delivery_discount, net, tax, total, subsidy, commission, delivery_figures, facts, status, payment_status,
                 fulfilment_status, created_at, placed_at, updated_at)
             SELECT {orders} + n, {tenant}, {groups} + n, 1, s.ids[1 + n % array_length(s.ids, 1)], o.seller_name, o.currency,
                 o.goods, o.discount, o.delivery, o.delivery_discount, o.net, o.tax, o.total, o.subsidy, o.commission,
                 o.delivery_figures, replace(o.facts, '\"line\":{line},', '\"line\":' || {lines} + n || ','), o.status,
                 o.payment_status, o.fulfilment_status, o.created_at, o.placed_at, o.updated_at
             FROM orders o, generate_series(1, {copies}) n,
                 (SELECT array_agg(id ORDER BY id) AS ids FROM sellers WHERE tenant_id = {tenant} AND slug LIKE 'till-%') s
             WHERE o.group_id = {purchase} AND o.position = 1"
        ),
        format!(
            "INSERT INTO order_lines (id, order_id, product_id, variant_id, offer_id, sku, title, options, quantity, unit_price,
                 goods, discount, net, tax, gross, tax_ppm, subsidy, commission, commission_terms)
             SELECT {lines} + n, {orders} + n, l.product_id, l.variant_id, l.offer_id, l.sku, l.title, l.options, l.quantity,
                 l.unit_price, l.goods, l.discount, l.net, l.tax, l.gross, l.tax_ppm, l.subsidy, l.commission, l.commission_terms
             FROM order_lines l, generate_series(1, {copies}) n WHERE l.id = {line}"
        ),
        format!("UPDATE selling_counters SET orders = orders + {copies} WHERE tenant_id = {tenant}"),
        advance("order_groups"),
        advance("orders"),
        advance("order_lines"),
        "VACUUM ANALYZE order_groups, orders, order_lines, payments".to_owned(),
        "CHECKPOINT".to_owned(),
    ];
    for statement in statements {
        stack.sql(&statement).await.context("copies of an order")?;
    }
    Ok(orders + 1)
}

/// Has a table go on after the ids that were given by hand.
fn advance(table: &str) -> String {
    format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
}
