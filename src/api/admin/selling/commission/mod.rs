//! Commission rates.

pub mod body;

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::ordering::CommissionRate;
use souk_identity::needed::{SellingRead, SellingWrite};

use self::body::{AdminCommissionRates, CommissionRateBody, CommissionRateView};
use super::terms::Names;
use crate::{
    api::{Tag, admin::required_state, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListCommissionRates`.
    CommissionRateListAnswer {
        200 "All of them, by id." => All(JsonResponse<AdminCommissionRates>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetCommissionRate`.
    CommissionRateAnswer {
        200 "The commission rate." => One(
            JsonResponse<CommissionRateView>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateCommissionRate`.
    CommissionRateCreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<CommissionRateView>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL of the commission rate.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateCommissionRate`.
    CommissionRateUpdatedAnswer {
        200 "It was changed." => Updated(
            JsonResponse<CommissionRateView>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteCommissionRate`.
    CommissionRateDeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on commission rates.
pub struct AdminCommissionRatesApi;

#[OpenApi(prefix_path = "/api/admin/commission-rates", tag = "Tag::Admin")]
impl AdminCommissionRatesApi {
    /// List commission rates
    #[oai(path = "/", method = "get", operation_id = "adminListCommissionRates")]
    async fn list(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
    ) -> Result<CommissionRateListAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<CommissionRate>().list().await?;
        let commission_rates = stored
            .into_iter()
            .map(|it| CommissionRateView::new(it, &names))
            .collect();
        Ok(CommissionRateListAnswer::All(JsonResponse(
            AdminCommissionRates { commission_rates },
        )))
    }

    /// Add a commission rate
    ///
    /// Of a line, a rate of the seller wins over one of all sellers, then that of the deepest category. It is never a part of what the customer pays.
    #[oai(
        path = "/",
        method = "post",
        operation_id = "adminCreateCommissionRate"
    )]
    async fn create(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        body: JsonBody<CommissionRateBody>,
    ) -> Result<CommissionRateCreatedAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let terms = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let stored = scope
            .terms::<CommissionRate>()
            .add(&terms, now_ms())
            .await?;
        let (etag, id) = (stored.etag(), stored.id);
        let location = format!("/api/admin/commission-rates/{id}");
        let view = JsonResponse(CommissionRateView::new(stored, &names));
        Ok(CommissionRateCreatedAnswer::Created(view, etag, location))
    }

    /// Show a commission rate
    #[oai(path = "/:id", method = "get", operation_id = "adminGetCommissionRate")]
    async fn get(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
        /// Id of the commission rate.
        id: Path<RowId>,
    ) -> Result<CommissionRateAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<CommissionRate>().get(id.0.0).await?;
        let etag = stored.etag();
        let view = JsonResponse(CommissionRateView::new(stored, &names));
        Ok(CommissionRateAnswer::One(view, etag))
    }

    /// Change a commission rate
    ///
    /// Purchases keep what they took from it.
    #[oai(
        path = "/:id",
        method = "put",
        operation_id = "adminUpdateCommissionRate"
    )]
    async fn update(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the commission rate.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<CommissionRateBody>,
    ) -> Result<CommissionRateUpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let new = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let terms = scope.terms::<CommissionRate>();
        let stored = terms.replace(id.0.0, &new, Some(&state), now_ms()).await?;
        let etag = stored.etag();
        let view = JsonResponse(CommissionRateView::new(stored, &names));
        Ok(CommissionRateUpdatedAnswer::Updated(view, etag))
    }

    /// Remove a commission rate
    #[oai(
        path = "/:id",
        method = "delete",
        operation_id = "adminDeleteCommissionRate"
    )]
    async fn delete(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the commission rate.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<CommissionRateDeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        scope
            .terms::<CommissionRate>()
            .remove(id.0.0, Some(&state))
            .await?;
        Ok(CommissionRateDeletedAnswer::Deleted)
    }
}
