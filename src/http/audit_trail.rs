//! Middleware that has the audit log tell of every change by staff and by sellers' people, of refused keys and of exports.

use std::sync::Arc;

use chrono::Utc;
use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{HeaderName, Method, header},
};
use souk_domain::TenantId;
use souk_identity::Permission;
use souk_store::audit::{Act, INSTALLATION, NewAuditEntry, Outcome};
use souk_telemetry::chain;

use super::{
    RouteTable,
    auth::{Principal, bears_session},
    client::Client,
    request_id::RequestId,
    tenant_resolution::resolve_tenant,
};
use crate::{error::ApiError, state::AppState};

/// Addresses of operations of admins.
const ADMIN: &str = "/api/admin/";
/// Addresses of operations of sellers' people.
const SELLER: &str = "/api/seller/";
/// Name that a caller gives itself.
const ACTOR: HeaderName = HeaderName::from_static("x-actor");
/// Longest such name that is kept, in characters.
const MAX_NOTE_CHARS: usize = 100;

/// Records what goes through the door.
pub struct AuditTrail {
    /// The documented addresses, with their permissions.
    pub routes: Arc<RouteTable>,
}

impl<E: Endpoint<Output = Response>> Middleware<E> for AuditTrail {
    type Output = Audited<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Audited {
            inner,
            routes: Arc::clone(&self.routes),
        }
    }
}

/// An endpoint whose operations for staff are recorded.
pub struct Audited<E> {
    inner: E,
    routes: Arc<RouteTable>,
}

impl<E: Endpoint<Output = Response>> Endpoint for Audited<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let (method, path) = (request.method(), request.uri().path());
        let permission = self.routes.permission(method, path);
        let action = self.routes.operation(method, path);
        let is_told = permission.is_some() || path.starts_with(SELLER);
        match (action, request.data::<AppState>()) {
            (Some(action), Some(app)) if is_told => {
                let app = app.clone();
                // Operations for shoppers need no room for this.
                Box::pin(self.recorded(&app, request, action, permission)).await
            }
            _ => self.inner.call(request).await,
        }
    }
}

impl<E: Endpoint<Output = Response>> Audited<E> {
    async fn recorded(
        &self,
        app: &AppState,
        request: Request,
        action: &'static str,
        permission: Option<Permission>,
    ) -> Result<Response> {
        let reads = permission.map_or(request.method() == Method::GET, Permission::is_to_read);
        let has_credentials = bears_session(request.headers());
        let tenant = tenant_of(app, &request, permission).await;
        let entry = entry_of(&request, action);
        let act = Act::new(tenant, entry);
        // The parameters of the address say what some changes are.
        if let Some(query) = request.uri().query().filter(|query| !query.is_empty()) {
            act.add_detail("query", query.into());
        }
        let answered = match reads {
            true => self.inner.call(request).await,
            false => act.during(self.inner.call(request)).await,
        };
        let outcome = match &answered {
            Ok(response) if response.status().is_success() => {
                let is_told = !reads || is_export(permission, response);
                is_told.then_some(Outcome::Done)
            }
            Ok(_) => None,
            Err(error) => {
                let is_told = has_credentials && error.downcast_ref().is_some_and(is_refusal);
                is_told.then_some(Outcome::Refused)
            }
        };
        let (tenant, entry) = act.whole();
        match (act.is_written(), outcome) {
            (false, Some(outcome)) => write(app, tenant, NewAuditEntry { outcome, ..entry }).await,
            (true, Some(Outcome::Done)) | (false, None) => {}
            (true, _) => {
                let outcome = Outcome::Failed;
                write(app, tenant, NewAuditEntry { outcome, ..entry }).await;
            }
        }
        answered.map(IntoResponse::into_response)
    }
}

/// Returns the tenant whose chain is to have the entry, unless the change turns out to be another's.
async fn tenant_of(app: &AppState, request: &Request, permission: Option<Permission>) -> TenantId {
    if permission.is_some_and(Permission::is_of_installation) {
        return INSTALLATION;
    }
    let resolved = resolve_tenant(app, request).await;
    resolved.map_or(INSTALLATION, |resolved| resolved.tenant.id)
}

fn entry_of(request: &Request, action: &str) -> NewAuditEntry {
    let text = |name: &HeaderName| request.header(name).map(str::to_owned);
    let note = text(&ACTOR).map(|note| note.chars().take(MAX_NOTE_CHARS).collect());
    let path = request.uri().path();
    NewAuditEntry {
        note,
        address: request.data::<Client>().map(ToString::to_string),
        request_id: request.data::<RequestId>().map(ToString::to_string),
        target: path
            .strip_prefix(ADMIN)
            .or_else(|| path.strip_prefix("/api/"))
            .map(str::to_owned),
        ..NewAuditEntry::done(
            Utc::now().timestamp_millis(),
            Principal::of(request).to_string(),
            action,
        )
    }
}

/// True for answers that take data out of the marketplace: tables, and the log itself.
fn is_export(permission: Option<Permission>, response: &Response) -> bool {
    let content_type = response.header(header::CONTENT_TYPE);
    permission == Some(Permission::AuditRead)
        || content_type.is_some_and(|it| it.starts_with("text/csv"))
}

fn is_refusal(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Unauthorized
            | ApiError::Forbidden(_)
            | ApiError::SellerForbidden(_)
            | ApiError::SecondFactorRequired
            | ApiError::Ungrantable(_)
            | ApiError::ForeignApiKey
            | ApiError::CrossSite
    )
}

/// Writes an entry of what is done already: if that fails, it is in the log of the process alone.
async fn write(app: &AppState, tenant: TenantId, entry: NewAuditEntry) {
    let written = app.store.audit().append(tenant, entry.clone()).await;
    if let Err(error) = written {
        tracing::error!(error = chain(&error), ?entry, "audit entry not written");
    }
}
