use std::time::Duration;

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_domain::{
    Currency, EngineKind, Facet, Hit, MatchStage, PageRequest, SearchPage, Start, Suggestion,
    SuggestionKind,
};
use souk_search_service::{EngineResponse, SearchResponse};

use super::{FacetView, FacetsView, HitView};

/// One page of hits, with what belongs to the whole result.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "SearchResults", skip_serializing_if_is_none)]
pub struct SearchResults {
    /// This search, to be named in events. Whoever asks the same has the same one, on every page.
    pub query_id: String,
    /// How many products match.
    pub total: u64,
    /// Whether `total` is exact.
    pub total_exact: bool,
    /// The hits, in order.
    pub hits: Vec<HitView>,
    /// Which part of them this is.
    pub page: PageView,
    /// Give it as `cursor` for the next page; absent after the last hit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// What one can narrow the result by.
    pub facets: FacetsView,
    /// How strictly the words were taken.
    pub matched: Matched,
    /// Where the shop would rather send whoever searches for this: an address of http or https, or a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// The version of the shop's search settings that this goes by; 0 while it has none.
    pub settings_version: i64,
    /// The whole text in another spelling, where little was found and the catalogue does not know a word of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// Who answered.
    pub engine: EngineName,
    /// Whether the database answered because the engine could not.
    pub degraded: bool,
}

/// Which part of the result a page is.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Page", skip_serializing_if_is_none)]
pub struct PageView {
    /// The page's number, from 1; absent where a cursor says where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// At most so many hits.
    pub per_page: u32,
}

/// How strictly the words of a search were taken; looser only where nothing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Matched {
    /// Every word as written, in any inflection; the last one also as a prefix.
    AllTerms,
    /// Every word, typing mistakes allowed.
    Fuzzy,
    /// Any of the words, typing mistakes allowed; where few products have every word, those come first and are followed
    /// by others, without typing mistakes.
    AnyTerm,
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "Engine", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EngineName {
    /// An Elasticsearch cluster.
    Elasticsearch,
    /// The embedded index.
    Tantivy,
    /// The database.
    Database,
}

/// Values of one facet.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "FacetValues")]
pub struct FacetValuesView {
    /// The facet with the values found.
    pub facet: FacetView,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// Who answered.
    pub engine: EngineName,
    /// Whether the database answered because the engine could not.
    pub degraded: bool,
}

