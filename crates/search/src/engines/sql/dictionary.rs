//! What the codes of attributes stand for.
//!
//! A code is a hash of name and value, so what it stands for never changes, and it is kept once it was looked up.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parking_lot::RwLock;
use sea_orm::ConnectionTrait;
use souk_domain::TenantId;

use super::statement::Sql;
use crate::SearchError;

/// Codes that are kept, some hundred bytes each. When there are more, it begins anew.
const KEPT: usize = 100_000;

/// An attribute's value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AttributeValue {
    pub(super) name: String,
    pub(super) value: String,
}

type Known = HashMap<(TenantId, i64), Arc<AttributeValue>>;

/// Codes that were looked up. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Dictionary(Arc<RwLock<Known>>);

impl Dictionary {
    /// What codes stand for, as far as that is known.
    pub(super) async fn look_up<C: ConnectionTrait>(
        &self,
        connection: &C,
        tenant: TenantId,
        codes: HashSet<i64>,
    ) -> Result<HashMap<i64, Arc<AttributeValue>>, SearchError> {
        let mut found = HashMap::with_capacity(codes.len());
        let mut unknown = Vec::new();
        {
            let known = self.0.read();
            for code in codes {
                match known.get(&(tenant, code)) {
                    Some(entry) => drop(found.insert(code, Arc::clone(entry))),
                    None => unknown.push(code),
                }
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let read = read(connection, tenant, &unknown).await?;
        let mut known = self.0.write();
        if known.len() + read.len() > KEPT {
            known.clear();
        }
        for (code, entry) in read {
            known.insert((tenant, code), Arc::clone(&entry));
            found.insert(code, entry);
        }
        Ok(found)
    }
}

/// A value may be listed twice, if two writers were first to use it at once.
async fn read<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    codes: &[i64],
) -> Result<Vec<(i64, Arc<AttributeValue>)>, SearchError> {
    let mut sql = Sql::new(connection.get_database_backend());
    sql.push("SELECT code, name, value FROM search_values WHERE tenant_id = ")
        .bind(tenant.0)
        .push(" AND code = ANY (")
        .array(codes)
        .push(")");
    let rows = sql.rows(connection).await?;
    let entries = rows.iter().map(|row| {
        let entry = AttributeValue {
            name: row.try_get_by_index(1)?,
            value: row.try_get_by_index(2)?,
        };
        Ok((row.try_get_by_index(0)?, Arc::new(entry)))
    });
    entries.collect()
}
