//! Ledger: journals of double entry that are only ever added.

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::{OrderGroupId, OrderId, ordering::Journal};

use crate::{
    Scope, StoreError, Transaction,
    backend::{IdRow, Kind, all, execute, first, json},
};

/// A journal to be added.
pub(crate) struct NewJournal<'a> {
    pub(crate) journal: &'a Journal,
    /// Cause that may have one journal only.
    pub(crate) cause: &'a str,
    pub(crate) group: Option<OrderGroupId>,
    pub(crate) order: Option<OrderId>,
    pub(crate) currency: &'a str,
    pub(crate) at_ms: i64,
}

/// Balance of an account: the sum of its entries. A debit is positive.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct LedgerBalance {
    /// Account, such as `seller:7`.
    pub account: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Sum in minor units.
    pub balance: i64,
    /// Number of entries.
    pub entries: i64,
}

/// Entry of an account's statement.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct LedgerEntry {
    /// Number of the entry; higher ones came later.
    pub id: i64,
    /// Journal.
    pub journal: i64,
    /// Kind of the journal, such as `earning`.
    pub kind: String,
    /// Order that caused it.
    pub order_id: Option<i64>,
    /// Account.
    pub account: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amount in minor units. A debit is positive.
    pub amount: i64,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Journal that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct UnbalancedJournal {
    /// Journal.
    pub id: i64,
    /// Sum of its entries, which should be zero.
    pub sum: i64,
}

/// Ledger of a tenant.
#[derive(Debug, Clone)]
pub struct Ledger {
    scope: Scope,
}

#[derive(Serialize)]
struct EntryRow {
    account: String,
    amount: i64,
}

const ENTRY_COLUMNS: [(&str, Kind); 2] = [("account", Kind::Text), ("amount", Kind::Integer)];

const BALANCES: &str =
    "SELECT account, currency, CAST(sum(amount) AS bigint) AS balance, count(*) AS entries
     FROM ledger_entries WHERE tenant_id = $1
     GROUP BY account, currency ORDER BY account, currency";

pub(crate) const STATEMENT: &str =
    "SELECT e.id, e.journal_id AS journal, j.kind, j.order_id, e.account, e.currency, e.amount, j.at AS at_ms
     FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id
     WHERE e.tenant_id = $1 AND e.account = $2 AND e.currency = $3 AND e.id > $4 ORDER BY e.id LIMIT $5";

const UNBALANCED: &str = "SELECT j.id, CAST(sum(e.amount) AS bigint) AS sum
     FROM ledger_journals j LEFT JOIN ledger_entries e ON e.journal_id = j.id
     WHERE j.tenant_id = $1 GROUP BY j.id
     HAVING coalesce(sum(e.amount), 1) <> 0 OR min(e.currency) <> j.currency OR max(e.currency) <> j.currency
     ORDER BY j.id LIMIT 100";

/// Adds a journal, once for its cause. Returns true if it is new.
pub(crate) async fn add(
    transaction: &Transaction,
    scope: &Scope,
    new: &NewJournal<'_>,
) -> Result<bool, StoreError> {
    if new.journal.entries().is_empty() {
        return Ok(false);
    }
    let backend = scope.store.backend();
    let sql = "INSERT INTO ledger_journals (tenant_id, kind, group_id, order_id, currency, cause, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, cause) DO NOTHING RETURNING id";
    let values = [
        scope.tenant.0.into(),
        new.journal.kind().as_str().into(),
        new.group.map(|id| id.0).into(),
        new.order.map(|id| id.0).into(),
        new.currency.into(),
        new.cause.into(),
        new.at_ms.into(),
    ];
    let Some(row) = first::<IdRow>(transaction, backend.statement(sql, values)).await? else {
        return Ok(false);
    };
    let entries = new.journal.entries().iter().map(|entry| EntryRow {
        account: entry.account.to_string(),
        amount: entry.amount,
    });
    let entries = json(&entries.collect::<Vec<_>>())?;
    let sql = format!(
        "INSERT INTO ledger_entries (tenant_id, journal_id, account, currency, amount)
         SELECT $2, $3, r.account, $4, r.amount FROM {}",
        backend.record_set("$1", &ENTRY_COLUMNS)
    );
    let values = [
        entries,
        scope.tenant.0.into(),
        row.id.into(),
        new.currency.into(),
    ];
    execute(transaction, backend.statement(sql, values)).await?;
    Ok(true)
}

impl Scope {
    /// Ledger of the tenant.
    pub fn ledger(&self) -> Ledger {
        Ledger {
            scope: self.clone(),
        }
    }
}

impl Ledger {
    /// Returns the balance of every account in every currency.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn balances(&self) -> Result<Vec<LedgerBalance>, StoreError> {
        let backend = self.scope.store.backend();
        let statement = backend.statement(BALANCES, [self.scope.tenant.0.into()]);
        all(self.scope.store.connection(), statement).await
    }

    /// Returns up to `limit` entries of an account in a currency after one, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn statement(
        &self,
        (account, currency): (&str, &str),
        after: i64,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            account.into(),
            currency.into(),
            after.into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(STATEMENT, values);
        all(self.scope.store.connection(), statement).await
    }

    /// Returns journals that do not sum to zero, or have entries in another currency; up to 100.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unbalanced(&self) -> Result<Vec<UnbalancedJournal>, StoreError> {
        let backend = self.scope.store.backend();
        let statement = backend.statement(UNBALANCED, [self.scope.tenant.0.into()]);
        all(self.scope.store.connection(), statement).await
    }
}
