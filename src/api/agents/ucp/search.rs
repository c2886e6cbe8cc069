//! `search_catalog`: a search of the agent's words and filters.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use souk_domain::{
    Cursor, FacetName, Hit, MAX_QUERY_CHARS, MatchStage, PageRequest, ProductId, SearchQuery, Sort,
};

use super::asking::{Asking, Opened};
use super::context::Context;
use super::filters::{AskedFilters, has_value};
use super::message::{Message, quoted};
use super::presenting::lead_with;
use super::reading::Part;
use super::refused::Refused;
use super::wire::{Pagination, Product, SEARCH, SearchAnswer};
use crate::{
    agents::ExtensionName,
    api::views::{AttributeLabels, FacetsView},
    error::ApiError,
};

/// Fields of its own, apart from the extension.
const KNOWN: [&str; 2] = ["query", "pagination"];
const DEFAULT_LIMIT: i64 = 10;
/// Largest page.
const MAX_LIMIT: i64 = 50;
/// Most variants of a product in a list of products.
const MAX_VARIANTS: usize = 10;

/// A search as it was read.
struct Search {
    query: SearchQuery,
    filters: AskedFilters,
    language: Option<String>,
    /// True if the request asks for facets.
    has_facets: bool,
    /// True if the request asks for anything of the extension.
    is_extended: bool,
    messages: Vec<Message>,
}

/// Answers a search.
///
/// # Errors
/// If the request is malformed, or the engine and the database fail.
pub(crate) async fn search(
    asking: &Asking,
    request: &poem::Request,
    asked: &Value,
) -> Result<Bytes, Refused> {
    let read = read(asking, asked)?;
    let loading = asking.clone();
    let load = async move { Box::pin(answer(&loading, read)).await };
    Ok(asking.answered(request, "search", asked, load).await?)
}

fn read(asking: &Asking, asked: &Value) -> Result<Search, Refused> {
    let extension = asking.extension().map(ExtensionName::as_str);
    let known: Vec<&str> = KNOWN.into_iter().chain(extension).collect();
    let Opened {
        root,
        context,
        filters,
        mut messages,
    } = asking.open(asked, &known)?;
    let own = match extension {
        Some(name) => Some(root.part(name)?),
        None => None,
    };
    let is_extended = own.as_ref().is_some_and(|own| !own.is_empty());
    let has_input = has_value(root.get("query")) || has_value(root.get("filters"));
    if !has_input && context.intent.is_none() && !is_extended {
        let content = "needs a `query`, a filter or a `context.intent`";
        return Err(Refused::invalid("$", content));
    }
    let (sort, facets) = match &own {
        Some(own) => (sort(own)?, facets(own)?),
        None => (Sort::default(), BTreeSet::new()),
    };
    if let Some(own) = &own {
        own.pass_over(&["sort", "facets"], "field_ignored", &mut messages);
    }
    let query = SearchQuery {
        text: text(&root, &context, &mut messages)?,
        filters: filters.own().clone(),
        sort,
        page: page(&root.part("pagination")?, &mut messages)?,
        facets: facets.clone(),
        ..SearchQuery::default()
    };
    Ok(Search {
        query: query.validated()?,
        filters,
        language: context.language,
        has_facets: !facets.is_empty(),
        is_extended,
        messages,
    })
}

/// The text to search for: the query, else the intent in its place.
fn text(
    root: &Part<'_>,
    context: &Context,
    messages: &mut Vec<Message>,
) -> Result<Option<String>, Refused> {
    let query = root.text("query")?.map(str::trim);
    let path = || "$.context.intent".to_owned();
    match (query.filter(|query| !query.is_empty()), &context.intent) {
        (Some(query), None) => Ok(Some(query.to_owned())),
        (Some(query), Some(_)) => {
            let content = "the intent changed nothing: `query` says what to search for";
            messages.push(Message::info("intent_ignored", path(), content));
            Ok(Some(query.to_owned()))
        }
        (None, Some(intent)) => {
            let words = plain_words(intent);
            let content = format!("searched for the words of the intent: {}", quoted(&words));
            messages.push(Message::info("intent_searched", path(), content));
            Ok(Some(words))
        }
        (None, None) => Ok(None),
    }
}

/// Words of a sentence without signs that have a meaning in a query, as many as a query holds.
fn plain_words(sentence: &str) -> String {
    let mut words = String::new();
    let mut chars = 0;
    for word in sentence.split_whitespace() {
        let word = word.trim_start_matches('-').replace('"', "");
        chars += word.chars().count() + 1;
        if chars > MAX_QUERY_CHARS {
            break;
        }
        if !words.is_empty() && !word.is_empty() {
            words.push(' ');
        }
        words += &word;
    }
    words
}

fn sort(own: &Part<'_>) -> Result<Sort, Refused> {
    let Some(name) = own.text("sort")? else {
        return Ok(Sort::default());
    };
    let sort: Result<Sort, String> = name.parse();
    sort.map_err(|message| Refused::invalid(own.path("sort"), quoted(&message)))
}

