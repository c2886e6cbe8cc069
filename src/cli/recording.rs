//! Record of what is done on the command line.

use chrono::Utc;
use souk_domain::TenantId;
use souk_store::{
    Store,
    audit::{Act, NewAuditEntry, Outcome},
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
        at_ms: Utc::now().timestamp_millis(),
        actor: COMMAND_LINE.to_owned(),
        note: std::env::var("USER").ok(),
        address: None,
        request_id: None,
        action: action.to_owned(),
        outcome: Outcome::Done,
        target: None,
        detail: None,
    };
    let act = Act::new(tenant, entry);
    let done = Box::pin(act.during(work)).await?;
    if !act.is_written() {
        let (tenant, entry) = act.whole();
        store.audit().append(tenant, entry).await?;
    }
    Ok(done)
}
