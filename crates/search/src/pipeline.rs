//! From a plan to a page: relaxing the words until enough is found.

use std::borrow::Cow;

use souk_domain::{AttributeFilterKind, Facet, FacetName, SearchPage, Start, same_value};

use crate::{SearchEngine, SearchError, SearchPlan, meaning, relaxation::relaxed};

/// Answers a plan at the strictest stage that finds something, so that an honest typo or one word too many does not end
/// on an empty page. Where few products have all of several words, those that have some follow.
///
/// # Errors
/// As the engine.
pub async fn search(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
) -> Result<SearchPage, SearchError> {
    let plan = &*guarded(plan);
    let plan = &*placed(plan);
    let mut page = match meaning::fused_page(engine, plan).await? {
        Some(page) => page,
        None => engine.search_relaxed(plan).await?,
    };
    present(plan, &mut page.facets.attributes);
    debug_assert!(
        matches!(plan.page.start, Start::After(_)) || page.hits.len() as u64 <= page.total
    );
    Ok(page)
}

/// Searches a facet's values for what [`search`] would answer, so that both show the same counts.
///
/// # Errors
/// As the engine.
pub async fn facet_values(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
    facet: FacetName,
    attribute: Option<&str>,
    needle: &str,
    limit: usize,
) -> Result<Facet, SearchError> {
    let plan = &*guarded(plan);
    let attribute = attribute.map(|name| as_filtered(plan, name));
    let mut counting = plan.counting();
    counting.facets.clear();
    let taken_as = match plan.text {
        Some(_) => relaxed(engine, &counting).await?.0.into_owned(),
        None => counting,
    };
    let plan = SearchPlan {
        page: plan.page.clone(),
        facets: plan.facets.clone(),
        ..taken_as
    };
    let mut found = engine
        .facet_values(&plan, facet, attribute, needle, limit)
        .await?;
    if let Some(name) = attribute {
        if plan.definitions.is_internal(name) {
            found.values.clear();
            found.left_out = 0;
        }
        plan.definitions.sort_values(name, &mut found.values);
    }
    Ok(found)
}

/// The name of an attribute as the filter on it spells it, so that it does not narrow its own values.
fn as_filtered<'p>(plan: &'p SearchPlan, name: &'p str) -> &'p str {
    let filters = &plan.filters;
    let mut names = filters.attributes.keys().chain(filters.ranges.keys());
    let own = names.find(|own| same_value(own, name));
    own.map_or(name, String::as_str)
}

/// A plan whose cursor among fused hits has become the place that it stands for.
fn placed(plan: &SearchPlan) -> Cow<'_, SearchPlan> {
    let Start::After(cursor) = plan.page.start else {
        return Cow::Borrowed(plan);
    };
    let Some(place) = cursor.place() else {
        return Cow::Borrowed(plan);
    };
    let mut placed = plan.clone();
    placed.page.start = Start::Offset(place);
    Cow::Owned(placed)
}

/// A plan that finds nothing by an internal attribute, also while the index still has documents of a time when it was not
/// internal.
fn guarded(plan: &SearchPlan) -> Cow<'_, SearchPlan> {
    let is_internal = |name: &String| plan.definitions.is_internal(name);
    if !plan.filters.attributes.keys().any(is_internal) {
        return Cow::Borrowed(plan);
    }
    let mut guarded = plan.clone();
    for (name, values) in &mut guarded.filters.attributes {
        if plan.definitions.is_internal(name) {
            values.clear();
        }
    }
    Cow::Owned(guarded)
}

/// Leaves out facets that are none by their definition, and puts values in the order that it says.
fn present(plan: &SearchPlan, facets: &mut Vec<Facet>) {
    let definitions = &plan.definitions;
    facets.retain(|facet| {
        definitions
            .filter(&facet.name)
            .is_none_or(|filter| filter == AttributeFilterKind::Values)
    });
    for facet in facets {
        definitions.sort_values(&facet.name, &mut facet.values);
    }
}