fn facets(own: &Part<'_>) -> Result<BTreeSet<FacetName>, Refused> {
    let names = own.texts("facets", FacetName::ALL.len())?;
    let facet = |name: &str| {
        let mut all = FacetName::ALL.into_iter();
        all.find(|facet| facet.as_str() == name).ok_or_else(|| {
            let known: Vec<&str> = FacetName::ALL.iter().map(|facet| facet.as_str()).collect();
            let content = format!("must be among: {}", known.join(", "));
            Refused::invalid(own.path("facets"), content)
        })
    };
    names.into_iter().map(facet).collect()
}

fn page(given: &Part<'_>, messages: &mut Vec<Message>) -> Result<PageRequest, Refused> {
    given.pass_over(&["cursor", "limit"], "field_ignored", messages);
    let limit = given.whole("limit", 1)?.unwrap_or(DEFAULT_LIMIT);
    let limit = limit.min(MAX_LIMIT) as u32;
    let Some(cursor) = given.text("cursor")? else {
        return Ok(PageRequest::numbered(1, limit)?);
    };
    let cursor: Cursor = cursor.parse().map_err(|_| {
        Refused::invalid(
            given.path("cursor"),
            "must be the cursor of an answer before",
        )
    })?;
    Ok(PageRequest::after(cursor, limit)?)
}

async fn answer(asking: &Asking, search: Search) -> Result<Value, ApiError> {
    let Search {
        mut query,
        filters,
        language,
        has_facets,
        is_extended,
        mut messages,
    } = search;
    let call = &asking.call;
    query.filters = filters.resolved(call, &mut messages).await?;
    if filters.is_impossible() {
        let nothing = SearchAnswer {
            ucp: asking.meta(SEARCH),
            products: Vec::new(),
            pagination: Pagination {
                cursor: None,
                has_next_page: false,
                total_count: 0,
            },
            messages,
            extension: Map::new(),
        };
        return serde_json::to_value(nothing).map_err(ApiError::internal);
    }
    let found = call.app.search.search(call.request(&query)).await?;
    call.tags.add(found.tags.iter().cloned());
    call.note(&found.results);
    tell(&found, &mut messages);
    let page = found.results.value;
    let extension = match asking.extension().filter(|_| is_extended) {
        Some(name) => {
            let labels = AttributeLabels {
                definitions: call.search.definitions(),
                requested: language.as_deref(),
                usual: call.tenant.language.code(),
            };
            let mut own = json!({
                "sort": query.effective_sort().as_str(),
                "total_exact": page.total_exact,
            });
            if has_facets {
                let facets = FacetsView::new(page.facets, call.tenant.currency, labels);
                own["facets"] = json!(facets);
            }
            [(name.as_str().to_owned(), own)].into_iter().collect()
        }
        None => Map::new(),
    };
    let cursor = page.next.map(|cursor| cursor.to_string());
    let answer = SearchAnswer {
        ucp: asking.meta(SEARCH),
        products: products(asking, &page.hits).await?,
        pagination: Pagination {
            has_next_page: cursor.is_some(),
            cursor,
            total_count: page.total,
        },
        messages,
        extension,
    };
    serde_json::to_value(answer).map_err(ApiError::internal)
}

/// Tells of a search that was answered in another way than asked.
fn tell(found: &souk_search_service::SearchResponse, messages: &mut Vec<Message>) {
    let path = || "$.query".to_owned();
    let page = &found.results.value;
    if page.stage != MatchStage::AllTerms && page.total > 0 {
        let content = match page.stage {
            MatchStage::Fuzzy => "nothing has exactly these words; similar ones were searched for",
            _ => "few products have all of these words; products with some of them were found",
        };
        messages.push(Message::info("query_relaxed", path(), content));
    }
    if let Some(text) = &found.did_you_mean {
        let content = format!("another spelling finds more: {}", quoted(text));
        messages.push(Message::info("did_you_mean", path(), content));
    }
    if found.results.degraded {
        let content =
            "the database answered: the search engine is away, so that order and counts may differ";
        messages.push(Message::info("degraded", None, content));
    }
}

/// The products of hits, in their order. A hit that shoppers may not see any more is left out.
async fn products(asking: &Asking, hits: &[Hit]) -> Result<Vec<Product>, ApiError> {
    let ids: Vec<ProductId> = hits.iter().map(|hit| hit.id).collect();
    let records = asking.products(&ids).await?;
    let records: BTreeMap<ProductId, _> =
        records.iter().map(|record| (record.id, record)).collect();
    let presenting = asking.presenting(true);
    let mut products = Vec::new();
    for hit in hits {
        let Some(mut product) = records
            .get(&hit.id)
            .and_then(|record| presenting.product(record))
        else {
            continue;
        };
        if let Some(variant) = &hit.variant {
            lead_with(&mut product, variant.id);
        }
        product.variants.truncate(MAX_VARIANTS);
        products.push(product);
    }
    Ok(products)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intent_is_read_as_words_without_operators() {
        assert_eq!(plain_words("a \"gift\"  for -him"), "a gift for him");
        let long = "wort ".repeat(200);
        assert!(plain_words(&long).chars().count() <= MAX_QUERY_CHARS);
        assert!(plain_words(&long).ends_with("wort"));
    }
}
