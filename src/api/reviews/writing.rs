//! Writing a review of a product.

use poem_openapi::{OpenApi, param::Path};
use souk_domain::SellerId;
use souk_store::{LiveSession, ReviewAuthor};

use super::{MAX_BYTES, request::NewReviewBody, response::OwnReview};
use crate::{
    api::{
        Tag, answers::answers, call::now_ms, params::ProductRef, storefront::products::find_active,
    },
    error::ApiError,
    http::{JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `writeReview`.
    WrittenReviewAnswer {
        201 "It is written: published, or waiting where the marketplace moderates reviews." => Written(
            JsonResponse<OwnReview>,
            /// URL at which its author changes it.
            #[oai(header = "Location")] String,
        ),
    } or Moved, BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations of writing reviews.
pub struct ReviewWritingApi;

#[OpenApi(prefix_path = "/api/products", tag = "Tag::Reviews")]
impl ReviewWritingApi {
    /// Review a product
    ///
    /// By whoever is signed in and has an order of it that was sent and not refunded whole; others get 403 `not_bought`. There
    /// is one review of a product by a customer. An account writes at most 20 reviews a day.
    #[oai(
        path = "/:product/reviews",
        method = "post",
        operation_id = "writeReview"
    )]
    async fn write(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// The product's slug or id.
        product: Path<ProductRef>,
        body: JsonBody<NewReviewBody, MAX_BYTES>,
    ) -> Result<WrittenReviewAnswer, ApiError> {
        let product = find_active(&context, &product.0).await?;
        let live = &session.0;
        let sellers = sellers_of(live);
        let author = ReviewAuthor {
            account: live.account.id,
            name: &live.account.name,
            sellers: &sellers,
        };
        let reviews = context.app.store.scope(context.tenant.id).reviews();
        let written = reviews
            .write(author, product.id, body.0.into(), now_ms())
            .await?;
        let review = OwnReview::from(written.map_err(ApiError::Review)?);
        let location = format!("/api/account/reviews/{}", review.id);
        Ok(WrittenReviewAnswer::Written(JsonResponse(review), location))
    }
}

/// Returns the sellers whose people an account is of.
pub(super) fn sellers_of(live: &LiveSession) -> Vec<SellerId> {
    let memberships = live.memberships.iter();
    memberships
        .filter_map(|membership| membership.seller)
        .collect()
}
