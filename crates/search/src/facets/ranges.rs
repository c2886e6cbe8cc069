//! Attributes that are filtered by a range: which values lie in it, and the bounds of their facets.

use souk_domain::{AttributeDefinition, AttributeDefinitions, Filters, RangeFacet};

use crate::SearchPlan;

/// Lowest and highest number.
pub(crate) type Bounds = (f64, f64);

/// Returns the range facets of a plan by the positions of their definitions. `bounds` answers the bounds of an attribute,
/// if a product has a number of it, and whether they are exact.
pub(crate) fn facets(
    filters: &Filters,
    definitions: &AttributeDefinitions,
    bounds: impl Fn(&AttributeDefinition) -> (Option<Bounds>, bool),
) -> Vec<RangeFacet> {
    let mut ranges: Vec<&AttributeDefinition> = definitions.ranges().collect();
    ranges.sort_by_key(|definition| definition.position);
    let facets = ranges.into_iter().map(|definition| {
        let (bounds, exact) = bounds(definition);
        RangeFacet {
            name: definition.name.clone(),
            bounds,
            exact,
        }
    });
    let is_shown =
        |facet: &RangeFacet| facet.bounds.is_some() || filters.ranges.contains_key(&facet.name);
    facets.filter(is_shown).collect()
}

/// Returns the bounds of the numbers among values of an attribute.
pub(crate) fn bounds_of<'v>(
    definition: &AttributeDefinition,
    values: impl Iterator<Item = &'v str>,
) -> Option<Bounds> {
    let numbers = values.filter_map(|value| definition.number(value));
    numbers
        .map(|number| (number, number))
        .reduce(|(low, high), (other, _)| (low.min(other), high.max(other)))
}

/// Returns the test for values of an attribute that lie in the range that a plan asks for; none does of an attribute that
/// has no range by its definition.
pub(crate) fn accepted<'p>(plan: &'p SearchPlan, name: &str) -> impl Fn(&str) -> bool + use<'p> {
    let definition = plan.definitions.get(name);
    let definition = definition.filter(|definition| definition.is_range());
    let range = plan.filters.ranges.get(name).copied().unwrap_or_default();
    move |value| {
        let number = definition.and_then(|definition| definition.number(value));
        number.is_some_and(|number| range.contains(number))
    }
}