/// What is offered while someone types.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Suggestions")]
pub struct Suggestions {
    /// Best first.
    pub suggestions: Vec<SuggestionView>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// Who answered.
    pub engine: EngineName,
    /// Whether the database answered because the engine could not.
    pub degraded: bool,
}

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Suggestion", skip_serializing_if_is_none)]
pub struct SuggestionView {
    /// What it leads to.
    pub kind: SuggestionKindName,
    /// What people read, and what a `query` searches for.
    pub text: String,
    /// The text with the matched part between `<mark>` and `</mark>`, all else HTML-escaped.
    pub highlighted: String,
    /// What the matching filter or page takes: a slug or the brand; absent for a query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How many products it leads to, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// What a suggestion leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "SuggestionKind", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKindName {
    /// A search for its text.
    Query,
    /// A product's page.
    Product,
    /// A category's listing.
    Category,
    /// A fandom's listing.
    Fandom,
    /// A search filtered by the brand.
    Brand,
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Listing", skip_serializing_if_is_none)]
pub struct Listing {
    /// The products, in order.
    pub products: Vec<HitView>,
    /// How many there are.
    pub total: u64,
    /// Which part of them this is.
    pub page: PageView,
    /// Give it as `cursor` for the next page; absent after the last product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// Who answered.
    pub engine: EngineName,
    /// Whether the database answered because the engine could not.
    pub degraded: bool,
}

/// Products like a given one.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
pub struct Similar {
    /// Most similar first.
    pub products: Vec<HitView>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// Who answered.
    pub engine: EngineName,
    /// Whether the database answered because the engine could not.
    pub degraded: bool,
}

impl Listing {
    /// The answer to a listing of `page`.
    pub fn new(answered: EngineResponse<SearchPage>, page: &PageRequest, took: Duration) -> Self {
        let found = answered.value;
        Self {
            products: found.hits.into_iter().map(HitView::from).collect(),
            total: found.total,
            page: page.into(),
            next_cursor: found.next.map(|cursor| cursor.to_string()),
            took_ms: milliseconds(took),
            engine: answered.engine.into(),
            degraded: answered.degraded,
        }
    }
}

impl Similar {
    /// The answer to what is like a product.
    pub fn new(answered: EngineResponse<Vec<Hit>>, took: Duration) -> Self {
        Self {
            products: answered.value.into_iter().map(HitView::from).collect(),
            took_ms: milliseconds(took),
            engine: answered.engine.into(),
            degraded: answered.degraded,
        }
    }
}

impl SearchResults {
    /// Maps the response of the search service.
    pub fn new(
        response: SearchResponse,
        page: &PageRequest,
        currency: Currency,
        took: Duration,
    ) -> Self {
        let EngineResponse {
            value,
            engine,
            degraded,
        } = response.results;
        Self {
            query_id: response.query_id.to_string(),
            hits: value.hits.into_iter().map(HitView::from).collect(),
            total: value.total,
            total_exact: value.total_exact,
            page: page.into(),
            next_cursor: value.next.map(|cursor| cursor.to_string()),
            facets: FacetsView::new(value.facets, currency),
            matched: value.stage.into(),
            redirect: response.redirect,
            settings_version: response.settings_version,
            did_you_mean: response.did_you_mean,
            took_ms: milliseconds(took),
            engine: engine.into(),
            degraded,
        }
    }
}

impl FacetValuesView {
    /// The answer to a search of a facet's values.
    pub fn new(answered: EngineResponse<Facet>, took: Duration) -> Self {
        Self {
            facet: answered.value.into(),
            took_ms: milliseconds(took),
            engine: answered.engine.into(),
            degraded: answered.degraded,
        }
    }
}

impl Suggestions {
    /// The answer to what is being typed.
    pub fn new(answered: EngineResponse<Vec<Suggestion>>, took: Duration) -> Self {
        Self {
            suggestions: answered
                .value
                .into_iter()
                .map(SuggestionView::from)
                .collect(),
            took_ms: milliseconds(took),
            engine: answered.engine.into(),
            degraded: answered.degraded,
        }
    }
}

impl From<&PageRequest> for PageView {
    fn from(page: &PageRequest) -> Self {
        let number = match page.start {
            Start::Offset(offset) => Some(offset / page.limit.max(1) + 1),
            Start::After(_) => None,
        };
        Self {
            number,
            per_page: page.limit,
        }
    }
}

impl From<Suggestion> for SuggestionView {
    fn from(suggestion: Suggestion) -> Self {
        Self {
            kind: suggestion.kind.into(),
            text: suggestion.text,
            highlighted: suggestion.highlighted,
            value: suggestion.value,
            count: suggestion.count,
        }
    }
}

impl From<SuggestionKind> for SuggestionKindName {
    fn from(kind: SuggestionKind) -> Self {
        match kind {
            SuggestionKind::Query => Self::Query,
            SuggestionKind::Product => Self::Product,
            SuggestionKind::Category => Self::Category,
            SuggestionKind::Fandom => Self::Fandom,
            SuggestionKind::Brand => Self::Brand,
        }
    }
}

impl From<MatchStage> for Matched {
    fn from(stage: MatchStage) -> Self {
        match stage {
            MatchStage::AllTerms => Self::AllTerms,
            MatchStage::Fuzzy => Self::Fuzzy,
            MatchStage::AnyTerm => Self::AnyTerm,
        }
    }
}

impl From<EngineKind> for EngineName {
    fn from(kind: EngineKind) -> Self {
        match kind {
            EngineKind::Elasticsearch => Self::Elasticsearch,
            EngineKind::Tantivy => Self::Tantivy,
            EngineKind::Database => Self::Database,
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
