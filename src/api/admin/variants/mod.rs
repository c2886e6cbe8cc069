//! Variants: prices and stocks alone, thousands at once.

pub mod request;
pub mod response;

use poem_openapi::OpenApi;

use self::{request::VariantBatchBody, response::VariantResults};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};
use souk_identity::needed::OffersWrite;

answers! {
    /// Answers of `adminUpdateVariants`.
    VariantsAnswer {
        200 "What became of each variant; those that were not taken kept none of the others back." => Results(JsonResponse<VariantResults>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on variants.
pub struct AdminVariantsApi;

#[OpenApi(prefix_path = "/api/admin/variants", tag = "Tag::Admin")]
impl AdminVariantsApi {
    /// Change prices and stocks of up to 5,000 variants at once
    ///
    /// Each is found by its SKU, and by the `external_id` of its product where several products have the SKU. What is
    /// not given stays. All that can be taken is written in one transaction; the answer says of each what became of it.
    /// A variant that is as given already costs nothing: send all of them, as often as you like. If more than a hundred
    /// products change, the index takes them after single edits.
    #[oai(path = "/batch", method = "post", operation_id = "adminUpdateVariants")]
    async fn update(
        &self,
        _may: Allowed<OffersWrite>,
        context: TenantContext,
        body: JsonBody<VariantBatchBody>,
    ) -> Result<VariantsAnswer, ApiError> {
        let updates = body.0.into_updates().map_err(ApiError::Unprocessable)?;
        let variants = context.app.store.scope(context.tenant.id).variants();
        let outcomes = variants.update_batch(updates).await?;
        let results = VariantResults::new(outcomes);
        Ok(VariantsAnswer::Results(JsonResponse(results)))
    }
}
