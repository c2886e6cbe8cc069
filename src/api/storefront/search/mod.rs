//! Searching: pages of hits, values of facets, and suggestions.

pub mod response;

use std::time::Instant;

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_domain::{Conditions, FacetName, Filters, SearchQuery};
use souk_search::SuggestRequest;
use souk_search_service::{SearchContext, SearchRequest};

use self::response::{FacetValuesView, SearchResults, Suggestions};
use super::former_slugs::follow_former_slugs;
use crate::{
    api::views::AttributeLabels,
    api::{
        Tag,
        answers::answers,
        params::{
            AttributeChoice, AttributeLimit, AttributeName, BrandName, CursorText, FacetChoice,
            FilterParams, Flag, LanguageTag, Many, MinorUnits, Needle, PageNumber, PerPage,
            RatingLimit, SearchText, SlugText, SortOrder, SuggestionLimit, TypedText, ValueFacet,
            VisitorIdParameter, page_request,
        },
    },
    error::ApiError,
    http::{JsonResponse, TenantContext},
};

/// Most facet values in a response.
const FACET_VALUES: usize = 100;
const DEFAULT_SUGGESTIONS: usize = 8;

answers! {
    /// Answers of `search`.
    SearchAnswer {
        200 "One page of hits with facets." => Page(JsonResponse<SearchResults>),
    } or NotModified, BadRequest, Unauthorized, NotFound

    /// Answers of `searchFacetValues`.
    FacetValuesAnswer {
        200 "The values found." => Values(JsonResponse<FacetValuesView>),
    } or NotModified, BadRequest, Unauthorized, NotFound

    /// Answers of `suggest`.
    SuggestionsAnswer {
        200 "The suggestions." => Suggestions(JsonResponse<Suggestions>),
    } or NotModified, BadRequest, Unauthorized, NotFound
}

/// Operations on the whole catalogue of a marketplace.
pub struct SearchApi;

#[OpenApi(prefix_path = "/api/search", tag = "Tag::Search")]
#[allow(clippy::too_many_arguments)]
impl SearchApi {
    /// Search products
    ///
    /// Values of one filter are alternatives, different filters add up. Facets are disjunctive: what is selected
    /// in a facet does not narrow its own counts. Without `q`, all products are found, most popular first.
    #[oai(path = "/", method = "get", operation_id = "search")]
    async fn search(
        &self,
        context: TenantContext,
        /// Search text. A part number or SKU, or a prefix of one, ranks its product first. `"red mug"` is an exact phrase, `-red` leaves out products with the word.
        q: Query<Option<SearchText>>,
        /// Slug of a category, such as `mugs`; its descendants are included. Repeatable.
        category: Query<Many<SlugText>>,
        /// Slug of a fandom. Repeatable.
        fandom: Query<Many<SlugText>>,
        /// A brand, as displayed, such as `Acme`. Repeatable.
        brand: Query<Many<BrandName>>,
        /// Slug of a seller. Repeatable.
        seller: Query<Many<SlugText>>,
        /// Lowest price in minor units: `1999` is 19.99 in euros. Options, price and stock are asked of the same variant.
        price_min: Query<Option<MinorUnits>>,
        /// Highest price in minor units.
        price_max: Query<Option<MinorUnits>>,
        /// Minimum average rating, 1 to 5.
        rating_min: Query<Option<RatingLimit>>,
        /// `true` for products with a variant that can be bought, `false` for those with one that is sold out.
        in_stock: Query<Option<Flag>>,
        /// An attribute's name and value with a colon between, such as `color:red`. Repeatable: values of one name are alternatives.
        attr: Query<Many<AttributeChoice>>,
        /// Lowest number or date of an attribute that is filtered by a range, such as `weight:2.5` or `released:2024`, in its
        /// unit. Once for an attribute.
        attr_min: Query<Many<AttributeLimit>>,
        /// Highest number or date of an attribute, inclusive: `released:2024` is to the year's end.
        attr_max: Query<Many<AttributeLimit>>,
        /// The order; relevance if there is `q`, else popularity.
        sort: Query<Option<SortOrder>>,
        /// The page, from 1. Pages by number end after 10,000 hits; `cursor` goes deeper.
        page: Query<Option<PageNumber>>,
        /// Hits per page, default 20.
        per_page: Query<Option<PerPage>>,
        /// `next_cursor` of the page before; not together with `page`.
        cursor: Query<Option<CursorText>>,
        /// Facets to count, default all; `none` for none. Repeatable.
        facets: Query<Many<FacetChoice>>,
        /// Language of labels, such as `de` or `pt-BR`; default the marketplace's.
        lang: Query<Option<LanguageTag>>,
        /// Visitor id, 8 to 128 visible ASCII characters chosen at random by the client. It is hashed with a
        /// secret of the day, and kept nowhere.
        #[oai(name = "X-Visitor-Id")]
        _session: Header<Option<VisitorIdParameter>>,
    ) -> Result<SearchAnswer, ApiError> {
        let started = Instant::now();
        let filters = FilterParams {
            category: category.0,
            fandom: fandom.0,
            brand: brand.0,
            seller: seller.0,
            price_min: price_min.0,
            price_max: price_max.0,
            rating_min: rating_min.0,
            in_stock: in_stock.0,
            attr: attr.0,
            attr_min: attr_min.0,
            attr_max: attr_max.0,
        };
        let search_context = context.search_context().await?;
        let mut filters = filters.filters(search_context.definitions())?;
        follow_former_slugs(&context, &mut filters).await;
        let query = SearchQuery {
            text: q.0.map(|text| text.0),
            filters,
            conditions: Conditions::default(),
            sort: sort.0.map(|sort| sort.0).unwrap_or_default(),
            page: page_request(page.0, per_page.0, cursor.0)?,
            facets: chosen_facets(facets.0),
        }
        .validated()?;
        let request = SearchRequest {
            tenant: &context.tenant,
            context: &search_context,
            query: &query,
        };
        let mut response = context.app.search.search(request).await?;
        context.tag_response(&response);
        let hits = &mut response.results.value.hits;
        context.app.cdn.media.place_hits(hits);
        Ok(SearchAnswer::Page(JsonResponse(SearchResults::new(
            response,
            &query.page,
            context.tenant.currency,
            labels(&context, &search_context, lang.0.as_ref()),
            started.elapsed(),
        ))))
    }

