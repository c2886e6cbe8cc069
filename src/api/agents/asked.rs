//! A request of an agent, and whose it is.

use poem::Request;
use souk_identity::Permission;

use super::origin::Origin;
use super::ucp::{Asking, Version};
use crate::{
    api::call::Call,
    error::ApiError,
    http::{Principal, TenantContext},
};

/// A request of an agent.
pub(super) struct Asked {
    /// Tenant, and what it takes to serve it.
    pub(super) context: TenantContext,
    /// The request itself.
    pub(super) request: Request,
    /// Origin of absolute links.
    pub(super) origin: Origin,
    /// True if CORS allows the page that sends it.
    pub(super) is_allowed_page: bool,
}

impl Asked {
    /// Reports whether its sender may do such a thing. Keys of a storefront may stand in pages, and allow nothing.
    pub(super) fn may(&self, permission: Permission) -> bool {
        Principal::of(&self.request).may(permission)
    }

    /// Reports whether it is of staff, who may see more than others.
    pub(super) fn is_staff(&self) -> bool {
        Principal::of(&self.request).is_staff()
    }

    /// Begins a request of the catalogue.
    ///
    /// # Errors
    /// If the configuration was never read and the database cannot be.
    pub(super) async fn asking(&self, version: Version) -> Result<Asking, ApiError> {
        Ok(Asking {
            call: Call::begin(&self.context, None).await?,
            version,
            origin: self.origin.clone(),
        })
    }
}
