//! Products as shoppers see them: listings, a product's page, and what is like it.

pub mod response;

use std::time::Instant;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_cache::Tag as CacheTag;
use souk_domain::{AttributeDefinitions, ProductId, SearchQuery};
use souk_store::{Entity, ProductKey, ProductRecord};

use self::response::{Listing, ProductView, Similar};
use super::former_slugs::follow_former_slugs;
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{
            CursorText, FilterParams, Many, PageNumber, PerPage, ProductRef, SimilarLimit,
            SlugText, SortOrder, page_request,
        },
    },
    error::ApiError,
    http::{JsonResponse, TenantContext},
};

const DEFAULT_SIMILAR: usize = 8;

answers! {
    /// Answers of `listProducts`.
    ListingAnswer {
        200 "One page of products." => Page(JsonResponse<Listing>),
    } or NotModified, BadRequest, Unauthorized, NotFound

    /// Answers of `getProduct`.
    ProductAnswer {
        200 "The product." => Product(JsonResponse<ProductView>),
    } or Moved, NotModified, BadRequest, Unauthorized, NotFound

    /// Answers of `similarProducts`.
    SimilarAnswer {
        200 "Products like it, most similar first." => Products(JsonResponse<Similar>),
    } or Moved, NotModified, BadRequest, Unauthorized, NotFound
}

/// Operations on products.
pub struct ProductsApi;

#[OpenApi(prefix_path = "/api/products", tag = "Tag::Catalogue")]
#[allow(clippy::too_many_arguments)]
impl ProductsApi {
    /// List products
    ///
    /// The products of categories, fandoms and sellers, most popular first unless `sort` says otherwise.
    #[oai(path = "/", method = "get", operation_id = "listProducts")]
    async fn list(
        &self,
        context: TenantContext,
        /// Slug of a category, such as `mugs`; its descendants are included. Repeatable.
        category: Query<Many<SlugText>>,
        /// Slug of a fandom. Repeatable.
        fandom: Query<Many<SlugText>>,
        /// Slug of a seller. Repeatable.
        seller: Query<Many<SlugText>>,
        /// The order; popularity if not given, which is also what `relevance` means without a text.
        sort: Query<Option<SortOrder>>,
        /// The page, from 1. Pages by number end after 10,000 products; `cursor` goes deeper.
        page: Query<Option<PageNumber>>,
        /// Products per page, default 20.
        per_page: Query<Option<PerPage>>,
        /// `next_cursor` of the page before; not together with `page`.
        cursor: Query<Option<CursorText>>,
    ) -> Result<ListingAnswer, ApiError> {
        let started = Instant::now();
        let filters = FilterParams {
            category: category.0,
            fandom: fandom.0,
            seller: seller.0,
            ..FilterParams::default()
        };
        let mut filters = filters.filters(&AttributeDefinitions::default())?;
        follow_former_slugs(&context, &mut filters).await;
        let query = SearchQuery {
            filters,
            sort: sort.0.map(|sort| sort.0).unwrap_or_default(),
            page: page_request(page.0, per_page.0, cursor.0)?,
            ..SearchQuery::default()
        }
        .validated()?;
        let enforced = context.enforced().map(AsRef::as_ref);
        let search = &context.app.search;
        let mut answered = search.list(&context.tenant, &query, enforced).await?;
        context.tag_with_index(&answered, &answered.value.hits);
        context.app.cdn.media.place_hits(&mut answered.value.hits);
        Ok(ListingAnswer::Page(JsonResponse(Listing::new(
            answered,
            &query.page,
            started.elapsed(),
        ))))
    }

    /// Show a product
    ///
    /// A slug that it had before leads on to the one it has, as long as no other product has it.
    #[oai(path = "/:product", method = "get", operation_id = "getProduct")]
    async fn product(
        &self,
        context: TenantContext,
        /// The product's slug or id.
        product: Path<ProductRef>,
    ) -> Result<ProductAnswer, ApiError> {
        let mut record = find_active(&context, &product.0).await?;
        context.tag_with(tags_of(&record));
        // Not as this process knows them, which may be what they were: what is cached here is invalidated only once.
        let scope = context.app.store.scope(context.tenant.id);
        let definitions = scope.attributes().all().await?;
        record.retain_attributes(|name| definitions.is_shown(name));
        for image in &mut record.images {
            context.app.cdn.media.place(&mut image.url);
        }
        Ok(ProductAnswer::Product(JsonResponse(record.into())))
    }

    /// Find products like one
    #[oai(
        path = "/:product/similar",
        method = "get",
        operation_id = "similarProducts"
    )]
    async fn similar(
        &self,
        context: TenantContext,
        /// The product's slug or id.
        product: Path<ProductRef>,
        /// Number of products, default 8.
        limit: Query<Option<SimilarLimit>>,
    ) -> Result<SimilarAnswer, ApiError> {
        let started = Instant::now();
        let record = find_active(&context, &product.0).await?;
        let limit = limit.0.map_or(DEFAULT_SIMILAR, |limit| limit.0);
        let mut answered = context
            .app
            .search
            .similar(
                &context.tenant,
                record.id,
                limit,
                context.enforced().map(AsRef::as_ref),
            )
            .await?;
        context.tag_with(tags_of(&record));
        context.tag_with_index(&answered, &answered.value);
        context.app.cdn.media.place_hits(&mut answered.value);
        Ok(SimilarAnswer::Products(JsonResponse(Similar::new(
            answered,
            started.elapsed(),
        ))))
    }
}

/// Cache tags of a product's page.
fn tags_of(record: &ProductRecord) -> impl Iterator<Item = CacheTag> + use<> {
    let references = record.references.clone();
    let product = [
        CacheTag::Product(record.id),
        CacheTag::Seller(references.seller),
    ];
    let categories = references.categories.into_iter().map(CacheTag::Category);
    let fandoms = references.fandoms.into_iter().map(CacheTag::Fandom);
    product.into_iter().chain(categories).chain(fandoms)
}

/// The product if it is shown to whoever asks.
async fn shown(
    context: &TenantContext,
    record: Option<ProductRecord>,
) -> Result<ProductRecord, ApiError> {
    let record = record.filter(ProductRecord::is_public);
    let record = record.ok_or(ApiError::NotFound("product"))?;
    match context.admits(record.id).await? {
        true => Ok(record),
        false => Err(ApiError::NotFound("product")),
    }
}

/// The product that shoppers may see, by id or, failing that, by slug: a slug may be all digits. A former slug leads on.
pub(crate) async fn find_active(
    context: &TenantContext,
    wanted: &ProductRef,
) -> Result<ProductRecord, ApiError> {
    let scope = context.app.store.scope(context.tenant.id);
    let products = scope.products();
    let mut found = None;
    if let Ok(id) = wanted.0.parse::<ProductId>() {
        found = products.get(&ProductKey::Id(id)).await?;
    }
    if found.is_none() {
        found = products.get(&ProductKey::Slug(wanted.0.clone())).await?;
    }
    if let Some(record) = found {
        return shown(context, Some(record)).await;
    }
    let former = scope.former_slugs();
    let moved = former.find(Entity::Product, &wanted.0).await?;
    let moved = moved.ok_or(ApiError::NotFound("product"))?;
    let key = ProductKey::Id(ProductId(moved.id));
    let record = products.get(&key).await?;
    let record = shown(context, record).await?;
    context.tag_with(tags_of(&record));
    Err(ApiError::Moved(record.slug.into()))
}
