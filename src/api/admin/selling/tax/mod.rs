//! Tax rates.

pub mod body;

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::ordering::TaxRate;
use souk_identity::needed::{SellingRead, SellingWrite};

use self::body::{AdminTaxRates, TaxRateBody, TaxRateView};
use super::terms::Names;
use crate::{
    api::{Tag, admin::required_state, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListTaxRates`.
    TaxRateListAnswer {
        200 "All of them, by id." => All(JsonResponse<AdminTaxRates>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetTaxRate`.
    TaxRateAnswer {
        200 "The tax rate." => One(
            JsonResponse<TaxRateView>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateTaxRate`.
    TaxRateCreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<TaxRateView>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL of the tax rate.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateTaxRate`.
    TaxRateUpdatedAnswer {
        200 "It was changed." => Updated(
            JsonResponse<TaxRateView>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteTaxRate`.
    TaxRateDeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on tax rates.
pub struct AdminTaxRatesApi;

#[OpenApi(prefix_path = "/api/admin/tax-rates", tag = "Tag::Admin")]
impl AdminTaxRatesApi {
    /// List tax rates
    #[oai(path = "/", method = "get", operation_id = "adminListTaxRates")]
    async fn list(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
    ) -> Result<TaxRateListAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<TaxRate>().list().await?;
        let tax_rates = stored
            .into_iter()
            .map(|it| TaxRateView::new(it, &names))
            .collect();
        Ok(TaxRateListAnswer::All(JsonResponse(AdminTaxRates {
            tax_rates,
        })))
    }

    /// Add a tax rate
    ///
    /// Of those that hold for a place, the goods and a moment, the most specific one wins: of the region before the country, then of the deepest category, then the one that began last.
    #[oai(path = "/", method = "post", operation_id = "adminCreateTaxRate")]
    async fn create(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        body: JsonBody<TaxRateBody>,
    ) -> Result<TaxRateCreatedAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let terms = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let stored = scope.terms::<TaxRate>().add(&terms, now_ms()).await?;
        let (etag, id) = (stored.etag(), stored.id);
        let location = format!("/api/admin/tax-rates/{id}");
        let view = JsonResponse(TaxRateView::new(stored, &names));
        Ok(TaxRateCreatedAnswer::Created(view, etag, location))
    }

    /// Show a tax rate
    #[oai(path = "/:id", method = "get", operation_id = "adminGetTaxRate")]
    async fn get(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
        /// Id of the tax rate.
        id: Path<RowId>,
    ) -> Result<TaxRateAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<TaxRate>().get(id.0.0).await?;
        let etag = stored.etag();
        let view = JsonResponse(TaxRateView::new(stored, &names));
        Ok(TaxRateAnswer::One(view, etag))
    }

    /// Change a tax rate
    ///
    /// Purchases keep what they took from it.
    #[oai(path = "/:id", method = "put", operation_id = "adminUpdateTaxRate")]
    async fn update(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the tax rate.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<TaxRateBody>,
    ) -> Result<TaxRateUpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let new = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let terms = scope.terms::<TaxRate>();
        let stored = terms.replace(id.0.0, &new, Some(&state), now_ms()).await?;
        let etag = stored.etag();
        let view = JsonResponse(TaxRateView::new(stored, &names));
        Ok(TaxRateUpdatedAnswer::Updated(view, etag))
    }

    /// Remove a tax rate
    #[oai(path = "/:id", method = "delete", operation_id = "adminDeleteTaxRate")]
    async fn delete(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the tax rate.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<TaxRateDeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        scope
            .terms::<TaxRate>()
            .remove(id.0.0, Some(&state))
            .await?;
        Ok(TaxRateDeletedAnswer::Deleted)
    }
}
