//! History, parcels and refunds of orders; payments' events; purchases that have run out of time.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use souk_domain::{
    AccountId, OrderGroupId, OrderId, PaymentId, PromotionId, RefundId, TenantId,
    ordering::RefundRequest,
};

use crate::{
    Scope, Store, StoreError,
    backend::{IdRow, all, execute, first},
};

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct OrderStepRecord {
    /// Order; none if the step was the whole group's.
    pub order_id: Option<i64>,
    /// Name, such as `order.fulfilled`.
    pub step: String,
    /// Name of who took it.
    pub actor: String,
    /// Reason that was given.
    pub reason: Option<String>,
    /// Units and amounts, as JSON.
    pub detail: Option<String>,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Goods that were sent.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Fulfilment {
    /// Id.
    pub id: i64,
    /// Order.
    pub order_id: i64,
    /// Lines and their units, as JSON.
    pub lines: String,
    /// Carrier.
    pub carrier: Option<String>,
    /// Number of the parcel.
    pub tracking: Option<String>,
    /// Page that follows the parcel.
    pub tracking_url: Option<String>,
    /// Time at which it was sent, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time at which it arrived, in milliseconds since 1970 UTC.
    pub delivered_at_ms: Option<i64>,
}

/// Money that goes back to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Id.
    pub id: RefundId,
    /// Order.
    pub order: OrderId,
    /// Payment that it is taken from.
    pub payment: PaymentId,
    /// Amount in minor units.
    pub amount: i64,
    /// Purpose.
    pub parts: RefundRequest,
    /// Reason that was given.
    pub reason: String,
    /// Name of who asked for it.
    pub actor: String,
    /// Time at which the provider took it on; none while it has to be asked.
    pub sent_at_ms: Option<i64>,
    /// Time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

#[derive(FromQueryResult)]
struct RefundRow {
    id: i64,
    order_id: i64,
    payment_id: i64,
    amount: i64,
    parts: String,
    reason: String,
    actor: String,
    sent_at: Option<i64>,
    created_at: i64,
}

#[derive(FromQueryResult)]
struct UsesRow {
    promotion_id: i64,
    count: i64,
}

#[derive(FromQueryResult)]
struct DueRow {
    tenant_id: i64,
    id: i64,
}

const REFUND: &str = "SELECT id, order_id, payment_id, amount, parts, reason, actor, sent_at, created_at FROM refunds";

pub(crate) const STEPS: &str =
    "SELECT order_id, step, actor, reason, detail, at AS at_ms FROM order_steps
     WHERE group_id = $2 AND tenant_id = $1 ORDER BY id";
pub(crate) const FULFILMENTS: &str =
    "SELECT f.id, f.order_id, f.lines, f.carrier, f.tracking, f.tracking_url, f.created_at AS created_at_ms,
            f.delivered_at AS delivered_at_ms
     FROM orders o JOIN fulfilments f ON f.order_id = o.id WHERE o.group_id = $2 AND o.tenant_id = $1 ORDER BY f.id";
pub(crate) const EXPIRED: &str =
    "SELECT tenant_id, id FROM order_groups WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
pub(crate) const UNSENT_REFUNDS: &str =
    "SELECT tenant_id, id FROM refunds WHERE sent_at IS NULL AND id > $1 ORDER BY id LIMIT $2";

pub(crate) fn refunds_sql() -> String {
    format!(
        "{REFUND} WHERE order_id IN (SELECT id FROM orders WHERE group_id = $2 AND tenant_id = $1) ORDER BY id"
    )
}

fn refund_sql() -> String {
    format!("{REFUND} WHERE tenant_id = $1 AND id = $2")
}

impl RefundRow {
    fn read(self) -> Result<Refund, StoreError> {
        Ok(Refund {
            id: RefundId(self.id),
            order: OrderId(self.order_id),
            payment: PaymentId(self.payment_id),
            amount: self.amount,
            parts: serde_json::from_str(&self.parts)?,
            reason: self.reason,
            actor: self.actor,
            sent_at_ms: self.sent_at,
            created_at_ms: self.created_at,
        })
    }
}

pub(crate) const USES_OF: &str = "SELECT promotion_id, count(*) AS count FROM promotion_uses
     WHERE tenant_id = $1 AND customer = $2 GROUP BY promotion_id";
pub(crate) const BOUGHT_BY_ACCOUNT: &str = "SELECT id FROM order_groups
     WHERE tenant_id = $1 AND account_id = $2 AND placed_at IS NOT NULL LIMIT 1";
pub(crate) const BOUGHT_BY_MAIL: &str = "SELECT id FROM order_groups
     WHERE tenant_id = $1 AND mail = $2 AND placed_at IS NOT NULL LIMIT 1";

impl Scope {
    /// Returns how often a customer has used each promotion, purchases under way included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn promotion_uses_of(
        &self,
        customer: &str,
    ) -> Result<HashMap<PromotionId, i64>, StoreError> {
        let values = [self.tenant.0.into(), customer.into()];
        let statement = self.store.backend().statement(USES_OF, values);
        let rows = all::<UsesRow>(self.store.connection(), statement).await?;
        let uses = rows.into_iter();
        Ok(uses
            .map(|row| (PromotionId(row.promotion_id), row.count))
            .collect())
    }

    /// Reports whether an account, or a mail address without one, has placed an order before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_bought(
        &self,
        account: Option<AccountId>,
        mail: &str,
    ) -> Result<bool, StoreError> {
        let (sql, value): (_, sea_orm::Value) = match account {
            Some(account) => (BOUGHT_BY_ACCOUNT, account.0.into()),
            None => (BOUGHT_BY_MAIL, mail.into()),
        };
        let values = [self.tenant.0.into(), value];
        let statement = self.store.backend().statement(sql, values);
        let row = first::<IdRow>(self.store.connection(), statement).await?;
        Ok(row.is_some())
    }

    /// Returns the steps of an order group and its orders, the first one first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn order_steps(
        &self,
        group: OrderGroupId,
    ) -> Result<Vec<OrderStepRecord>, StoreError> {
        let values = [self.tenant.0.into(), group.0.into()];
        let statement = self.store.backend().statement(STEPS, values);
        all(self.store.connection(), statement).await
    }

    /// Returns what was sent of an order group, the first parcel first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn fulfilments(&self, group: OrderGroupId) -> Result<Vec<Fulfilment>, StoreError> {
        let values = [self.tenant.0.into(), group.0.into()];
        let statement = self.store.backend().statement(FULFILMENTS, values);
        all(self.store.connection(), statement).await
    }

    /// Returns the refunds of an order group, the first one first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn refunds(&self, group: OrderGroupId) -> Result<Vec<Refund>, StoreError> {
        let values = [self.tenant.0.into(), group.0.into()];
        let statement = self.store.backend().statement(refunds_sql(), values);
        let rows = all::<RefundRow>(self.store.connection(), statement).await?;
        rows.into_iter().map(RefundRow::read).collect()
    }

    /// Returns a refund.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn refund(&self, id: RefundId) -> Result<Refund, StoreError> {
        let values = [self.tenant.0.into(), id.0.into()];
        let statement = self.store.backend().statement(refund_sql(), values);
        let row = first::<RefundRow>(self.store.connection(), statement).await?;
        row.ok_or(StoreError::NotFound("refund"))?.read()
    }

    /// Notes that the provider took a refund on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn refund_sent(&self, id: RefundId, now_ms: i64) -> Result<(), StoreError> {
        let sql =
            "UPDATE refunds SET sent_at = $3 WHERE tenant_id = $1 AND id = $2 AND sent_at IS NULL";
        let values = [self.tenant.0.into(), id.0.into(), now_ms.into()];
        let transaction = self.store.begin().await?;
        execute(&transaction, self.store.backend().statement(sql, values)).await?;
        Ok(transaction.commit().await?)
    }

    /// Keeps an event of a provider. Returns false if it is known already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_payment_event(
        &self,
        (provider, event): (&str, &str),
        payload: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO payment_events (tenant_id, provider, event, payload, received_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, provider, event) DO NOTHING RETURNING id";
        let values = [
            self.tenant.0.into(),
            provider.into(),
            event.into(),
            payload.into(),
            now_ms.into(),
        ];
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, values);
        let row = first::<IdRow>(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(row.is_some())
    }

    /// Notes what became of an event of a provider.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn payment_event_applied(
        &self,
        (provider, event): (&str, &str),
        outcome: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE payment_events SET applied_at = $4, outcome = $5
             WHERE tenant_id = $1 AND provider = $2 AND event = $3 AND applied_at IS NULL";
        let values = [
            self.tenant.0.into(),
            provider.into(),
            event.into(),
            now_ms.into(),
            outcome.into(),
        ];
        let transaction = self.store.begin().await?;
        execute(&transaction, self.store.backend().statement(sql, values)).await?;
        Ok(transaction.commit().await?)
    }
}

impl Store {
    /// Returns order groups of all tenants whose time to be paid is over, up to `limit`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expired_order_groups(
        &self,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<(TenantId, OrderGroupId)>, StoreError> {
        let values = [now_ms.into(), i64::from(limit).into()];
        let statement = self.backend().statement(EXPIRED, values);
        let rows = all::<DueRow>(self.connection(), statement).await?;
        let ids = rows.into_iter();
        Ok(ids
            .map(|row| (TenantId(row.tenant_id), OrderGroupId(row.id)))
            .collect())
    }

    /// Returns refunds of all tenants that a provider has to be asked for, after an id and up to `limit`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unsent_refunds(
        &self,
        after: RefundId,
        limit: u32,
    ) -> Result<Vec<(TenantId, RefundId)>, StoreError> {
        let values = [after.0.into(), i64::from(limit).into()];
        let statement = self.backend().statement(UNSENT_REFUNDS, values);
        let rows = all::<DueRow>(self.connection(), statement).await?;
        let ids = rows.into_iter();
        Ok(ids
            .map(|row| (TenantId(row.tenant_id), RefundId(row.id)))
            .collect())
    }
}
