//! Facets of the response, assembled from counts.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{Facet, FacetName, Facets, PriceBucket, PriceFacet, RangeFacet, price_ladder};

use super::{
    count::{self, Count},
    query::FacetQuery,
};
use crate::engines::sql::query::{categories::CategoryTree, filters::FilterTarget, search::Search};
use crate::{
    facets::listing::{
        self, CountedAttribute, CountedValue, add_selected, availability_key, has_values,
        selected_in, selected_of,
    },
    facets::ranges,
    query::FACET_VALUES,
};

/// Counts of a query, read facet by facet.
pub(crate) struct Counts<'a> {
    counts: Vec<Count>,
    search: &'a Search<'a>,
    query: &'a FacetQuery<'a>,
}

impl<'a> Counts<'a> {
    pub(crate) fn new(counts: Vec<Count>, query: &'a FacetQuery<'a>) -> Self {
        Self {
            counts,
            search: query.search,
            query,
        }
    }

    /// Returns true if all hits were counted, not a sample.
    pub(crate) fn is_total_exact(&self) -> bool {
        self.query.sample_rate(None).is_all()
    }

    fn is_exact(&self, target: &FilterTarget) -> bool {
        self.query.sample_rate_of(target).is_all()
    }

    fn of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Count> {
        self.counts.iter().filter(move |count| count.kind == kind)
    }

    /// Number of hits, extrapolated if a sample was counted.
    pub(crate) fn total(&self) -> u64 {
        self.of(count::TOTAL).map(|count| number(count.count)).sum()
    }

    /// Returns the facets that the plan requests.
    pub(crate) fn facets(&self) -> Facets {
        let wanted = |facet: FacetName| self.search.plan.facets.contains(&facet);
        let listed = |facet| wanted(facet).then(|| self.listed(facet));
        Facets {
            category: listed(FacetName::Category),
            fandom: listed(FacetName::Fandom),
            brand: listed(FacetName::Brand),
            seller: listed(FacetName::Seller),
            price: wanted(FacetName::Price).then(|| self.price()),
            rating: wanted(FacetName::Rating).then(|| self.rating()),
            availability: wanted(FacetName::Availability).then(|| self.availability()),
            attributes: if wanted(FacetName::Attributes) {
                self.attributes()
            } else {
                Vec::new()
            },
            ranges: if wanted(FacetName::Attributes) {
                self.ranges()
            } else {
                Vec::new()
            },
        }
    }

    /// Returns the leading values of a facet whose values have names, and the selected ones.
    fn listed(&self, facet: FacetName) -> Facet {
        let selected = selected_in(&self.search.plan.filters, facet);
        let values = self.values(facet);
        let all = self.of(facet.as_str()).map(|count| count.values).max();
        let listed = listed(facet.as_str(), values, selected, all.unwrap_or(0));
        self.as_counted(&FilterTarget::Facet(facet), listed)
    }

    /// Returns all values of a facet, for value search.
    pub(crate) fn whole(&self, facet: FacetName) -> Facet {
        let values = match facet {
            FacetName::Availability => return self.availability(),
            // Its choices are steps of a scale, and none a value to look for.
            FacetName::Rating => Vec::new(),
            _ => self.values(facet),
        };
        let selected = selected_in(&self.search.plan.filters, facet);
        let whole = listing::listed(facet.as_str(), values, selected, usize::MAX);
        self.as_counted(&FilterTarget::Facet(facet), whole)
    }

