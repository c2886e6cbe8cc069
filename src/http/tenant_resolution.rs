//! Resolves the tenant of a request by its host and its API key.

use std::sync::Arc;

use poem::{
    Request,
    http::{HeaderName, header},
};
use souk_search_service::{Resolved, ResolvedBy};
use souk_store::Tenant;

use crate::{error::ApiError, state::AppState};

/// Request header that carries a tenant's API key.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Tenant of a request that the service sends to itself. No request from outside carries it.
#[derive(Debug, Clone)]
pub struct InternalTenant(pub Arc<Tenant>);

/// Returns the tenant of a request: that of its host, else of its API key, else the default one.
///
/// # Errors
/// If the key is none or another tenant's, no tenant is found, or the database is needed and cannot be read.
pub(super) async fn resolve_tenant(
    app: &AppState,
    request: &Request,
) -> Result<Resolved, ApiError> {
    if let Some(InternalTenant(tenant)) = request.data() {
        return Ok(Resolved {
            tenant: tenant.clone(),
            by: ResolvedBy::Host,
            has_key: false,
        });
    }
    // The authority of an absolute address, and that of HTTP/2, goes before `Host`.
    let authority = request.uri().authority();
    let host = match authority {
        Some(authority) => Some(authority.host()),
        None => request.header(header::HOST),
    };
    let api_key = api_key(request)?;
    Ok(app.tenant_directory.resolve(host, api_key).await?)
}

/// Returns the API key of a request; several, or one that is no text, are none that a tenant has.
fn api_key(request: &Request) -> Result<Option<&str>, ApiError> {
    let mut given = request.headers().get_all(API_KEY).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => {
            let key = key.to_str().map_err(|_| ApiError::InvalidApiKey)?;
            Ok(Some(key))
        }
        (Some(_), Some(_)) => Err(ApiError::InvalidApiKey),
    }
}
