//! Adding to a chain.

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::TenantId;

use super::entry::{AuditEntry, COLUMNS, NewAuditEntry};
use crate::{
    StoreError,
    backend::{Backend, execute, first},
};

#[derive(FromQueryResult)]
struct Head {
    last_number: i64,
    last_hash: String,
}

/// Adds an entry in a transaction. From here to its end nobody else adds to the chain.
pub(super) async fn append(
    transaction: &impl ConnectionTrait,
    chain: TenantId,
    new: NewAuditEntry,
) -> Result<(), StoreError> {
    let backend = Backend::of(transaction);
    let head = format!(
        "SELECT last_number, last_hash FROM audit_chains WHERE chain = $1{}",
        backend.for_update()
    );
    let head = backend.statement(head, [chain.0.into()]);
    let last = match first::<Head>(transaction, head.clone()).await? {
        Some(head) => Some(head),
        None => {
            let begin =
                "INSERT INTO audit_chains (chain, last_number, last_hash) VALUES ($1, 0, '')
                 ON CONFLICT (chain) DO NOTHING";
            execute(transaction, backend.statement(begin, [chain.0.into()])).await?;
            first::<Head>(transaction, head).await?
        }
    };
    let last = last.ok_or(StoreError::NotFound("chain of the audit log"))?;
    let entry = AuditEntry::following(new, chain, (last.last_number, last.last_hash));
    let moved = "UPDATE audit_chains SET last_number = $2, last_hash = $3 WHERE chain = $1";
    let values = [
        chain.0.into(),
        entry.number.into(),
        entry.hash.as_str().into(),
    ];
    execute(transaction, backend.statement(moved, values)).await?;
    let insert = format!(
        "INSERT INTO audit_entries ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    let values = [
        entry.chain.into(),
        entry.number.into(),
        entry.at.into(),
        entry.actor.into(),
        entry.note.into(),
        entry.address.into(),
        entry.request_id.into(),
        entry.action.into(),
        entry.outcome.into(),
        entry.target.into(),
        entry.detail.into(),
        entry.previous_hash.into(),
        entry.hash.into(),
    ];
    execute(transaction, backend.statement(insert, values)).await?;
    Ok(())
}
