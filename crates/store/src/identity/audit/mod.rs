//! The audit log: one entry for each change by staff, in a chain of hashes for each tenant.
//!
//! An entry is written in the transaction of the change, by whoever commits it: see [`Act`]. The database refuses to
//! change entries and to delete any that are to be kept. [`AuditLog::verify`] finds what was changed all the same.

pub(crate) mod act;
mod appending;
mod chain;
mod entry;
mod listing;
mod retention;
mod verification;

use souk_domain::TenantId;

use crate::Store;

pub use self::{
    act::{Act, note},
    entry::{AuditEntry, NewAuditEntry, Outcome},
    listing::AuditFilter,
    verification::{Fault, Verified},
};
pub(crate) use self::{listing::list_sql, retention::FIRST_KEPT, verification::entries_sql};

/// Chain of what concerns the installation and no tenant.
pub const INSTALLATION: TenantId = TenantId(0);

/// The audit log of all tenants.
#[derive(Debug, Clone)]
pub struct AuditLog {
    store: Store,
}

impl Store {
    /// The audit log.
    pub fn audit(&self) -> AuditLog {
        AuditLog {
            store: self.clone(),
        }
    }
}
