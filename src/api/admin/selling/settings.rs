//! Settings of selling that a marketplace has once.

use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};
use souk_domain::ordering::TaxPricing;
use souk_identity::needed::{SellingRead, SellingWrite};

use crate::{
    api::{Tag, answers::answers, call::now_ms},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

/// Meaning of the catalogue's prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TaxPricingName {
    /// With the tax within.
    Inclusive,
    /// Without it: the tax is added.
    Exclusive,
}

/// Settings of selling.
#[derive(Debug, Object, Serialize, Deserialize)]
pub struct SellingSettings {
    /// Meaning of the catalogue's prices. Purchases stay as they are when it is changed.
    pub tax_pricing: TaxPricingName,
}

answers! {
    /// Answers of operations on the settings of selling.
    SellingSettingsAnswer {
        200 "The settings." => Settings(JsonResponse<SellingSettings>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminUpdateSelling`.
    SellingUpdatedAnswer {
        200 "The settings as they are now." => Settings(JsonResponse<SellingSettings>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on the settings of selling.
pub struct AdminSellingApi;

#[OpenApi(prefix_path = "/api/admin/selling", tag = "Tag::Admin")]
impl AdminSellingApi {
    /// Show the settings of selling
    #[oai(path = "/", method = "get", operation_id = "adminGetSelling")]
    async fn get(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
    ) -> Result<SellingSettingsAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let tax_pricing = match scope.tax_pricing().await? {
            TaxPricing::Inclusive => TaxPricingName::Inclusive,
            TaxPricing::Exclusive => TaxPricingName::Exclusive,
        };
        Ok(SellingSettingsAnswer::Settings(JsonResponse(
            SellingSettings { tax_pricing },
        )))
    }

    /// Change the settings of selling
    #[oai(path = "/", method = "put", operation_id = "adminUpdateSelling")]
    async fn update(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        body: JsonBody<SellingSettings>,
    ) -> Result<SellingUpdatedAnswer, ApiError> {
        let pricing = match body.0.tax_pricing {
            TaxPricingName::Inclusive => TaxPricing::Inclusive,
            TaxPricingName::Exclusive => TaxPricing::Exclusive,
        };
        let scope = context.app.store.scope(context.tenant.id);
        scope.set_tax_pricing(pricing, now_ms()).await?;
        Ok(SellingUpdatedAnswer::Settings(JsonResponse(body.0)))
    }
}
