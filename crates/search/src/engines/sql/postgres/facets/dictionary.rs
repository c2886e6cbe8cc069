//! Cache of the names and values that attribute codes stand for.
//!
//! A code is a hash of name and value. Its meaning never changes, so entries need no invalidation.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parking_lot::RwLock;
use sea_orm::ConnectionTrait;
use souk_domain::TenantId;

use crate::{SearchError, engines::sql::statement::Sql};

/// Most cached codes, of some hundred bytes each. A fuller cache is emptied.
const KEPT: usize = 100_000;

/// Name and value of an attribute.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AttributeValue {
    pub(crate) name: String,
    pub(crate) value: String,
}

type Known = HashMap<(TenantId, i64), Arc<AttributeValue>>;

/// Cache of codes that were looked up. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary(Arc<RwLock<Known>>);

impl Dictionary {
    /// Returns names and values of codes, without codes that the database does not know.
    pub(crate) async fn look_up<C: ConnectionTrait>(
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

/// Reads codes from the database. A value is listed twice if two writers inserted it at the same time.
async fn read<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    codes: &[i64],
) -> Result<Vec<(i64, Arc<AttributeValue>)>, SearchError> {
    let mut sql = Sql::for_database(connection);
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
