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
    /// True if a second factor has to be proven before roles permit anything.
    pub lacks_factor: bool,
}

impl SignedInPerson {
    /// Returns the roles of the account.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.live
            .memberships
            .iter()
            .map(|membership| membership.role)
    }

    /// Returns what the person may do in this session: what the roles permit, once a second factor is proven where staff
    /// needs one.
    pub fn permissions(&self) -> Permissions {
        match self.lacks_factor {
            true => Permissions::NONE,
            false => self.permissions_with_factor(),
        }
    }

    /// Returns what the roles permit: nothing in a session that began as a shopper's, which lives for longer.
    pub fn permissions_with_factor(&self) -> Permissions {
        match self.live.session.kind {
            SessionKind::Shopper => Permissions::NONE,
            SessionKind::Trusted => {
                let of_roles = self.roles().map(Permissions::of_role);
                of_roles.fold(Permissions::NONE, Permissions::and)
            }
        }
    }
}
