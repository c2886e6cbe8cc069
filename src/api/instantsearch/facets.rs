//! Counts of facets as front ends read them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use souk_domain::{Currency, Facet, FacetName, FacetValue, Facets, Filters, same_value};

use super::attributes::{Attribute, Family, PATH_SEPARATOR};
use super::hits::major;
use super::meaning::Refinement;

/// Counts of an answer of the engine, for one of the requests that it answers.
pub(crate) struct Counts<'a> {
    /// Facets as the engine counted them.
    pub(crate) facets: &'a Facets,
    /// Families whose counts are those of what is selected in them.
    pub(crate) narrowed: BTreeMap<&'a Family, &'a Refinement>,
    /// Currency of prices.
    pub(crate) currency: Currency,
    /// Most values of a facet.
    pub(crate) limit: usize,
}

/// Counts and bounds by attribute.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// Values with their counts.
    pub(crate) facets: Map<String, Value>,
    /// Lowest and highest number.
    pub(crate) stats: Map<String, Value>,
}

impl Counts<'_> {
    /// Returns what is asked for; `*` is all there is.
    pub(crate) fn of(&self, asked: &[String]) -> Counted {
        let mut counted = Counted::default();
        let all = asked.iter().any(|name| name == "*").then(|| self.names());
        for name in asked
            .iter()
            .filter(|name| *name != "*")
            .chain(all.iter().flatten())
        {
            let values = Attribute::read(name).map(|attribute| {
                if let Some((min, max)) = self.bounds(&attribute) {
                    counted
                        .stats
                        .insert(name.clone(), json!({"min": min, "max": max}));
                }
                self.values(&attribute)
            });
            let values = self.limited(values.unwrap_or_default());
            counted.facets.insert(name.clone(), values);
        }
        counted
    }

    /// Returns the attributes that there is something to choose of, in the order in which a page shows them.
    pub(crate) fn names(&self) -> Vec<String> {
        let facets = self.facets;
        let levels = facets.category.as_ref().map(levels).unwrap_or_default();
        let deepest = levels.values().map(|(level, _)| *level).max();
        let mut names: Vec<String> = deepest
            .into_iter()
            .flat_map(|deepest| 0..=deepest)
            .map(|level| format!("categories.lvl{level}"))
            .collect();
        let has_values =
            |facet: &Option<Facet>| facet.as_ref().is_some_and(|facet| !facet.values.is_empty());
        let has_price = facets
            .price
            .as_ref()
            .is_some_and(|price| price.bounds.is_some());
        let single = [
            ("brand", has_values(&facets.brand)),
            ("fandom", has_values(&facets.fandom)),
            ("seller", has_values(&facets.seller)),
            ("price", has_price),
            ("rating", has_values(&facets.rating)),
            ("in_stock", has_values(&facets.availability)),
        ];
        names.extend(
            single
                .iter()
                .filter(|(_, has)| *has)
                .map(|(name, _)| (*name).to_owned()),
        );
        let attributes = facets.attributes.iter().map(|facet| &facet.name);
        let ranges = facets.ranges.iter().map(|range| &range.name);
        names.extend(
            attributes
                .chain(ranges)
                .map(|name| format!("attributes.{name}")),
        );
        names
    }

    fn selected(&self, family: FacetName) -> Option<&Refinement> {
        self.narrowed.get(&Family::Facet(family)).copied()
    }

    fn values(&self, attribute: &Attribute) -> Vec<(String, u64)> {
        let facets = self.facets;
        let by = |facet: &Option<Facet>,
                  name: FacetName,
                  key: fn(&FacetValue) -> &String,
                  of: fn(&Filters) -> &BTreeSet<String>| {
            let selected = self.selected(name);
            let values = facet.iter().flat_map(|facet| &facet.values);
            let passes = |value: &&FacetValue| {
                selected.is_none_or(|own| {
                    own.passing
                        .iter()
                        .all(|filters| of(filters).contains(&value.value))
                })
            };
            values
                .filter(passes)
                .map(|value| (key(value).clone(), value.count))
                .collect()
        };
        match attribute {
            Attribute::Brand => by(
                &facets.brand,
                FacetName::Brand,
                |value| &value.value,
                |filters| &filters.brand,
            ),
            Attribute::Fandom => by(
                &facets.fandom,
                FacetName::Fandom,
                |value| &value.label,
                |filters| &filters.fandom,
            ),
            Attribute::FandomSlug => by(
                &facets.fandom,
                FacetName::Fandom,
                |value| &value.value,
                |filters| &filters.fandom,
            ),
            Attribute::Seller => by(
                &facets.seller,
                FacetName::Seller,
                |value| &value.label,
                |filters| &filters.seller,
            ),
            Attribute::SellerSlug => by(
                &facets.seller,
                FacetName::Seller,
                |value| &value.value,
                |filters| &filters.seller,
            ),
            Attribute::CategoryLevel(level) => self.categories(|place, _| {
                place
                    .filter(|(own, _)| own == level)
                    .map(|(_, path)| path.clone())
            }),
            Attribute::CategorySlug => self.categories(|_, value| Some(value.value.clone())),
            Attribute::Rating => self.stars(),
            Attribute::InStock => self.availability(),
            Attribute::Named(name) => self.named(name),
            Attribute::Price | Attribute::ObjectId => Vec::new(),
        }
    }

    /// Categories by path. Narrowed, they are the selected one, those above it and those below.
    fn categories(
        &self,
        key: impl Fn(Option<&(usize, String)>, &FacetValue) -> Option<String>,
    ) -> Vec<(String, u64)> {
        let Some(facet) = &self.facets.category else {
            return Vec::new();
        };
        let levels = levels(facet);
        let selected = self.selected(FacetName::Category);
        let chosen: Option<BTreeSet<&str>> = selected.map(|own| {
            let slugs = own.passing.iter().flat_map(|filters| &filters.category);
            slugs.map(String::as_str).collect()
        });
        let parents: BTreeMap<&str, Option<&str>> = facet
            .values
            .iter()
            .map(|value| (value.value.as_str(), value.parent.as_deref()))
            .collect();
        let above = |slug: &str| {
            let mut line = Vec::new();
            let mut at = parents.get(slug).copied().flatten();
            while let Some(parent) = at.filter(|_| line.len() < parents.len()) {
                line.push(parent);
                at = parents.get(parent).copied().flatten();
            }
            line
        };
        let count = |value: &FacetValue| {
            let Some(chosen) = &chosen else {
                return Some(value.count);
            };
            let slug = value.value.as_str();
            if chosen.contains(slug) || above(slug).iter().any(|parent| chosen.contains(parent)) {
                return Some(value.count);
            }
            // All that is in the selected one is in those above it.
            let single = facet
                .values
                .iter()
                .find(|value| chosen.len() == 1 && chosen.contains(value.value.as_str()));
            single
                .filter(|single| above(&single.value).contains(&slug))
                .map(|single| single.count)
        };
        let mut values: Vec<(String, u64)> = Vec::new();
        for value in &facet.values {
            if let Some(path) = key(levels.get(value.value.as_str()), value)
                && let Some(count) = count(value)
            {
                values.push((path, count));
            }
        }
        values
    }

    /// Whole stars: the engine counts what is rated so or better.
    fn stars(&self) -> Vec<(String, u64)> {
        let Some(facet) = &self.facets.rating else {
            return Vec::new();
        };
        let at_least = |stars: u64| {
            let name = stars.to_string();
            facet
                .values
                .iter()
                .find(|value| value.value == name)
                .map_or(0, |value| value.count)
        };
        let least = self
            .selected(FacetName::Rating)
            .and_then(|own| own.passing.first()?.rating_min);
        let is_shown = |stars: &u64| least.is_none_or(|least| *stars as f32 >= least.floor());
        let counts = (1..=5_u64).rev().filter(is_shown).map(|stars| {
            (
                stars.to_string(),
                at_least(stars).saturating_sub(at_least(stars + 1)),
            )
        });
        counts.filter(|(_, count)| *count > 0).collect()
    }

    fn availability(&self) -> Vec<(String, u64)> {
        let values = self
            .facets
            .availability
            .iter()
            .flat_map(|facet| &facet.values);
        let wanted = self
            .selected(FacetName::Availability)
            .and_then(|own| own.passing.first()?.in_stock);
        values
            .map(|value| (value.value == "in_stock", value.count))
            .filter(|(in_stock, _)| wanted.is_none_or(|wanted| wanted == *in_stock))
            .map(|(in_stock, count)| (in_stock.to_string(), count))
            .collect()
    }

    fn named(&self, name: &str) -> Vec<(String, u64)> {
        let selected = self.narrowed.get(&Family::Named(name.to_owned()));
        let facet = self
            .facets
            .attributes
            .iter()
            .find(|facet| same_value(&facet.name, name));
        let values = facet.into_iter().flat_map(|facet| &facet.values);
        let passes = |value: &&FacetValue| {
            let accepts = |filters: &Filters| {
                let mut accepted = filters.attributes.values().flatten();
                accepted.any(|accepted| same_value(accepted, &value.value))
            };
            selected.is_none_or(|own| own.passing.iter().all(accepts))
        };
        values
            .filter(passes)
            .map(|value| (value.value.clone(), value.count))
            .collect()
    }

    /// Lowest and highest number of an attribute. Narrowed, they lie within what is selected.
    fn bounds(&self, attribute: &Attribute) -> Option<(Value, Value)> {
        match attribute {
            Attribute::Price => {
                let (mut min, mut max) = self.facets.price.as_ref()?.bounds?;
                let selected = self
                    .selected(FacetName::Price)
                    .and_then(|own| own.passing.first()?.price);
                if let Some(selected) = selected {
                    min = selected.min.map_or(min, |least| min.max(least));
                    max = selected.max.map_or(max, |most| max.min(most));
                }
                Some((major(min, self.currency), major(max, self.currency)))
            }
            Attribute::Named(name) => {
                let range = self
                    .facets
                    .ranges
                    .iter()
                    .find(|range| same_value(&range.name, name))?;
                let (min, max) = range.bounds?;
                Some((json!(min), json!(max)))
            }
            _ => None,
        }
    }

    fn limited(&self, mut values: Vec<(String, u64)>) -> Value {
        values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        values.truncate(self.limit);
        let mut counts = Map::new();
        for (value, count) in values {
            let known = counts.get(&value).and_then(Value::as_u64).unwrap_or(0);
            counts.insert(value, json!(known + count));
        }
        counts.into()
    }
}

/// Returns level and path of labels by slug, of those whose ancestors are all there.
fn levels(facet: &Facet) -> BTreeMap<&str, (usize, String)> {
    let mut levels: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    // Parents come before children.
    for value in &facet.values {
        let place = match &value.parent {
            None => Some((0, value.label.clone())),
            Some(parent) => levels
                .get(parent.as_str())
                .map(|(level, path)| (level + 1, format!("{path}{PATH_SEPARATOR}{}", value.label))),
        };
        if let Some(place) = place {
            levels.insert(&value.value, place);
        }
    }
    levels
}
