//! From counts to facets.

pub(crate) mod aggregation_dsl;
pub(crate) mod aggregations;
pub(crate) mod attributes;
pub(crate) mod variant_counts;

use std::collections::BTreeSet;

use rustc_hash::{FxBuildHasher, FxHashMap};
use souk_domain::{Facet, FacetName, Facets, PriceBucket, PriceFacet, RangeFacet, price_ladder};

use self::aggregations::group_name;
use super::index::variants::read_price_step;
use super::query::buckets::{Pair, Terms, Text};
use super::query::filters::{self, Narrowed};
use super::query::response::Group;
use crate::SearchPlan;
use crate::facets::listing::{
    CountedValue, add_selected, availability, availability_key, listed, ratings, selected_in,
    unified,
};
use crate::facets::{encoding, ranges};
use crate::query::FACET_VALUES;

/// Everything a facet is made from.
pub(super) struct Counts<'a> {
    pub(super) plan: &'a SearchPlan,
    top: &'a Group<'a>,
    /// The counts that every filter narrows.
    pub(super) together: &'a Group<'a>,
    /// The filters that were applied after the counting, in the order of their groups.
    narrowed: Vec<Narrowed<'a>>,
}

impl<'a> Counts<'a> {
    /// The counts of an answer to a plan that asked for these facets.
    pub(super) fn new(
        plan: &'a SearchPlan,
        facets: &BTreeSet<FacetName>,
        top: &'a Group<'a>,
    ) -> Self {
        let clauses = filters::clauses(&plan.filters, plan.shares_products).into_iter();
        let after = clauses.filter(|clause| clause.narrows_one_of(facets));
        Self {
            plan,
            top,
            together: top.group("together").unwrap_or(top),
            narrowed: after.map(|clause| clause.narrowed).collect(),
        }
    }

    /// The counts that look past this filter.
    pub(super) fn past(&self, filter: Narrowed<'_>) -> &'a Group<'a> {
        let place = self.narrowed.iter().position(|own| *own == filter);
        let group = place.and_then(|place| self.top.group(&group_name(place)));
        group.unwrap_or(self.together)
    }

    /// The facets asked for.
    pub(super) fn facets(&self) -> Facets {
        let wanted = |facet| self.plan.facets.contains(&facet);
        let values = |facet: FacetName| {
            wanted(facet).then(|| self.values(facet).listed(facet.as_str(), FACET_VALUES))
        };
        Facets {
            category: values(FacetName::Category),
            fandom: values(FacetName::Fandom),
            brand: values(FacetName::Brand),
            seller: values(FacetName::Seller),
            price: wanted(FacetName::Price).then(|| self.price()),
            rating: wanted(FacetName::Rating).then(|| self.rating()),
            availability: wanted(FacetName::Availability).then(|| self.availability()),
            attributes: match wanted(FacetName::Attributes) {
                true => attributes::facets(self),
                false => Vec::new(),
            },
            ranges: match wanted(FacetName::Attributes) {
                true => self.ranges(),
                false => Vec::new(),
            },
        }
    }

    /// All counted values of a facet whose values have names, and the selected ones.
    fn values(&self, facet: FacetName) -> Values<'a> {
        let group = self.past(Narrowed::Facet(facet));
        let selected = selected_in(&self.plan.filters, facet);
        match facet {
            FacetName::Category => categories(group, selected),
            FacetName::Fandom => Values::named(&group.fandom, selected),
            FacetName::Seller => Values::named(&group.seller, selected),
            _ => {
                let brands = group
                    .brand
                    .buckets
                    .iter()
                    .map(|brand| (&*brand.key.0, brand.count));
                Values::unified(&group.brand, brands, selected)
            }
        }
    }

    /// All values of a facet, to be searched.
    pub(super) fn whole(&self, facet: FacetName) -> Facet {
        match facet {
            FacetName::Availability => self.availability(),
            FacetName::Price | FacetName::Rating | FacetName::Attributes => {
                let selected = selected_in(&self.plan.filters, facet);
                listed(facet.as_str(), Vec::new(), selected, usize::MAX)
            }
            _ => self.values(facet).listed(facet.as_str(), usize::MAX),
        }
    }

    fn price(&self) -> PriceFacet {
        let group = self.past(Narrowed::Facet(FacetName::Price));
        let bounds = &group.price_bounds;
        let mut steps: Vec<_> = group
            .price_steps
            .buckets
            .iter()
            .filter_map(|bucket| Some((read_price_step(&bucket.key.0)?, bucket.count)))
            .collect();
        steps.sort_unstable();
        let buckets = steps.into_iter().filter_map(|((scale, step), count)| {
            let ladder = price_ladder(scale);
            Some(PriceBucket {
                from: *ladder.get(step)?,
                to: ladder.get(step + 1).copied(),
                count,
            })
        });
        PriceFacet {
            bounds: bounds
                .min
                .zip(bounds.max)
                .map(|(min, max)| (min as i64, max as i64)),
            buckets: buckets.collect(),
            exact: true,
        }
    }

    fn ranges(&self) -> Vec<RangeFacet> {
        let plan = self.plan;
        ranges::facets(&plan.filters, &plan.definitions, |definition| {
            let name = definition.name.as_str();
            (self.past(Narrowed::Attribute(name)).bounds(name), true)
        })
    }

    fn rating(&self) -> Facet {
        let group = self.past(Narrowed::Facet(FacetName::Rating));
        ratings(&self.plan.filters, |stars| {
            let levels = group.rating.buckets.iter();
            levels
                .filter(|level| level.key.0.parse().is_ok_and(|level: u8| level >= stars))
                .map(|level| level.count)
                .sum()
        })
    }

    fn availability(&self) -> Facet {
        let group = self.past(Narrowed::Facet(FacetName::Availability));
        availability(&self.plan.filters, |in_stock| {
            count_of(&group.availability, availability_key(in_stock))
        })
    }
}

