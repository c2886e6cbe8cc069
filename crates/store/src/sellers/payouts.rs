//! Payouts of sellers, and what they are owed.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use souk_domain::{
    PayoutId, SellerId, TenantId,
    ordering::LedgerAccount,
    sellers::{EarnedByOrder, PayoutAccount, PayoutState},
};

use crate::{
    Scope, StoreError,
    backend::{all, first},
};

/// A payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Payout id.
    pub id: PayoutId,
    /// Seller that is paid.
    pub seller: SellerId,
    /// Name of the seller as it is now.
    pub seller_name: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amount in minor units, above zero.
    pub amount: i64,
    /// State.
    pub state: PayoutState,
    /// Bank account that it goes to, as it was when the payout was made.
    pub account: PayoutAccount,
    /// Reference of the bank's transfer.
    pub reference: Option<String>,
    /// Reason of its return or cancellation.
    pub reason: Option<String>,
    /// Name of who made it, as in the audit log.
    pub created_by: String,
    /// Time at which it was made, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the transfer, in milliseconds since 1970 UTC.
    pub paid_at_ms: Option<i64>,
    /// Time of its return or cancellation, in milliseconds since 1970 UTC.
    pub ended_at_ms: Option<i64>,
}

/// Choice of payouts.
#[derive(Debug, Clone, Copy)]
pub struct PayoutListing {
    /// Only those of a seller.
    pub seller: Option<SellerId>,
    /// Only those in a state.
    pub state: Option<PayoutState>,
    /// Only those before this one.
    pub before: Option<PayoutId>,
    /// Most payouts.
    pub limit: u32,
}

/// Amounts of a seller in one currency, from the ledger, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerDue {
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amount that the seller is owed; negative if the seller owes.
    pub balance: i64,
    /// Orders that brought something since the time asked for.
    pub recent: Vec<EarnedByOrder>,
    /// Money that the provider or the bank has.
    pub movable: i64,
}

/// Payouts of a tenant.
#[derive(Debug, Clone)]
pub struct Payouts {
    pub(super) scope: Scope,
}

#[derive(FromQueryResult)]
struct PayoutRow {
    id: i64,
    seller_id: i64,
    seller_name: String,
    currency: String,
    amount: i64,
    state: String,
    payout_account: String,
    reference: Option<String>,
    reason: Option<String>,
    created_by: String,
    created_at: i64,
    paid_at: Option<i64>,
    ended_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct BalanceRow {
    currency: String,
    balance: i64,
}

#[derive(FromQueryResult)]
struct SellerRow {
    id: i64,
}

const SELECT: &str = "SELECT p.id, p.seller_id, s.name AS seller_name, p.currency, p.amount, p.state, p.payout_account,
        p.reference, p.reason, p.created_by, p.created_at, p.paid_at, p.ended_at
     FROM payouts p JOIN sellers s ON s.id = p.seller_id";

pub(crate) fn get_sql() -> String {
    format!("{SELECT} WHERE p.tenant_id = $1 AND p.id = $2")
}

pub(crate) fn list_sql(listing: &PayoutListing) -> String {
    let mut sql = format!("{SELECT} WHERE p.tenant_id = $1 AND p.id < $2");
    if listing.seller.is_some() {
        sql.push_str(" AND p.seller_id = $4");
    }
    if listing.state.is_some() {
        let parameter = if listing.seller.is_some() { 5 } else { 4 };
        sql.push_str(&format!(" AND p.state = ${parameter}"));
    }
    sql + " ORDER BY p.id DESC LIMIT $3"
}

pub(crate) fn list_values(tenant: TenantId, listing: &PayoutListing) -> Vec<Value> {
    let mut values = vec![
        tenant.0.into(),
        listing.before.map_or(i64::MAX, |id| id.0).into(),
        i64::from(listing.limit).into(),
    ];
    values.extend(listing.seller.map(|id| Value::from(id.0)));
    values.extend(listing.state.map(|state| Value::from(state.as_str())));
    values
}

pub(crate) const BALANCES: &str = "SELECT currency, CAST(sum(amount) AS bigint) AS balance
     FROM ledger_entries WHERE tenant_id = $1 AND account = $2 GROUP BY currency ORDER BY currency";

pub(crate) const RECENT: &str = "SELECT e.currency, CAST(sum(e.amount) AS bigint) AS balance
     FROM (SELECT DISTINCT order_id FROM ledger_journals
           WHERE tenant_id = $1 AND at > $3 AND kind = 'earning' AND order_id IS NOT NULL) recent
     JOIN ledger_journals j ON j.order_id = recent.order_id
     JOIN ledger_entries e ON e.journal_id = j.id
     WHERE e.account = $2 GROUP BY e.currency, j.order_id";

pub(crate) const OWED: &str = "SELECT s.id FROM sellers s WHERE s.tenant_id = $1 AND s.id > $2
       AND EXISTS (SELECT 1 FROM ledger_entries e WHERE e.tenant_id = $1 AND e.account = 'seller:' || s.id)
     ORDER BY s.id LIMIT $3";

impl TryFrom<PayoutRow> for Payout {
    type Error = StoreError;

