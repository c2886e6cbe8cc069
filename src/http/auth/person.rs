//! People with an account as senders of requests to the admin API.

use std::sync::Arc;

use souk_domain::TenantId;
use souk_identity::{Permissions, Role, SessionKind};
use souk_store::LiveSession;

/// Somebody who is signed in to a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInPerson {
    /// Tenant of the account.
    pub tenant: TenantId,
    /// Session, with account and roles.
    pub live: Arc<LiveSession>,
}

impl SignedInPerson {
    /// Returns the roles of the account.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.live
            .memberships
            .iter()
            .map(|membership| membership.role)
    }

    /// Returns what the person may do in this session: all that a role permits, but nothing in one that began as a
    /// shopper's, which lives for longer.
    pub fn permissions(&self) -> Permissions {
        match self.live.session.kind {
            SessionKind::Shopper => Permissions::NONE,
            SessionKind::Trusted => {
                let of_roles = self.roles().map(Permissions::of_role);
                of_roles.fold(Permissions::NONE, Permissions::and)
            }
        }
    }
}