    /// Search the values of one facet
    ///
    /// For facets of thousands of values: those whose name has a word that begins with each word of `q`, by falling count.
    /// `query` and the filters narrow the products that are counted, as in a search; the facet's own selection does not.
    #[oai(
        path = "/facets/:name",
        method = "get",
        operation_id = "searchFacetValues"
    )]
    async fn facet_values(
        &self,
        context: TenantContext,
        /// The facet. `attr:` and a name is the facet of one attribute, such as `attr:color`; one that no product has is empty.
        name: Path<ValueFacet>,
        /// The attribute, such as `color`, if `name` is `attributes`.
        attribute: Query<Option<AttributeName>>,
        /// Text to find among the facet's values, default all values.
        q: Query<Option<Needle>>,
        /// Search text of the search that the facet belongs to (its `q`).
        query: Query<Option<SearchText>>,
        /// Slug of a category, such as `mugs`; its descendants are included. Repeatable.
        category: Query<Many<SlugText>>,
        /// Slug of a fandom. Repeatable.
        fandom: Query<Many<SlugText>>,
        /// A brand, as displayed, such as `Acme`. Repeatable.
        brand: Query<Many<BrandName>>,
        /// Slug of a seller. Repeatable.
        seller: Query<Many<SlugText>>,
        /// Lowest price in minor units: `1999` is 19.99 in euros. Options, price and stock are asked of the same variant.
        price_min: Query<Option<MinorUnits>>,
        /// Highest price in minor units.
        price_max: Query<Option<MinorUnits>>,
        /// Minimum average rating, 1 to 5.
        rating_min: Query<Option<RatingLimit>>,
        /// `true` for products with a variant that can be bought, `false` for those with one that is sold out.
        in_stock: Query<Option<Flag>>,
        /// An attribute's name and value with a colon between, such as `color:red`. Repeatable.
        attr: Query<Many<AttributeChoice>>,
        /// Lowest number or date of an attribute that is filtered by a range, such as `weight:2.5` or `released:2024`, in its
        /// unit. Once for an attribute.
        attr_min: Query<Many<AttributeLimit>>,
        /// Highest number or date of an attribute, inclusive: `released:2024` is to the year's end.
        attr_max: Query<Many<AttributeLimit>>,
        /// `sort` of the search whose facet this is: only by relevance, products with some of the words follow where few have
        /// all of them, and count.
        sort: Query<Option<SortOrder>>,
        /// Language of labels, such as `de` or `pt-BR`; default the marketplace's.
        lang: Query<Option<LanguageTag>>,
    ) -> Result<FacetValuesAnswer, ApiError> {
        let started = Instant::now();
        let (facet, named) = name.0.0;
        let attribute = attribute_of(facet, named, attribute.0)?;
        let filters = FilterParams {
            category: category.0,
            fandom: fandom.0,
            brand: brand.0,
            seller: seller.0,
            price_min: price_min.0,
            price_max: price_max.0,
            rating_min: rating_min.0,
            in_stock: in_stock.0,
            attr: attr.0,
            attr_min: attr_min.0,
            attr_max: attr_max.0,
        };
        let search_context = context.search_context().await?;
        let mut filters = filters.filters(search_context.definitions())?;
        follow_former_slugs(&context, &mut filters).await;
        let search = products_of(query.0, filters, sort.0)?;
        let request = SearchRequest {
            tenant: &context.tenant,
            context: &search_context,
            query: &search,
        };
        let needle = q.0.map(|needle| needle.0).unwrap_or_default();
        let answered = context
            .app
            .search
            .facet_values(request, facet, attribute.as_deref(), &needle, FACET_VALUES)
            .await?;
        context.tag_with_index(&answered, []);
        Ok(FacetValuesAnswer::Values(JsonResponse(
            FacetValuesView::new(
                answered,
                attribute
                    .is_some()
                    .then(|| labels(&context, &search_context, lang.0.as_ref())),
                started.elapsed(),
            ),
        )))
    }

    /// Suggest while someone types
    ///
    /// From the first letter on, tolerant of one typing mistake from the third. What many others searched for comes first
    /// among what fits as well.
    #[oai(path = "/suggestions", method = "get", operation_id = "suggest")]
    async fn suggestions(
        &self,
        context: TenantContext,
        /// Text typed so far.
        q: Query<TypedText>,
        /// Number of suggestions, default 8.
        limit: Query<Option<SuggestionLimit>>,
    ) -> Result<SuggestionsAnswer, ApiError> {
        let started = Instant::now();
        let request = SuggestRequest {
            tenant: context.tenant.id,
            language: context.tenant.language,
            text: q.0.0.trim().to_owned(),
            limit: limit.0.map_or(DEFAULT_SUGGESTIONS, |limit| limit.0),
        };
        let enforced = context.enforced().map(AsRef::as_ref);
        let search = &context.app.search;
        let answered = search.suggest(&context.tenant, request, enforced).await?;
        context.tag_with_index(&answered, []);
        Ok(SuggestionsAnswer::Suggestions(JsonResponse(
            Suggestions::new(answered, started.elapsed()),
        )))
    }
}