    fn try_from(row: PayoutRow) -> Result<Self, Self::Error> {
        let state = row.state.parse::<PayoutState>();
        let unreadable = |error| StoreError::Database(sea_orm::DbErr::Type(format!("{error}")));
        Ok(Self {
            id: PayoutId(row.id),
            seller: SellerId(row.seller_id),
            seller_name: row.seller_name,
            currency: row.currency,
            amount: row.amount,
            state: state.map_err(unreadable)?,
            account: serde_json::from_str(&row.payout_account)?,
            reference: row.reference,
            reason: row.reason,
            created_by: row.created_by,
            created_at_ms: row.created_at,
            paid_at_ms: row.paid_at,
            ended_at_ms: row.ended_at,
        })
    }
}

impl Scope {
    /// Payouts of the tenant's sellers.
    pub fn payouts(&self) -> Payouts {
        Payouts {
            scope: self.clone(),
        }
    }
}

impl Payouts {
    /// Returns a payout.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn get(&self, id: PayoutId) -> Result<Payout, StoreError> {
        self.read(self.scope.store.connection(), id, "").await
    }

    /// Returns payouts, the newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self, listing: &PayoutListing) -> Result<Vec<Payout>, StoreError> {
        let values = list_values(self.scope.tenant, listing);
        let backend = self.scope.store.backend();
        let statement = backend.statement(list_sql(listing), values);
        let rows = all::<PayoutRow>(self.scope.store.connection(), statement).await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Returns what a seller is owed in each currency. Orders count as recent that were sent after `since_ms`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn due(&self, seller: SellerId, since_ms: i64) -> Result<Vec<SellerDue>, StoreError> {
        self.due_in(self.scope.store.connection(), seller, since_ms)
            .await
    }

    /// Returns up to `limit` sellers after one that have entries in the ledger, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sellers(
        &self,
        after: Option<SellerId>,
        limit: u32,
    ) -> Result<Vec<SellerId>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            after.map_or(0, |id| id.0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(OWED, values);
        let rows = all::<SellerRow>(self.scope.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| SellerId(row.id)).collect())
    }

    pub(super) async fn read(
        &self,
        connection: &impl ConnectionTrait,
        id: PayoutId,
        lock: &str,
    ) -> Result<Payout, StoreError> {
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let sql = format!("{}{lock}", get_sql());
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<PayoutRow>(connection, statement).await?;
        row.ok_or(StoreError::NotFound("payout"))?.try_into()
    }

    pub(super) async fn due_in(
        &self,
        connection: &impl ConnectionTrait,
        seller: SellerId,
        since_ms: i64,
    ) -> Result<Vec<SellerDue>, StoreError> {
        let backend = self.scope.store.backend();
        let tenant = self.scope.tenant.0;
        let account = LedgerAccount::Seller(seller).to_string();
        let provider = LedgerAccount::Provider.to_string();
        let balances = |account: &str| {
            let values = [tenant.into(), account.into()];
            all::<BalanceRow>(connection, backend.statement(BALANCES, values))
        };
        let owed = balances(&account).await?;
        let movable: BTreeMap<_, _> = balances(&provider)
            .await?
            .into_iter()
            .map(|row| (row.currency, row.balance))
            .collect();
        let values = [tenant.into(), account.clone().into(), since_ms.into()];
        let statement = backend.statement(RECENT, values);
        let recent = all::<BalanceRow>(connection, statement).await?;
        let due = owed.into_iter().map(|row| SellerDue {
            balance: row.balance.saturating_neg(),
            recent: recent
                .iter()
                .filter(|order| order.currency == row.currency)
                .map(|order| EarnedByOrder {
                    amount: order.balance.saturating_neg(),
                })
                .collect(),
            movable: movable.get(&row.currency).copied().unwrap_or(0),
            currency: row.currency,
        });
        Ok(due.collect())
    }
}
