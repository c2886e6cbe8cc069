//! Record of what is done on the command line.

use chrono::Utc;
use souk_domain::TenantId;
use souk_store::{
    Store,
    audit::{Act, NewAuditEntry},
};

/// Doer in the audit log.
pub(super) const COMMAND_LINE: &str = "command-line";

/// Does something to a tenant and has the audit log tell of it, in the transaction that does it where there is one.
///
/// # Errors
/// If it fails, or was done and cannot be recorded.
pub(super) async fn recorded<T, E>(
    store: &Store,
    tenant: TenantId,
    action: &str,
    work: impl Future<Output = Result<T, E>>,
) -> anyhow::Result<T>
where
    anyhow::Error: From<E>,
{
    let entry = NewAuditEntry {
        note: std::env::var("USER").ok(),
        ..NewAuditEntry::done(
            Utc::now().timestamp_millis(),
            COMMAND_LINE.to_owned(),
            action,
        )
    };
    let act = Act::new(tenant, entry);
    let done = Box::pin(act.during(work)).await?;
    if !act.is_written() {
        let (tenant, entry) = act.whole();
        store.audit().append(tenant, entry).await?;
    }
    Ok(done)
}