/// The definitions of attributes, in the language of the request, else the marketplace's.
fn labels<'a>(
    context: &'a TenantContext,
    search_context: &'a SearchContext,
    lang: Option<&'a LanguageTag>,
) -> AttributeLabels<'a> {
    AttributeLabels {
        definitions: search_context.definitions(),
        requested: lang.map(|lang| lang.0.as_str()),
        usual: context.tenant.language.code(),
    }
}

/// The facets asked for: all unless some, or none, are named.
fn chosen_facets(given: Many<FacetChoice>) -> std::collections::BTreeSet<FacetName> {
    if given.0.is_empty() {
        return FacetName::ALL.into();
    }
    given.0.into_iter().filter_map(|facet| facet.0).collect()
}

/// The attribute whose values are searched, named by the facet or beside it; none for other facets.
fn attribute_of(
    facet: FacetName,
    named: Option<String>,
    attribute: Option<AttributeName>,
) -> Result<Option<String>, ApiError> {
    match (facet, attribute) {
        (FacetName::Attributes, None) if named.is_some() => Ok(named),
        (FacetName::Attributes, Some(_)) if named.is_some() => Err(ApiError::parameter(
            "attribute",
            "must not be given twice: the facet names it already",
        )),
        (FacetName::Attributes, None) => Err(ApiError::parameter(
            "attribute",
            "is required: the name of the attribute whose values are searched",
        )),
        (FacetName::Attributes, Some(attribute)) => Ok(Some(attribute.0)),
        (_, Some(_)) => Err(ApiError::parameter(
            "attribute",
            "goes with the facet `attributes` only",
        )),
        (_, None) => Ok(None),
    }
}

/// The search that a facet belongs to, apart from its page.
fn products_of(
    text: Option<SearchText>,
    filters: Filters,
    sort: Option<SortOrder>,
) -> Result<SearchQuery, ApiError> {
    let query = SearchQuery {
        text: text.map(|text| text.0),
        filters,
        sort: sort.map(|sort| sort.0).unwrap_or_default(),
        ..SearchQuery::default()
    };
    // The search text is `query` here: `q` is what the facet's values are searched for.
    query.validated().map_err(|mut error| {
        if error.field == "q" {
            error.field = "query".into();
        }
        ApiError::Parameter(error)
    })
}