fn count_of(terms: &Terms<Text<'_>>, value: &str) -> u64 {
    let mut buckets = terms.buckets.iter();
    buckets
        .find(|bucket| bucket.key.0 == value)
        .map_or(0, |bucket| bucket.count)
}

/// Values in no particular order, and how far to trust them.
#[derive(Debug)]
pub(super) struct Values<'t> {
    values: Vec<CountedValue<'t>>,
    selected: &'t BTreeSet<String>,
    /// Whether there may be more of them.
    cut: bool,
    /// Whether a count may be too low.
    inexact: bool,
}

impl<'t> Values<'t> {
    fn new<K>(
        terms: &Terms<K>,
        mut values: Vec<CountedValue<'t>>,
        selected: &'t BTreeSet<String>,
    ) -> Self {
        add_selected(&mut values, selected, |value| value);
        Self {
            values,
            selected,
            cut: terms.is_cut(),
            inexact: !terms.is_exact(),
        }
    }

    /// Of what was counted these, which are their own labels and may have several spellings, and the selected ones.
    pub(super) fn unified<K>(
        terms: &Terms<K>,
        counts: impl Iterator<Item = (&'t str, u64)>,
        selected: &'t BTreeSet<String>,
    ) -> Self {
        let values = counts.map(|(value, count)| CountedValue::new((value, value), count));
        Self::new(terms, unified(values.collect()), selected)
    }

    /// What was counted by slug and name, and the selected ones.
    fn named(terms: &'t Terms<Pair<'t>>, selected: &'t BTreeSet<String>) -> Self {
        let many = terms.buckets.len();
        let mut places = FxHashMap::with_capacity_and_hasher(many, FxBuildHasher);
        let mut values: Vec<CountedValue<'_>> = Vec::with_capacity(many);
        for bucket in &terms.buckets {
            let parts = bucket.key.parts();
            // Documents of before and after a change of name count for the name that more have.
            let place = *places.entry(parts.0).or_insert(values.len());
            match values.get_mut(place) {
                Some(known) => known.count += bucket.count,
                None => values.push(CountedValue::new(parts, bucket.count)),
            }
        }
        Self::new(terms, values, selected)
    }

    /// The facet of the first so many of them, and of those selected.
    pub(super) fn listed(self, name: &str, limit: usize) -> Facet {
        let mut facet = listed(name, self.values, self.selected, limit);
        // What is left out is then counted at least.
        facet.exact = !self.cut && !self.inexact;
        facet.left_out += u64::from(self.cut);
        facet
    }
}

/// A product counts for its main category and all ancestors, and for each of its categories besides.
fn categories<'t>(group: &'t Group<'t>, selected: &'t BTreeSet<String>) -> Values<'t> {
    let mut counted: FxHashMap<&str, CountedValue<'_>> = FxHashMap::default();
    let (main, further) = (&group.category, &group.further_category);
    let every = main.buckets.iter().map(|bucket| (bucket, false));
    let last = further.buckets.iter().map(|bucket| (bucket, true));
    for (path, only_last) in every.chain(last) {
        let mut parent = None;
        let mut steps = encoding::steps(&path.key.0).enumerate().peekable();
        while let Some((depth, step)) = steps.next() {
            let (slug, _) = step;
            if !only_last || steps.peek().is_none() {
                let value = counted.entry(slug).or_insert(CountedValue {
                    parent,
                    depth,
                    ..CountedValue::new(step, 0)
                });
                value.count += path.count;
            }
            parent = Some(slug);
        }
    }
    let values = counted.into_values().collect();
    let is_whole = |terms: &Terms<_>| terms.is_exact() && !terms.is_cut();
    Values {
        inexact: !is_whole(main) || !is_whole(further),
        cut: main.is_cut() || further.is_cut(),
        ..Values::new(main, values, selected)
    }
}
