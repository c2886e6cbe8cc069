//! List of sellers for storefronts.

pub mod response;

use poem_openapi::{OpenApi, param::Query};
use souk_cache::Tag as CacheTag;
use souk_domain::FacetName;

use self::response::Sellers;
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PageNumber, PerPage, page_request},
    },
    error::ApiError,
    http::{JsonResponse, TenantContext},
};

/// Most counts that are asked for at once.
const MOST_COUNTS: usize = 10_000;

answers! {
    /// Answers of `listSellers`.
    SellersAnswer {
        200 "One page of sellers." => Page(JsonResponse<Sellers>),
    } or NotModified, BadRequest, Unauthorized, NotFound
}

/// Operations on the sellers of a marketplace.
pub struct SellersApi;

#[OpenApi(prefix_path = "/api/sellers", tag = "Tag::Catalogue")]
impl SellersApi {
    /// List the sellers
    ///
    /// By name. A seller without products has a count of 0.
    #[oai(path = "/", method = "get", operation_id = "listSellers")]
    async fn list(
        &self,
        context: TenantContext,
        /// The page, from 1. Pages end after 10,000 sellers.
        page: Query<Option<PageNumber>>,
        /// Sellers per page, default 20.
        per_page: Query<Option<PerPage>>,
    ) -> Result<SellersAnswer, ApiError> {
        let page = page_request(page.0, per_page.0, None)?;
        let sellers = context.app.store.scope(context.tenant.id).sellers();
        let (records, total) = sellers.page(page.offset(), page.limit).await?;
        let counts = context
            .app
            .search
            .facet_counts(&context.tenant, FacetName::Seller, MOST_COUNTS)
            .await?;
        context.tag_with([CacheTag::Sellers]);
        context.tag_with_index(&counts, []);
        Ok(SellersAnswer::Page(JsonResponse(Sellers::new(
            (records, total),
            &page,
            &counts.value,
        ))))
    }
}
