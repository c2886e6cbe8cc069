//! Invoices and credit notes: numbered per tenant without gaps, once for each order and refund.
//!
//! An order gets its invoice with its first payment or parcel, and a refund of it its credit note, each in the transaction that
//! makes it due. Numbers come from the row that events are numbered by, which is locked by then.

use sea_orm::{FromQueryResult, Value};
use souk_domain::{
    OrderGroupId, OrderId, RefundId,
    ordering::{OrderFacts, PaymentState},
    sellers::TraderDetails,
};

use crate::{
    Backend, Scope, StoreError, Transaction,
    backend::{CountRow, IdRow, all, execute, first},
    ordering::order_group::{Order, OrderGroup},
};

/// Invoice of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRecord {
    /// Order.
    pub order: OrderId,
    /// Number within the tenant, from 1.
    pub number: i64,
    /// History of the order when it was issued: what was cancelled by then is not on it.
    pub facts: OrderFacts,
    /// Who sold, as it was then; none if the seller has given no details.
    pub trader: Option<TraderDetails>,
    /// Time of issue, in milliseconds since 1970 UTC.
    pub issued_at_ms: i64,
}

/// Credit note of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditNoteRecord {
    /// Refund.
    pub refund: RefundId,
    /// Order.
    pub order: OrderId,
    /// Number within the tenant, from 1.
    pub number: i64,
    /// Time of issue, in milliseconds since 1970 UTC.
    pub issued_at_ms: i64,
}

#[derive(FromQueryResult)]
struct InvoiceRow {
    order_id: i64,
    number: i64,
    facts: String,
    trader: Option<String>,
    issued_at: i64,
}

#[derive(FromQueryResult)]
struct CreditNoteRow {
    refund_id: i64,
    order_id: i64,
    number: i64,
    issued_at: i64,
}

pub(crate) const INVOICES: &str = "SELECT i.order_id, i.number, i.facts, i.trader, i.issued_at
     FROM orders o JOIN invoices i ON i.order_id = o.id WHERE o.group_id = $2 AND o.tenant_id = $1 ORDER BY i.number";
pub(crate) const CREDIT_NOTES: &str = "SELECT c.refund_id, c.order_id, c.number, c.issued_at
     FROM orders o JOIN credit_notes c ON c.order_id = o.id WHERE o.group_id = $2 AND o.tenant_id = $1 ORDER BY c.number";

/// Returns the statement that finds those of the orders `$1` that have an invoice.
pub(crate) fn invoiced_sql(backend: Backend) -> String {
    let among = backend.among_ids("order_id", "$1");
    format!("SELECT order_id AS id FROM invoices WHERE {among}")
}

/// Returns the statement that finds refunds of the orders `$1` that have no credit note.
pub(crate) fn uncredited_sql(backend: Backend) -> String {
    let among = backend.among_ids("r.order_id", "$1");
    format!(
        "SELECT r.id, r.order_id FROM refunds r LEFT JOIN credit_notes c ON c.refund_id = r.id
         WHERE {among} AND c.refund_id IS NULL ORDER BY r.id"
    )
}

#[derive(FromQueryResult)]
struct RefundRow {
    id: i64,
    order_id: i64,
}

