//! Reviews of a product as shoppers read and write them.

pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_cache::Tag as CacheTag;
use souk_domain::{PageRequest, ReviewId, SortKey, Start};
use souk_store::{ReviewAuthor, ReviewListing, ReviewPageStart};

use self::response::ProductReviews;
use super::products::find_active;
use crate::{
    api::{
        Tag,
        answers::answers,
        call::now_ms,
        params::{
            CursorText, Flag, PageNumber, PerPage, ProductRef, ReviewSort, StarRating, page_request,
        },
        reviews::{MAX_BYTES, OwnReview, request::NewReviewBody, sellers_of},
    },
    error::ApiError,
    http::{JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `listReviews`.
    ReviewsAnswer {
        200 "One page of reviews with a summary of all." => Page(JsonResponse<ProductReviews>),
    } or Moved, NotModified, BadRequest, Unauthorized, NotFound

    /// Answers of `writeReview`.
    WrittenReviewAnswer {
        201 "It is written: published, or waiting where the marketplace moderates reviews." => Written(
            JsonResponse<OwnReview>,
            /// URL at which its author changes it.
            #[oai(header = "Location")] String,
        ),
    } or Moved, BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on the reviews of products.
pub struct ReviewsApi;

#[OpenApi(prefix_path = "/api/products", tag = "Tag::Catalogue")]
#[allow(clippy::too_many_arguments)]
impl ReviewsApi {
    /// List a product's reviews
    ///
    /// Newest first unless `sort` says otherwise. Reviews of the same rating, or found helpful as often, are newest first. The
    /// summary is of all published reviews, whatever the filters are.
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
        /// Only those with this rating.
        rating: Query<Option<StarRating>>,
        /// Only those by customers who bought the product here, or only the others.
        verified: Query<Option<Flag>>,
        /// The page, from 1. Pages by number end after 10,000 reviews; `cursor` goes deeper.
        page: Query<Option<PageNumber>>,
        /// Reviews per page, default 20.
        per_page: Query<Option<PerPage>>,
        /// `next_cursor` of the page before, with the same `sort`; not together with `page`.
        cursor: Query<Option<CursorText>>,
    ) -> Result<ReviewsAnswer, ApiError> {
        let page = page_request(page.0, per_page.0, cursor.0)?;
        let start = start_of(&page)?;
        let order = sort.0.map(|sort| sort.0).unwrap_or_default();
        let product = find_active(&context, &product.0).await?;
        let reviews = context.app.store.scope(context.tenant.id).reviews();
        let stars = reviews.stars(product.id).await?;
        let listing = ReviewListing {
            product: product.id,
            order,
            rating: rating.0.map(|stars| stars.0),
            verified: verified.0.map(|flag| flag.0),
            start,
            limit: page.limit,
        };
        let records = reviews.page(&listing).await?;
        context.tag_with([CacheTag::Product(product.id)]);
        Ok(ReviewsAnswer::Page(JsonResponse(ProductReviews::new(
            records, order, &page, stars,
        ))))
    }

    /// Review a product
    ///
    /// By whoever is signed in and has an order of it that was sent and not refunded whole; others get 403 `not_bought`. There
    /// is one review of a product by a customer. An account writes at most 20 reviews a day.
    #[oai(
        path = "/:product/reviews",
        method = "post",
        operation_id = "writeReview",
        tag = "Tag::Reviews"
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

/// Returns the begin of a page. The cursor of a list of products has another key, or leads nowhere.
fn start_of(page: &PageRequest) -> Result<ReviewPageStart, ApiError> {
    match page.start {
        Start::Offset(offset) => Ok(ReviewPageStart::Offset(offset)),
        Start::After(cursor) => match cursor.key {
            SortKey::Integer(key) => Ok(ReviewPageStart::After {
                key,
                id: ReviewId(cursor.id.0),
            }),
            _ => Err(ApiError::parameter(
                "cursor",
                "must be `next_cursor` of a page of reviews",
            )),
        },
    }
}
