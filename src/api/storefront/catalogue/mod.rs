//! Categories, fandoms and sellers for storefronts.

pub mod response;

use poem_openapi::{OpenApi, param::Path};
use souk_cache::Tag as CacheTag;
use souk_domain::{FacetName, Filters, SearchQuery, SellerId};
use souk_store::{Entity, NamedEntityRecord};

use self::response::{CategoryTree, Fandoms, SellerView};
use crate::{
    api::{Tag, answers::answers, params::SlugText},
    error::ApiError,
    http::{JsonResponse, TenantContext},
};

/// Most fandoms that are listed.
const MOST_FANDOMS: u32 = 5_000;
/// Most counts that are asked for at once: more than any of these lists holds.
const MOST_COUNTS: usize = 10_000;

answers! {
    /// Answers of `listCategories`.
    CategoriesAnswer {
        200 "The tree." => Tree(JsonResponse<CategoryTree>),
    } or NotModified, BadRequest, Unauthorized, NotFound

    /// Answers of `listFandoms`.
    FandomsAnswer {
        200 "The fandoms." => Fandoms(JsonResponse<Fandoms>),
    } or NotModified, BadRequest, Unauthorized, NotFound

    /// Answers of `getSeller`.
    SellerAnswer {
        200 "The seller." => Seller(JsonResponse<SellerView>),
    } or Moved, NotModified, BadRequest, Unauthorized, NotFound
}

/// Operations on reference data.
pub struct ReferenceApi;

#[OpenApi(prefix_path = "/api", tag = "Tag::Catalogue")]
impl ReferenceApi {
    /// Show the category tree
    ///
    /// A category's count includes its descendants' products.
    #[oai(path = "/categories", method = "get", operation_id = "listCategories")]
    async fn categories(&self, context: TenantContext) -> Result<CategoriesAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let records = scope.categories().list().await?;
        let counts = context
            .app
            .search
            .facet_counts(&context.tenant, FacetName::Category, MOST_COUNTS)
            .await?;
        context.tag_with([CacheTag::Categories]);
        context.tag_with_index(&counts, []);
        Ok(CategoriesAnswer::Tree(JsonResponse(CategoryTree::new(
            records,
            &counts.value,
        ))))
    }

    /// List the fandoms
    #[oai(path = "/fandoms", method = "get", operation_id = "listFandoms")]
    async fn fandoms(&self, context: TenantContext) -> Result<FandomsAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let records = scope.fandoms().list(None, MOST_FANDOMS).await?;
        let counts = context
            .app
            .search
            .facet_counts(&context.tenant, FacetName::Fandom, MOST_COUNTS)
            .await?;
        context.tag_with([CacheTag::Fandoms]);
        context.tag_with_index(&counts, []);
        Ok(FandomsAnswer::Fandoms(JsonResponse(Fandoms::new(
            records,
            &counts.value,
        ))))
    }

    /// Show a seller
    ///
    /// A slug that it had before leads on to the one it has, as long as no other seller has it.
    #[oai(path = "/sellers/:seller", method = "get", operation_id = "getSeller")]
    async fn seller(
        &self,
        context: TenantContext,
        /// The seller's slug.
        seller: Path<SlugText>,
    ) -> Result<SellerAnswer, ApiError> {
        let record = find_open(&context, &seller.0.0).await?;
        let mut query = SearchQuery {
            filters: Filters {
                seller: [seller.0.0].into(),
                ..Filters::default()
            },
            ..SearchQuery::default()
        };
        query.page.limit = 0;
        let sold = context
            .app
            .search
            .list(&context.tenant, &query, None)
            .await?;
        context.tag_with([CacheTag::Seller(SellerId(record.id))]);
        context.tag_with_index(&sold, []);
        let profiles = context.app.store.scope(context.tenant.id).seller_profiles();
        let profile = profiles.get(SellerId(record.id)).await?;
        let trader = profile.as_ref().and_then(|profile| profile.trader.as_ref());
        let view = SellerView::new(record, sold.value.total).with_trader(trader);
        Ok(SellerAnswer::Seller(JsonResponse(view)))
    }
}

/// The seller of this slug, unless it is closed. A former slug leads on.
async fn find_open(context: &TenantContext, slug: &str) -> Result<NamedEntityRecord, ApiError> {
    let scope = context.app.store.scope(context.tenant.id);
    let open = |seller: Option<NamedEntityRecord>| {
        seller
            .filter(|seller| !seller.is_closed())
            .ok_or(ApiError::NotFound("seller"))
    };
    if let Some(seller) = scope.sellers().by_slug(slug).await? {
        return open(Some(seller));
    }
    let former = scope.former_slugs();
    let moved = former.find(Entity::Seller, slug).await?;
    let moved = moved.ok_or(ApiError::NotFound("seller"))?;
    let seller = open(scope.sellers().get(moved.id).await?)?;
    context.tag_with([CacheTag::Seller(SellerId(seller.id))]);
    Err(ApiError::Moved(seller.slug.into()))
}
