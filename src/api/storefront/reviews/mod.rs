//! Reviews of a product as shoppers read them.

pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_cache::Tag as CacheTag;

use self::response::ProductReviews;
use super::products::find_active;
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PageNumber, PerPage, ProductRef, ReviewSort, page_request},
    },
    error::ApiError,
    http::{JsonResponse, TenantContext},
};

answers! {
    /// Answers of `listReviews`.
    ReviewsAnswer {
        200 "One page of reviews with a summary of all." => Page(JsonResponse<ProductReviews>),
    } or Moved, NotModified, BadRequest, Unauthorized, NotFound
}

/// Operations on the reviews of products.
pub struct ReviewsApi;

#[OpenApi(prefix_path = "/api/products", tag = "Tag::Catalogue")]
impl ReviewsApi {
    /// List a product's reviews
    ///
    /// Newest first unless `sort` says otherwise. Reviews of the same rating are newest first.
    #[oai(
        path = "/:product/reviews",
        method = "get",
        operation_id = "listReviews"
    )]
    async fn list(
        &self,
        context: TenantContext,
        /// The product's slug or id.
        product: Path<ProductRef>,
        /// The order, default `newest`.
        sort: Query<Option<ReviewSort>>,
        /// The page, from 1. Pages end after 10,000 reviews.
        page: Query<Option<PageNumber>>,
        /// Reviews per page, default 20.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ReviewsAnswer, ApiError> {
        let page = page_request(page.0, per_page.0, None)?;
        let order = sort.0.map(|sort| sort.0).unwrap_or_default();
        let product = find_active(&context, &product.0).await?;
        let reviews = context.app.store.scope(context.tenant.id).reviews();
        let stars = reviews.stars(product.id).await?;
        let records = reviews
            .page(product.id, order, page.offset(), page.limit)
            .await?;
        context.tag_with([CacheTag::Product(product.id)]);
        Ok(ReviewsAnswer::Page(JsonResponse(ProductReviews::new(
            records, &page, stars,
        ))))
    }
}
