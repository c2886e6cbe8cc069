//! Facets of the response, assembled from counts.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use souk_domain::{
    Facet, FacetName, Facets, Filters, PriceBucket, PriceFacet, RangeFacet, most_frequent,
    price_ladder, same_value, value_key,
};

use super::{
    count::{self, Count},
    query::FacetQuery,
};
use crate::engines::sql::query::{categories::CategoryTree, filters::FilterTarget, search::Search};
use crate::{
    facets::listing::{
        self, CountedAttribute, CountedValue, add_selected, availability_key, has_values, leading,
        selected_in, selected_of, unified,
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

    /// Filters as they were typed.
    fn typed(&self) -> &Filters {
        let typed = self.search.settings.typed.as_ref();
        typed.unwrap_or(&self.search.plan.filters)
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
        let selected = selected_in(self.typed(), facet);
        let values = self.values(facet);
        let all = self.of(facet.as_str()).map(|count| count.values).max();
        let left_out = left_out(&values, all.unwrap_or(0));
        let values = match facet {
            FacetName::Brand => unified(values),
            _ => values,
        };
        let listed = listed(facet.as_str(), values, selected, left_out);
        self.as_counted(&FilterTarget::Facet(facet), listed)
    }

    /// Returns all values of a facet, for value search.
    pub(crate) fn whole(&self, facet: FacetName) -> Facet {
        let values = match facet {
            FacetName::Availability => return self.availability(),
            // Its choices are steps of a scale, and none a value to look for.
            FacetName::Rating => Vec::new(),
            FacetName::Brand => unified(self.values(facet)),
            _ => self.values(facet),
        };
        let selected = selected_in(self.typed(), facet);
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
        let ladder = price_ladder(self.search.settings.price_scale);
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
        let plan = self.search.plan;
        let definitions = &plan.definitions;
        // Products and values of each attribute by the spelling of its name, and values that are not in the rows.
        let mut spread: BTreeMap<Cow<'_, str>, Vec<Spread<'_>>> = BTreeMap::new();
        for count in self.of(count::ATTRIBUTE) {
            let spellings = spread.entry(value_key(&count.label)).or_default();
            if spellings.iter().all(|own| own.name != count.label) {
                let counts = self.of(count::ATTRIBUTE);
                let own = counts.filter(|own| own.label == count.label);
                spellings.push(Spread {
                    name: &count.label,
                    products: number(count.products),
                    left_out: number(count.values).saturating_sub(own.count() as u64),
                });
            }
        }
        for name in plan.filters.attributes.keys() {
            if has_values(definitions, name) {
                let spellings = spread.entry(value_key(name)).or_default();
                if spellings.is_empty() {
                    spellings.push(Spread {
                        name,
                        products: 0,
                        left_out: 0,
                    });
                }
            }
        }
        let counted = spread.into_values().filter_map(|spellings| {
            let names = spellings.iter().map(|own| (own.name, own.products));
            let name = most_frequent(names)?;
            let left_out: u64 = spellings.iter().map(|own| own.left_out).sum();
            let values = unified(self.attribute_values(name));
            Some(CountedAttribute {
                name,
                products: spellings.iter().map(|own| own.products).sum(),
                values: values.len() as u64 + left_out,
                counts: (values, left_out),
            })
        });
        let counted = counted.filter(|own| !definitions.is_internal(own.name));
        let attributes = leading(counted.collect(), &plan.filters, definitions);
        attributes
            .map(|CountedAttribute { name, counts, .. }| {
                let selected = selected_of(self.typed(), name);
                let (values, left_out) = counts;
                let facet = listed(name, values, selected, left_out);
                let mut filtered = plan.filters.attributes.keys();
                let filtered = filtered.find(|own| same_value(own, name));
                let target = filtered.map_or(name, String::as_str).to_owned();
                self.as_counted(&FilterTarget::Attribute(target), facet)
            })
            .collect()
    }

    fn ranges(&self) -> Vec<RangeFacet> {
        let plan = self.search.plan;
        ranges::facets(&plan.filters, &plan.definitions, |definition| {
            let counts = self.of(count::RANGE);
            let own = counts.filter(|count| same_value(&count.label, &definition.name));
            let bounds = ranges::bounds_of(definition, own.map(|count| count.value.as_str()));
            let target = FilterTarget::Attribute(definition.name.clone());
            (bounds, self.is_exact(&target))
        })
    }

    /// Returns all values of an attribute, for value search.
    pub(crate) fn whole_attribute(&self, name: &str) -> Facet {
        let values = unified(self.attribute_values(name));
        let selected = selected_of(self.typed(), name);
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
            .filter(|count| count.label == name || same_value(&count.label, name));
        counts
            .map(|count| CountedValue::new((&count.value, &count.value), number(count.count)))
            .collect()
    }
}

/// Products of an attribute whose name is in one spelling.
struct Spread<'c> {
    name: &'c str,
    products: u64,
    /// Values besides those in the rows.
    left_out: u64,
}

/// Returns the number of values in the database besides the counted ones, if it listed only some of `all`.
fn left_out(values: &[CountedValue<'_>], all: i64) -> u64 {
    let counted = values.iter().filter(|value| value.count > 0).count() as u64;
    number(all).saturating_sub(counted)
}

/// Returns the leading values and the selected ones. Besides them there are some that the database left out.
fn listed<'t>(
    name: &str,
    mut values: Vec<CountedValue<'t>>,
    selected: &'t BTreeSet<String>,
    left_out: u64,
) -> Facet {
    add_selected(&mut values, selected, |value| value);
    let mut facet = listing::listed(name, values, selected, FACET_VALUES);
    facet.left_out += left_out;
    facet
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
