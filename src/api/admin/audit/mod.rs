//! The audit log.

pub mod response;

use poem_openapi::{OpenApi, param::Query};
use souk_identity::{Permission, needed::AuditRead};
use souk_store::audit::{AuditFilter, INSTALLATION};

use self::response::AuditPage;
use super::{
    DEFAULT_LIMIT,
    report::{Form, Report},
};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{AuditName, Flag, Moment, PerPage, RowId},
    },
    error::ApiError,
    http::{Allowed, TenantContext},
};

answers! {
    /// Answers of `adminListAudit`.
    AuditAnswer {
        200 "A page of entries, newest first." => Page(Report<AuditPage>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on the audit log, which only read it.
pub struct AdminAuditApi;

#[OpenApi(prefix_path = "/api/admin/audit", tag = "Tag::Security")]
#[allow(clippy::too_many_arguments)]
impl AdminAuditApi {
    /// Read the audit log
    ///
    /// One entry for each change by staff, each refused key and each export. Reading it is an entry, too. As CSV at
    /// the same address with `.csv`.
    #[oai(path = "/", method = "get", operation_id = "adminListAudit")]
    async fn list(
        &self,
        may: Allowed<AuditRead>,
        context: TenantContext,
        form: Form,
        /// Doer, such as `admin-key`.
        actor: Query<Option<AuditName>>,
        /// Operation or command, such as `adminUpdateProduct`.
        action: Query<Option<AuditName>>,
        /// Thing that it was done to, such as `products/7`.
        target: Query<Option<AuditName>>,
        /// Earliest time.
        from: Query<Option<Moment>>,
        /// Time before which the entries were made.
        until: Query<Option<Moment>>,
        /// True for what concerns the installation and no tenant; needs `tenants.read` as well.
        installation: Query<Option<Flag>>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<AuditAnswer, ApiError> {
        let chain = match installation.0.is_some_and(|flag| flag.0) {
            false => context.tenant.id,
            true if may.principal.may(Permission::TenantsRead) => INSTALLATION,
            true => return Err(ApiError::Forbidden(Permission::TenantsRead)),
        };
        let filter = AuditFilter {
            actor: actor.0.map(|actor| actor.0),
            action: action.0.map(|action| action.0),
            target: target.0.map(|target| target.0),
            from_ms: from.0.map(|from| from.0.ms()),
            until_ms: until.0.map(|until| until.0.ms()),
            before: before.0.map(|before| before.0),
        };
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let entries = context
            .app
            .store
            .audit()
            .page(chain, &filter, limit)
            .await?;
        let page = AuditPage::new(entries, limit);
        Ok(AuditAnswer::Page(form.of(page)))
    }
}
