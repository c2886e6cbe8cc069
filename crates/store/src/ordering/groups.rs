//! Statements that read order groups with their orders, lines and payment.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use souk_domain::{AccountId, OrderGroupId, OrderId, PaymentId, SellerId};

use super::{
    group_rows::{GroupRow, LineRow, OrderRow},
    order_group::{Order, OrderGroup, OrderLine},
};
use crate::{
    Backend, Scope, StoreError,
    backend::{all, first},
};

const GROUP: &str = "SELECT g.id, g.number, g.token_hash, g.account_id, g.mail, g.language, g.currency, g.tax_pricing, g.goods,
        g.discount, g.delivery, g.delivery_discount, g.net, g.tax, g.total, g.delivery_address, g.billing_address, g.note,
        g.promotions, g.cart_id, g.created_at, g.expires_at, g.placed_at, g.ended_at, g.end_reason, p.id AS payment_id,
        p.provider, p.provider_ref, p.facts AS payment_facts, p.action
    FROM order_groups g JOIN payments p ON p.group_id = g.id";

/// Statement of an order group: `$1` tenant, `$2` id.
pub(crate) fn group_sql() -> String {
    format!("{GROUP} WHERE g.tenant_id = $1 AND g.id = $2")
}

/// Placed order groups of an account, the newest first: `$1` tenant, `$2` account, `$3` id before which to begin, `$4` limit.
pub(crate) fn of_account_sql() -> String {
    format!(
        "{GROUP} WHERE g.tenant_id = $1 AND g.account_id = $2 AND g.placed_at IS NOT NULL AND g.id < $3
         ORDER BY g.id DESC LIMIT $4"
    )
}

const ORDER: &str = "SELECT o.id, o.group_id, g.number, o.position, o.seller_id, o.seller_name, o.currency, o.goods, o.discount,
        o.delivery, o.delivery_discount, o.net, o.tax, o.total, o.subsidy, o.commission, o.delivery_figures, o.facts,
        o.placed_at, o.updated_at
    FROM orders o JOIN order_groups g ON g.id = o.group_id";

/// Orders of order groups: `$1` tenant, `$2` ids.
pub(crate) fn orders_sql(backend: Backend) -> String {
    format!(
        "{ORDER} WHERE o.tenant_id = $1 AND {} ORDER BY o.group_id, o.position",
        backend.among_ids("o.group_id", "$2")
    )
}

/// Filters of a list of orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderListing {
    /// Only those of this seller.
    pub seller: Option<SellerId>,
    /// Only those in this state, such as `open`.
    pub status: Option<String>,
    /// Only those that come before this one in the list.
    pub before: Option<OrderId>,
    /// Most of them.
    pub limit: u32,
}

/// Placed orders, the newest first: `$1` tenant, `$2` id before which to begin, `$3` limit, then seller and status.
pub(crate) fn listing_sql(by_seller: bool, by_status: bool) -> String {
    let seller = if by_seller {
        " AND o.seller_id = $4"
    } else {
        ""
    };
    let status = match (by_status, by_seller) {
        (true, true) => " AND o.status = $5",
        (true, false) => " AND o.status = $4",
        (false, _) => "",
    };
    format!(
        "{ORDER} WHERE o.tenant_id = $1 AND o.placed_at IS NOT NULL AND o.id < $2{seller}{status}
         ORDER BY o.id DESC LIMIT $3"
    )
}

/// Lines of orders: `$1` ids.
pub(crate) fn lines_sql(backend: Backend) -> String {
    format!(
        "SELECT id, order_id, product_id, variant_id, offer_id, sku, title, options, image, note, quantity, unit_price, goods,
                discount, net, tax, gross, tax_ppm, subsidy, commission_terms
         FROM order_lines WHERE {} ORDER BY order_id, id",
        backend.among_ids("order_id", "$1")
    )
}

pub(crate) const OF_ORDER: &str =
    "SELECT group_id AS id FROM orders WHERE tenant_id = $1 AND id = $2";
pub(crate) const OF_PAYMENT: &str =
    "SELECT group_id AS id FROM payments WHERE tenant_id = $1 AND id = $2";
pub(crate) const OF_REFERENCE: &str = "SELECT group_id AS id FROM payments WHERE tenant_id = $1 AND provider = $2 AND provider_ref = $3";

