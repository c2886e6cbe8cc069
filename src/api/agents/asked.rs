//! A request of an agent, and whose it is.

use poem::Request;

use super::origin::Origin;
use super::ucp::{Asking, Version};
use crate::{
    api::call::Call,
    error::ApiError,
    http::{TenantContext, has_admin_key},
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
    /// Reports whether it carries the admin key. Keys of a marketplace belong to storefronts, and may stand in pages.
    pub(super) fn is_staff(&self) -> bool {
        has_admin_key(&self.request, &self.context.app.admin_key)
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
