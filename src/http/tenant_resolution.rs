//! Resolves the tenant of a request by its host and its keys.

use std::sync::Arc;

use poem::{
    Request,
    http::{HeaderName, header},
};
use souk_domain::{Filters, TenantId};
use souk_identity::SEARCH_KEY_PREFIX;
use souk_search_service::{ResolveError, Resolved, ResolvedBy};
use souk_store::Tenant;

use super::auth::Principal;
use crate::{error::ApiError, state::AppState};

/// Request header that carries a tenant's API key.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Tenant of a request that the service sends to itself. No request from outside carries it.
#[derive(Debug, Clone)]
pub struct InternalTenant(pub Arc<Tenant>);

/// Filters of a request that the service sends to itself for somebody with a search key.
#[derive(Debug, Clone)]
pub(super) struct Enforced(pub(super) Option<Arc<Filters>>);

/// Returns the filters that everything has to pass that a request is answered with.
pub(super) fn enforced(request: &Request) -> Option<Arc<Filters>> {
    if let Some(Enforced(filters)) = request.data() {
        return filters.clone();
    }
    match Principal::of(request) {
        Principal::SearchKey(key) => key.enforced.clone(),
        _ => None,
    }
}

/// Returns the tenant of a request: that of its host, else of its key, else the default one.
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
    // What a search key says was found out at the door, if it came by the header alone.
    let search_key = api_key.filter(|key| key.starts_with(SEARCH_KEY_PREFIX));
    let api_key = match (search_key, Principal::of(request)) {
        (None, _) => api_key,
        (Some(_), Principal::SearchKey(_)) => None,
        (Some(_), _) => return Err(Principal::refusal(request).unwrap_or(ApiError::InvalidApiKey)),
    };
    let resolved = app.tenant_directory.resolve(host, api_key).await;
    match Principal::of(request).tenant() {
        Some(own) => of_program(app, own, resolved).await,
        None => Ok(resolved?),
    }
}

/// Returns the tenant of a program, whose API key chooses it where the host does not.
async fn of_program(
    app: &AppState,
    own: TenantId,
    resolved: Result<Resolved, ResolveError>,
) -> Result<Resolved, ApiError> {
    match resolved {
        Ok(resolved) if resolved.tenant.id == own => return Ok(resolved),
        Ok(Resolved {
            by: ResolvedBy::Default,
            ..
        })
        | Err(ResolveError::NoTenant) => {}
        Ok(_) => return Err(ApiError::ForeignApiKey),
        Err(error) => return Err(error.into()),
    }
    let all = app.tenant_directory.all().await?;
    let tenant = all.iter().find(|tenant| tenant.id == own);
    Ok(Resolved {
        tenant: Arc::clone(tenant.ok_or(ApiError::UnknownMarketplace)?),
        by: ResolvedBy::Key,
        has_key: false,
    })
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