/// Issues what has become due in a group. Its row is locked, and so is that of the tenant's counters.
pub(in crate::ordering) async fn issue(
    transaction: &Transaction,
    scope: &Scope,
    group: &OrderGroup,
    at_ms: i64,
) -> Result<(), StoreError> {
    let due: Vec<&Order> = group.orders.iter().filter(|order| is_due(order)).collect();
    if due.is_empty() {
        return Ok(());
    }
    let backend = scope.store.backend();
    let ids = || backend.ids(due.iter().map(|order| order.id.0));
    let statement = backend.statement(invoiced_sql(backend), [ids()]);
    let invoiced = all::<IdRow>(transaction, statement).await?;
    let invoiced: Vec<i64> = invoiced.into_iter().map(|row| row.id).collect();
    let new: Vec<_> = due
        .iter()
        .filter(|order| !invoiced.contains(&order.id.0))
        .collect();
    if !new.is_empty() {
        let from = numbers(transaction, scope, "invoices", new.len()).await?;
        for (order, number) in new.into_iter().zip(from..) {
            let sql = "INSERT INTO invoices (order_id, tenant_id, number, facts, issued_at, trader) VALUES ($1, $2, $3, $4, $5,
                     (SELECT trader FROM seller_profiles WHERE tenant_id = $2 AND seller_id = $6))";
            let values: [Value; 6] = [
                order.id.0.into(),
                scope.tenant.0.into(),
                number.into(),
                serde_json::to_string(&order.facts)?.into(),
                at_ms.into(),
                order.seller.0.into(),
            ];
            execute(transaction, backend.statement(sql, values)).await?;
        }
    }
    if !due.iter().any(|order| order.facts.refunded() > 0) {
        return Ok(());
    }
    let statement = backend.statement(uncredited_sql(backend), [ids()]);
    let refunds = all::<RefundRow>(transaction, statement).await?;
    if refunds.is_empty() {
        return Ok(());
    }
    let from = numbers(transaction, scope, "credit_notes", refunds.len()).await?;
    for (refund, number) in refunds.into_iter().zip(from..) {
        let sql = "INSERT INTO credit_notes (refund_id, tenant_id, order_id, number, issued_at) VALUES ($1, $2, $3, $4, $5)";
        let values: [Value; 5] = [
            refund.id.into(),
            scope.tenant.0.into(),
            refund.order_id.into(),
            number.into(),
            at_ms.into(),
        ];
        execute(transaction, backend.statement(sql, values)).await?;
    }
    Ok(())
}

/// Reports whether an order has been paid, or something of it sent.
fn is_due(order: &Order) -> bool {
    let facts = &order.facts;
    let is_paid = facts.payment.state == PaymentState::Captured;
    let is_sent = facts.lines.iter().any(|line| line.fulfilled > 0);
    order.placed_at_ms.is_some() && (is_paid || is_sent)
}

/// Takes numbers of a kind, and returns the first of them.
async fn numbers(
    transaction: &Transaction,
    scope: &Scope,
    kind: &str,
    count: usize,
) -> Result<i64, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let sql = format!(
        "UPDATE selling_counters SET {kind} = {kind} + $2 WHERE tenant_id = $1 RETURNING {kind} AS count"
    );
    let values = [scope.tenant.0.into(), count.into()];
    let statement = scope.store.backend().statement(sql, values);
    let row = first::<CountRow>(transaction, statement).await?;
    let last = row.ok_or(StoreError::NotFound("tenant"))?.count;
    Ok(last - count + 1)
}

impl Scope {
    /// Returns the invoices of an order group's orders by their numbers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn invoices(&self, group: OrderGroupId) -> Result<Vec<InvoiceRecord>, StoreError> {
        let values = [self.tenant.0.into(), group.0.into()];
        let statement = self.store.backend().statement(INVOICES, values);
        let rows = all::<InvoiceRow>(self.store.connection(), statement).await?;
        let invoices = rows.into_iter().map(|row| {
            Ok(InvoiceRecord {
                order: OrderId(row.order_id),
                number: row.number,
                facts: serde_json::from_str(&row.facts)?,
                trader: row
                    .trader
                    .as_deref()
                    .map(serde_json::from_str)
                    .transpose()?,
                issued_at_ms: row.issued_at,
            })
        });
        invoices.collect()
    }

    /// Returns the credit notes of an order group's orders by their numbers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn credit_notes(
        &self,
        group: OrderGroupId,
    ) -> Result<Vec<CreditNoteRecord>, StoreError> {
        let values = [self.tenant.0.into(), group.0.into()];
        let statement = self.store.backend().statement(CREDIT_NOTES, values);
        let rows = all::<CreditNoteRow>(self.store.connection(), statement).await?;
        let notes = rows.into_iter().map(|row| CreditNoteRecord {
            refund: RefundId(row.refund_id),
            order: OrderId(row.order_id),
            number: row.number,
            issued_at_ms: row.issued_at,
        });
        Ok(notes.collect())
    }
}
