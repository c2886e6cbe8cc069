//! Verification: every entry that is kept is the one that was written, and none is missing.

use std::fmt;

use sea_orm::FromQueryResult;
use souk_domain::TenantId;

use super::{
    AuditLog,
    entry::{AuditEntry, COLUMNS},
};
use crate::{
    StoreError,
    backend::{all, first},
};

/// Entries that are read at a time.
const PAGE: i64 = 1_000;

/// Result of verifying one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Chain: the id of a tenant, 0 for the installation.
    pub chain: TenantId,
    /// Entries that are as they were written, up to the first fault.
    pub entries: u64,
    /// First fault.
    pub fault: Option<Fault>,
    /// Number and hash of the last entry, as the chain has them.
    pub head: (i64, String),
}

/// Fault of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An entry is missing, or another is in its place.
    Missing(i64),
    /// An entry is not what was written.
    Changed(i64),
    /// An entry does not follow the one before it.
    Unchained(i64),
    /// The chain ends elsewhere than it says.
    Head(i64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(number) => write!(f, "entry {number} is missing"),
            Self::Changed(number) => write!(f, "entry {number} was changed"),
            Self::Unchained(number) => {
                write!(f, "entry {number} does not follow the one before it")
            }
            Self::Head(number) => {
                write!(f, "the chain does not end with entry {number} as it says")
            }
        }
    }
}

#[derive(FromQueryResult)]
struct Chain {
    last_number: i64,
    last_hash: String,
    ended_number: i64,
    ended_hash: String,
    /// Number of the last entry that there is.
    highest: i64,
}

impl AuditLog {
    /// Verifies all chains.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn verify(&self) -> Result<Vec<Verified>, StoreError> {
        let sql = "SELECT chain FROM audit_chains
             UNION SELECT DISTINCT chain FROM audit_entries ORDER BY chain";
        let statement = self.store.backend().statement(sql, []);
        let chains = all::<ChainRow>(self.store.connection(), statement).await?;
        let mut verified = Vec::new();
        for row in chains {
            verified.push(self.verify_chain(TenantId(row.chain)).await?);
        }
        Ok(verified)
    }

    /// Verifies one chain, up to the entry that is its last when this begins.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn verify_chain(&self, tenant: TenantId) -> Result<Verified, StoreError> {
        let chain = self.chain(tenant).await?;
        let (mut number, mut hash) = (chain.ended_number, chain.ended_hash);
        let mut verified = Verified {
            chain: tenant,
            entries: 0,
            fault: None,
            head: (chain.last_number, chain.last_hash),
        };
        while number < chain.last_number {
            let page = self.entries(tenant, number, chain.last_number).await?;
            if page.is_empty() {
                verified.fault = Some(Fault::Missing(number + 1));
                return Ok(verified);
            }
            for entry in page {
                verified.fault = fault(&entry, number + 1, &hash);
                if verified.fault.is_some() {
                    return Ok(verified);
                }
                (number, hash) = (entry.number, entry.hash);
                verified.entries += 1;
            }
        }
        let is_whole = hash == verified.head.1 && chain.highest <= chain.last_number;
        verified.fault = (!is_whole).then_some(Fault::Head(chain.last_number));
        Ok(verified)
    }

    /// Returns number and hash of the last entry of every chain.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn heads(&self) -> Result<Vec<(TenantId, i64, String)>, StoreError> {
        let sql = "SELECT chain, last_number, last_hash FROM audit_chains ORDER BY chain";
        let statement = self.store.backend().statement(sql, []);
        let heads = all::<HeadRow>(self.store.connection(), statement).await?;
        let heads = heads.into_iter();
        Ok(heads
            .map(|head| (TenantId(head.chain), head.last_number, head.last_hash))
            .collect())
    }

    async fn chain(&self, tenant: TenantId) -> Result<Chain, StoreError> {
        // One statement, so that an entry that comes meanwhile is in both or in neither.
        let sql =
            "SELECT coalesce(last_number, 0) AS last_number, coalesce(last_hash, '') AS last_hash,
                coalesce(ended_number, 0) AS ended_number, coalesce(ended_hash, '') AS ended_hash,
                coalesce((SELECT max(number) FROM audit_entries WHERE chain = $1), 0) AS highest
             FROM (SELECT 1 AS one) AS one LEFT JOIN audit_chains ON chain = $1";
        let statement = self.store.backend().statement(sql, [tenant.0.into()]);
        let found = first::<Chain>(self.store.connection(), statement).await?;
        found.ok_or(StoreError::NotFound("chain of the audit log"))
    }

    async fn entries(
        &self,
        tenant: TenantId,
        after: i64,
        last: i64,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let values = [tenant.0.into(), after.into(), last.into(), PAGE.into()];
        let statement = self.store.backend().statement(entries_sql(), values);
        all(self.store.connection(), statement).await
    }
}

/// Statement that reads entries of a chain in their order.
pub(crate) fn entries_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM audit_entries WHERE chain = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4"
    )
}

#[derive(FromQueryResult)]
struct HeadRow {
    chain: i64,
    last_number: i64,
    last_hash: String,
}

#[derive(FromQueryResult)]
struct ChainRow {
    chain: i64,
}

fn fault(entry: &AuditEntry, expected: i64, previous: &str) -> Option<Fault> {
    if entry.number != expected {
        return Some(Fault::Missing(expected));
    }
    if entry.computed_hash() != entry.hash {
        return Some(Fault::Changed(expected));
    }
    (entry.previous_hash != previous).then_some(Fault::Unchained(expected))
}
