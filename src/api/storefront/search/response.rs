//! Search results, facet values and suggestions on the wire.

use std::time::Duration;

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_domain::{Currency, Facet, PageRequest, Suggestion, SuggestionKind};
use souk_search_service::{EngineResponse, SearchResponse};

use crate::api::views::{
    AttributeLabels, EngineName, FacetView, FacetsView, HitView, Matched, PageView, milliseconds,
};

/// Page of hits, with totals and facets of the whole result.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "SearchResults", skip_serializing_if_is_none)]
pub struct SearchResults {
    /// Id of the search, to be sent with events. The same query has the same id on every page.
    pub query_id: String,
    /// Number of products that match.
    pub total: u64,
    /// True if `total` is exact.
    pub total_exact: bool,
    /// Match stage: how strictly the words were matched.
    pub matched: Matched,
    /// The hits, in order.
    pub hits: Vec<HitView>,
    /// Position of this page.
    pub page: PageView,
    /// Cursor of the next page; absent after the last hit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Facets of the result.
    pub facets: FacetsView,
    /// Redirect set by merchandisers: an http or https URL, or a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Version of the search configuration; 0 while there is none.
    pub settings_version: i64,
    /// The whole text in another spelling, where little was found and the catalogue does not know a word of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// Processing time in milliseconds.
    pub took_ms: u64,
    /// Engine that produced the response.
    pub engine: EngineName,
    /// True if the database answered because the engine was unavailable.
    pub degraded: bool,
}

/// Values of one facet.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "FacetValues")]
pub struct FacetValuesView {
    /// The facet with the values found.
    pub facet: FacetView,
    /// Processing time in milliseconds.
    pub took_ms: u64,
    /// Engine that produced the response.
    pub engine: EngineName,
    /// True if the database answered because the engine was unavailable.
    pub degraded: bool,
}

/// Completions of a partly typed query.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Suggestions")]
pub struct Suggestions {
    /// Best first.
    pub suggestions: Vec<SuggestionView>,
    /// Processing time in milliseconds.
    pub took_ms: u64,
    /// Engine that produced the response.
    pub engine: EngineName,
    /// True if the database answered because the engine was unavailable.
    pub degraded: bool,
}

/// Suggestion.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Suggestion", skip_serializing_if_is_none)]
pub struct SuggestionView {
    /// Kind of target.
    pub kind: SuggestionKindName,
    /// Display text; for a `query`, the text to search for.
    pub text: String,
    /// The text with the matched part between `<mark>` and `</mark>`, all else HTML-escaped.
    pub highlighted: String,
    /// Value for the filter or page: a slug or a brand; absent for a query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Number of products, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// Kind of a suggestion.
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

impl SearchResults {
    /// Maps the response of the search service.
    pub fn new(
        response: SearchResponse,
        page: &PageRequest,
        currency: Currency,
        labels: AttributeLabels<'_>,
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
            facets: FacetsView::new(value.facets, currency, labels),
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
    /// The answer to a search of a facet's values, with labels if it is the facet of an attribute.
    pub fn new(
        answered: EngineResponse<Facet>,
        labels: Option<AttributeLabels<'_>>,
        took: Duration,
    ) -> Self {
        Self {
            facet: match labels {
                Some(labels) => FacetView::of_attribute(answered.value, labels),
                None => answered.value.into(),
            },
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