    fn values(&self, facet: FacetName) -> Vec<CountedValue<'_>> {
        if facet == FacetName::Category {
            return self.categories();
        }
        self.of(facet.as_str())
            .map(|count| CountedValue::new((&count.value, &count.label), number(count.count)))
            .collect()
    }

    fn categories(&self) -> Vec<CountedValue<'_>> {
        let tree: &CategoryTree = self.search.tree;
        let selected = &self.search.plan.filters.category;
        let mut totals: BTreeMap<i64, u64> = selected
            .iter()
            .filter_map(|slug| Some((tree.by_slug(slug)?, 0)))
            .collect();
        for count in self.of(FacetName::Category.as_str()) {
            // A product counts once in each category, whichever of its own lead there.
            let ids = count.value.split(',').filter_map(|id| id.parse().ok());
            let steps: BTreeSet<i64> = ids.flat_map(|id| tree.path(id)).collect();
            for step in steps {
                *totals.entry(step).or_default() += number(count.count);
            }
        }
        let found = totals.into_iter().filter_map(|(id, count)| {
            let category = tree.get(id)?;
            let parent = category.parent.and_then(|parent| tree.get(parent));
            Some(CountedValue {
                parent: parent.map(|parent| parent.slug.as_str()),
                depth: tree.path(id).len(),
                ..CountedValue::new((&category.slug, &category.name), count)
            })
        });
        found.collect()
    }

    fn price(&self) -> PriceFacet {
        let ladder = price_ladder(self.search.settings.currency_exponent);
        let mut buckets: Vec<_> = self
            .of(count::BUCKET)
            .filter_map(|count| {
                let place = usize::try_from(count.id).ok()?;
                Some(PriceBucket {
                    from: *ladder.get(place)?,
                    to: ladder.get(place + 1).copied(),
                    count: number(count.count),
                })
            })
            .collect();
        buckets.sort_by_key(|bucket| bucket.from);
        let bounds = self.of(count::BOUNDS).next();
        PriceFacet {
            bounds: bounds.map(|bounds| (bounds.id, bounds.count)),
            buckets,
            exact: self.is_exact(&FilterTarget::Facet(FacetName::Price)),
        }
    }

    fn rating(&self) -> Facet {
        let facet = FacetName::Rating;
        let ratings = listing::ratings(&self.search.plan.filters, |stars| {
            self.count_of(facet, &stars.to_string())
        });
        self.as_counted(&FilterTarget::Facet(facet), ratings)
    }

    fn availability(&self) -> Facet {
        let facet = FacetName::Availability;
        let availability = listing::availability(&self.search.plan.filters, |in_stock| {
            self.count_of(facet, availability_key(in_stock))
        });
        self.as_counted(&FilterTarget::Facet(facet), availability)
    }

    /// Returns the count of a value.
    fn count_of(&self, facet: FacetName, value: &str) -> u64 {
        let mut counts = self.of(facet.as_str());
        counts
            .find(|count| count.value == value)
            .map_or(0, |count| number(count.count))
    }

    fn attributes(&self) -> Vec<Facet> {
        let filters = &self.search.plan.filters.attributes;
        let mut spread: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for count in self.of(count::ATTRIBUTE) {
            spread.insert(&count.label, (count.products, count.values));
        }
        let definitions = &self.search.plan.definitions;
        for name in filters.keys() {
            if has_values(definitions, name) {
                spread.entry(name).or_default();
            }
        }
        let counted = |(name, (products, values)): (_, (i64, i64))| CountedAttribute {
            name,
            products: number(products),
            values: number(values),
            counts: values,
        };
        let mut attributes: Vec<_> = spread.into_iter().map(counted).collect();
        attributes.sort_by_key(|attribute| attribute.order(definitions));
        attributes
            .into_iter()
            .map(
                |CountedAttribute {
                     name, counts: all, ..
                 }| {
                    let selected = selected_of(&self.search.plan.filters, name);
                    let facet = listed(name, self.attribute_values(name), selected, all);
                    self.as_counted(&FilterTarget::Attribute(name.to_owned()), facet)
                },
            )
            .collect()
    }

    fn ranges(&self) -> Vec<RangeFacet> {
        let plan = self.search.plan;
        ranges::facets(&plan.filters, &plan.definitions, |definition| {
            let counts = self.of(count::RANGE);
            let own = counts.filter(|count| count.label == definition.name);
            let bounds = ranges::bounds_of(definition, own.map(|count| count.value.as_str()));
            let target = FilterTarget::Attribute(definition.name.clone());
            (bounds, self.is_exact(&target))
        })
    }

    /// Returns all values of an attribute, for value search.
    pub(crate) fn whole_attribute(&self, name: &str) -> Facet {
        let values = self.attribute_values(name);
        let selected = selected_of(&self.search.plan.filters, name);
        let facet = listing::listed(name, values, selected, usize::MAX);
        self.as_counted(&FilterTarget::Attribute(name.to_owned()), facet)
    }

    /// Sets `exact` to false if a sample was counted for the facet.
    fn as_counted(&self, target: &FilterTarget, facet: Facet) -> Facet {
        Facet {
            exact: self.is_exact(target),
            ..facet
        }
    }

    fn attribute_values(&self, name: &str) -> Vec<CountedValue<'_>> {
        let counts = self
            .of(count::ATTRIBUTE)
            .filter(|count| count.label == name);
        counts
            .map(|count| CountedValue::new((&count.value, &count.value), number(count.count)))
            .collect()
    }
}

/// Returns the leading values and the selected ones. `all` is the number of values in the database, if it listed only
/// some.
fn listed<'t>(
    name: &str,
    mut values: Vec<CountedValue<'t>>,
    selected: &'t BTreeSet<String>,
    all: i64,
) -> Facet {
    let counted = values.iter().filter(|value| value.count > 0).count() as u64;
    add_selected(&mut values, selected, |value| value);
    let mut facet = listing::listed(name, values, selected, FACET_VALUES);
    facet.left_out += number(all).saturating_sub(counted);
    facet
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