impl Scope {
    /// Returns an order group with all that it has.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn order_group(&self, id: OrderGroupId) -> Result<OrderGroup, StoreError> {
        self.order_group_by(self.store.connection(), id).await
    }

    pub(super) async fn order_group_by(
        &self,
        connection: &impl ConnectionTrait,
        id: OrderGroupId,
    ) -> Result<OrderGroup, StoreError> {
        let values = [self.tenant.0.into(), id.0.into()];
        let statement = self.store.backend().statement(group_sql(), values);
        let row = first::<GroupRow>(connection, statement).await?;
        let row = row.ok_or(StoreError::NotFound("order"))?;
        let mut groups = self.with_orders(connection, vec![row]).await?;
        groups.pop().ok_or(StoreError::NotFound("order"))
    }

    /// Returns placed order groups of an account, the newest first, up to `limit` before an id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn order_groups_of(
        &self,
        account: AccountId,
        before: Option<OrderGroupId>,
        limit: u32,
    ) -> Result<Vec<OrderGroup>, StoreError> {
        let values = [
            self.tenant.0.into(),
            account.0.into(),
            before.map_or(i64::MAX, |id| id.0).into(),
            i64::from(limit).into(),
        ];
        let connection = self.store.connection();
        let statement = self.store.backend().statement(of_account_sql(), values);
        let rows = all::<GroupRow>(connection, statement).await?;
        self.with_orders(connection, rows).await
    }

    /// Returns placed orders, the newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn orders(&self, listing: &OrderListing) -> Result<Vec<Order>, StoreError> {
        let sql = listing_sql(listing.seller.is_some(), listing.status.is_some());
        let mut values = vec![
            self.tenant.0.into(),
            listing.before.map_or(i64::MAX, |id| id.0).into(),
            i64::from(listing.limit).into(),
        ];
        values.extend(listing.seller.map(|seller| seller.0.into()));
        values.extend(listing.status.clone().map(Into::into));
        let connection = self.store.connection();
        let statement = self.store.backend().statement(sql, values);
        let rows = all::<OrderRow>(connection, statement).await?;
        self.with_lines(connection, rows).await
    }

    /// Returns the order group of an order; none if there is no such order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn order_group_of_order(
        &self,
        order: OrderId,
    ) -> Result<Option<OrderGroupId>, StoreError> {
        self.group_id(OF_ORDER, [order.0.into()]).await
    }

    /// Returns the order group of a payment; none if there is no such payment.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn order_group_of_payment(
        &self,
        payment: PaymentId,
    ) -> Result<Option<OrderGroupId>, StoreError> {
        self.group_id(OF_PAYMENT, [payment.0.into()]).await
    }

    /// Returns the order group of a payment by the provider's reference; none if there is no such payment.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn order_group_of_reference(
        &self,
        provider: &str,
        reference: &str,
    ) -> Result<Option<OrderGroupId>, StoreError> {
        self.group_id(OF_REFERENCE, [provider.into(), reference.into()])
            .await
    }

    async fn group_id<const N: usize>(
        &self,
        sql: &str,
        values: [sea_orm::Value; N],
    ) -> Result<Option<OrderGroupId>, StoreError> {
        let values = [self.tenant.0.into()].into_iter().chain(values);
        let statement = self.store.backend().statement(sql, values);
        let row = first::<crate::backend::IdRow>(self.store.connection(), statement).await?;
        Ok(row.map(|row| OrderGroupId(row.id)))
    }

    async fn with_orders(
        &self,
        connection: &impl ConnectionTrait,
        rows: Vec<GroupRow>,
    ) -> Result<Vec<OrderGroup>, StoreError> {
        let backend = self.store.backend();
        let ids = backend.ids(rows.iter().map(|row| row.id));
        let statement = backend.statement(orders_sql(backend), [self.tenant.0.into(), ids]);
        let orders = all::<OrderRow>(connection, statement).await?;
        let mut orders = self
            .with_lines(connection, orders)
            .await?
            .into_iter()
            .peekable();
        let mut by_group: BTreeMap<OrderGroupId, Vec<Order>> = BTreeMap::new();
        for order in orders.by_ref() {
            by_group.entry(order.group).or_default().push(order);
        }
        let groups = rows.into_iter().map(|row| {
            let orders = by_group.remove(&OrderGroupId(row.id)).unwrap_or_default();
            row.read(orders)
        });
        groups.collect()
    }

    async fn with_lines(
        &self,
        connection: &impl ConnectionTrait,
        rows: Vec<OrderRow>,
    ) -> Result<Vec<Order>, StoreError> {
        let backend = self.store.backend();
        let ids = backend.ids(rows.iter().map(|row| row.id));
        let statement = backend.statement(lines_sql(backend), [ids]);
        let mut by_order: BTreeMap<i64, Vec<OrderLine>> = BTreeMap::new();
        for row in all::<LineRow>(connection, statement).await? {
            by_order.entry(row.order_id).or_default().push(row.read()?);
        }
        let orders = rows.into_iter().map(|row| {
            let lines = by_order.remove(&row.id).unwrap_or_default();
            row.read(lines)
        });
        orders.collect()
    }
}
