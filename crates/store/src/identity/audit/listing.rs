//! Reading the log, newest entries first.

use sea_orm::Value;
use souk_domain::TenantId;

use super::{
    AuditLog,
    entry::{AuditEntry, COLUMNS},
};
use crate::{StoreError, backend::all};

/// Choice of entries of one chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Doer.
    pub actor: Option<String>,
    /// Name of the operation or command.
    pub action: Option<String>,
    /// Thing that it was done to.
    pub target: Option<String>,
    /// Earliest time, in milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Time before which they were made, in milliseconds since 1970 UTC.
    pub until_ms: Option<i64>,
    /// Number below which they lie.
    pub before: Option<i64>,
}

/// Returns the statement of a page and its values, the number of entries being the last.
pub(crate) fn list_sql(chain: TenantId, filter: &AuditFilter, limit: u32) -> (String, Vec<Value>) {
    let mut sql = format!("SELECT {COLUMNS} FROM audit_entries WHERE chain = $1");
    let mut values: Vec<Value> = vec![chain.0.into()];
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let number = |number: Option<i64>| number.map(Value::from);
    for (condition, value) in [
        ("actor =", text(&filter.actor)),
        ("action =", text(&filter.action)),
        ("target =", text(&filter.target)),
        ("at >=", number(filter.from_ms)),
        ("at <", number(filter.until_ms)),
        ("number <", number(filter.before)),
    ] {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {condition} ${}", values.len()));
        }
    }
    values.push(i64::from(limit).into());
    sql.push_str(&format!(" ORDER BY number DESC LIMIT ${}", values.len()));
    (sql, values)
}

impl AuditLog {
    /// Returns up to `limit` entries of a chain, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn page(
        &self,
        chain: TenantId,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let (sql, values) = list_sql(chain, filter, limit);
        let statement = self.store.backend().statement(sql, values);
        all(self.store.connection(), statement).await
    }
}
