//! Searching the values of one facet.

use std::time::Instant;

use serde_json::{Value, json};
use souk_domain::{FacetName, InvalidField, SearchQuery};

use super::attributes::{Attribute, Family};
use super::highlights::{Tags, prefixes};
use super::meaning::{Meaning, Shop};
use super::names::Names;
use super::parameters::order;
use super::search::Request;
use crate::api::call::Call;
use crate::error::ApiError;

const DEFAULT_HITS: u32 = 10;
const MAX_HITS: u32 = 100;
/// Values that are looked at for one level of the category tree.
const CATEGORIES: usize = 1_000;

/// Answers a search of the values of a facet.
///
/// # Errors
/// If it is malformed, or the engine and the database fail.
pub(crate) async fn answer(call: &Call, request: &Request, facet: &str) -> Result<Value, ApiError> {
    let started = Instant::now();
    let parameters = &request.parameters;
    let Some(attribute) = Attribute::read(facet) else {
        let message = format!("`{facet}` has no values to search");
        return Err(InvalidField::new("facetName", message).into());
    };
    let typed = parameters.text("facetQuery")?.unwrap_or_default();
    let limit = parameters
        .whole("maxFacetHits")?
        .unwrap_or(DEFAULT_HITS)
        .min(MAX_HITS) as usize;
    let clauses = parameters.clauses()?;
    let mut names = Names::of(call, clauses.iter()).await?;
    let is_level = matches!(attribute, Attribute::CategoryLevel(_));
    if is_level {
        names.load_categories(call).await?;
    }
    let shop = Shop {
        names: &names,
        definitions: call.search.definitions(),
        currency: call.tenant.currency,
    };
    let meaning = Meaning::of(&clauses, shop)?;
    let (facet, named) = match attribute.family() {
        Some(Family::Facet(facet)) if !is_number(facet) => (facet, None),
        Some(Family::Named(name)) if !shop.definitions.is_internal(&name) => {
            (FacetName::Attributes, Some(name))
        }
        _ => return Ok(hits(Vec::new(), started)),
    };
    if meaning.impossible {
        return Ok(hits(Vec::new(), started));
    }
    let family = attribute.family();
    let others = meaning
        .refinements
        .keys()
        .filter(|other| Some(*other) != family.as_ref());
    let (filters, conditions) = meaning.write(&others.cloned().collect());
    let query = SearchQuery {
        text: parameters.text("query")?.map(str::to_owned),
        filters,
        conditions,
        sort: order(&request.index)?,
        ..SearchQuery::default()
    };
    let query = query.validated()?;
    let most = if is_level { CATEGORIES } else { limit };
    let answered = call
        .app
        .search
        .facet_values(
            call.request(&query),
            facet,
            named.as_deref(),
            typed.trim(),
            most,
        )
        .await?;
    call.note(&answered);
    let tags = Tags {
        before: parameters
            .text("highlightPreTag")?
            .unwrap_or("<em>")
            .to_owned(),
        after: parameters
            .text("highlightPostTag")?
            .unwrap_or("</em>")
            .to_owned(),
    };
    let name = |value: souk_domain::FacetValue| match &attribute {
        Attribute::CategoryLevel(level) => {
            let (own, path) = names.categories.as_ref()?.place(&value.value)?;
            (own == *level).then(|| path.to_owned())
        }
        Attribute::Fandom | Attribute::Seller => Some(value.label),
        _ => Some(value.value),
    };
    let values = answered
        .value
        .values
        .into_iter()
        .filter(|value| value.count > 0);
    let found = values.filter_map(|value| {
        let count = value.count;
        let value = name(value)?;
        Some(json!({"highlighted": prefixes(&value, typed, &tags), "count": count, "value": value}))
    });
    Ok(hits(found.take(limit).collect(), started))
}

fn is_number(facet: FacetName) -> bool {
    matches!(
        facet,
        FacetName::Price | FacetName::Rating | FacetName::Availability
    )
}

fn hits(found: Vec<Value>, started: Instant) -> Value {
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    json!({"facetHits": found, "exhaustiveFacetsCount": true, "processingTimeMS": took.max(1)})
}
