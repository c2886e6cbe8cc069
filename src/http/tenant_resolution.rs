//! Resolves the tenant of a request by its host or its API key.

use std::sync::Arc;

use poem::{
    Request,
    http::{HeaderName, header},
};
use souk_search_service::ResolvedBy;
use souk_store::Tenant;

use crate::{error::ApiError, state::AppState};

/// Request header that carries a tenant's API key.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Tenant of a request that the service sends to itself. No request from outside carries it.
#[derive(Debug, Clone)]
pub struct InternalTenant(pub Arc<Tenant>);

/// Returns the tenant of a request: by host name, else by API key, else the only one.
///
/// # Errors
/// If the database is needed and cannot be read.
pub(super) async fn resolve_tenant(
    app: &AppState,
    request: &Request,
) -> Result<Option<(Arc<Tenant>, ResolvedBy)>, ApiError> {
    if let Some(InternalTenant(tenant)) = request.data() {
        return Ok(Some((tenant.clone(), ResolvedBy::Only)));
    }
    // HTTP/2 has no Host header: its authority is part of the URI.
    let host = request.header(header::HOST).or_else(|| {
        let authority = request.uri().authority();
        authority.map(|authority| authority.as_str())
    });
    let tenants = &app.tenant_directory;
    Ok(tenants.resolve(host, request.header(API_KEY)).await?)
}
