//! From counts to facets.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{Facet, FacetName, FacetValue, Facets, PriceBucket, PriceFacet, price_ladder};

use super::aggregations::group_name;
use super::answer::{Bucket, Group, Terms};
use super::attributes;
use super::document::read_price_step;
use super::filters::{self, Narrowed};
use super::mapping::{IN_STOCK, OUT_OF_STOCK};
use crate::SearchPlan;
use crate::encoding;
use crate::plan::FACET_VALUES;

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
        let clauses = filters::clauses(&plan.filters).into_iter();
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
        let values =
            |facet| wanted(facet).then(|| listed(facet.as_str(), self.values(facet), FACET_VALUES));
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
        }
    }

    /// All counted values of a facet, and the selected ones.
    pub(super) fn values(&self, facet: FacetName) -> Values {
        let group = self.past(Narrowed::Facet(facet));
        let filters = &self.plan.filters;
        match facet {
            FacetName::Category => categories(&group.category, &filters.category),
            FacetName::Fandom => Values::all(&group.fandom, &filters.fandom, encoding::parts),
            FacetName::Seller => Values::all(&group.seller, &filters.seller, encoding::parts),
            FacetName::Brand => Values::all(&group.brand, &filters.brand, |brand| (brand, brand)),
            FacetName::Availability => Values {
                values: self.availability().values,
                ..Values::default()
            },
            FacetName::Price | FacetName::Rating | FacetName::Attributes => Values::default(),
        }
    }

    fn price(&self) -> PriceFacet {
        let group = self.past(Narrowed::Facet(FacetName::Price));
        let bounds = &group.price_bounds;
        let mut steps: Vec<_> = group
            .price_steps
            .buckets
            .iter()
            .filter_map(|bucket| Some((read_price_step(&bucket.key)?, bucket.count)))
            .collect();
        steps.sort_unstable();
        let buckets = steps.into_iter().filter_map(|((exponent, step), count)| {
            let ladder = price_ladder(exponent);
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

    fn rating(&self) -> Facet {
        let group = self.past(Narrowed::Facet(FacetName::Rating));
        let mut count = 0;
        let mut values = Vec::new();
        for level in (1..=4_u8).rev() {
            let value = level.to_string();
            count += count_of(&group.rating, &value);
            let selected = self.plan.filters.rating_min == Some(f32::from(level));
            if count > 0 || selected {
                values.push(FacetValue {
                    label: format!("{value} and up"),
                    value,
                    count,
                    selected,
                    parent: None,
                });
            }
        }
        whole(FacetName::Rating, values)
    }

    fn availability(&self) -> Facet {
        let group = self.past(Narrowed::Facet(FacetName::Availability));
        let sides = [
            (IN_STOCK, "In stock", true),
            (OUT_OF_STOCK, "Out of stock", false),
        ];
        let values = sides.map(|(value, label, in_stock)| FacetValue {
            value: value.to_owned(),
            label: label.to_owned(),
            count: count_of(&group.availability, value),
            selected: self.plan.filters.in_stock == Some(in_stock),
            parent: None,
        });
        let shown = values
            .into_iter()
            .filter(|value| value.count > 0 || value.selected);
        whole(FacetName::Availability, shown.collect())
    }
}

fn count_of(terms: &Terms<'_>, value: &str) -> u64 {
    let mut buckets = terms.buckets.iter();
    buckets
        .find(|bucket| bucket.key == value)
        .map_or(0, |bucket| bucket.count)
}

fn whole(facet: FacetName, values: Vec<FacetValue>) -> Facet {
    Facet {
        name: facet.as_str().to_owned(),
        values,
        exact: true,
        left_out: 0,
    }
}

/// Values in no particular order, and how far to trust them.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) values: Vec<FacetValue>,
    /// How far below the root each category stands that does not stand at the root.
    depths: BTreeMap<String, usize>,
    /// Whether there may be more of them.
    pub(super) cut: bool,
    /// Whether a count may be too low.
    pub(super) inexact: bool,
}

impl Values {
    /// Whatever was counted, see [`Self::of`].
    fn all<'t>(
        terms: &'t Terms<'t>,
        selected: &BTreeSet<String>,
        read: impl Fn(&'t str) -> (&'t str, &'t str),
    ) -> Self {
        Self::of(terms, &terms.buckets, selected, read)
    }

    /// These of the values counted, each read as value and label, and the selected ones.
    pub(super) fn of<'t>(
        terms: &Terms<'_>,
        buckets: impl IntoIterator<Item = &'t Bucket<'t>>,
        selected: &BTreeSet<String>,
        read: impl Fn(&'t str) -> (&'t str, &'t str),
    ) -> Self {
        let mut counted: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
        for bucket in buckets {
            let (value, label) = read(&bucket.key);
            // Documents of before and after a change of name count for the name that more have.
            counted.entry(value).or_insert((label, 0)).1 += bucket.count;
        }
        let values = counted
            .into_iter()
            .map(|(value, (label, count))| FacetValue {
                value: value.to_owned(),
                label: label.to_owned(),
                count,
                selected: selected.contains(value),
                parent: None,
            });
        let mut values = Self {
            values: values.collect(),
            depths: BTreeMap::new(),
            cut: terms.is_cut(),
            inexact: !terms.is_exact(),
        };
        values.add_missing(selected);
        values
    }

    fn add_missing(&mut self, selected: &BTreeSet<String>) {
        for value in selected {
            if self.values.iter().all(|known| known.value != *value) {
                self.values.push(FacetValue {
                    value: value.clone(),
                    label: value.clone(),
                    count: 0,
                    selected: true,
                    parent: None,
                });
            }
        }
    }
}

/// A product counts for its category and all ancestors.
fn categories(paths: &Terms<'_>, selected: &BTreeSet<String>) -> Values {
    let mut counted: BTreeMap<&str, (FacetValue, usize)> = BTreeMap::new();
    for path in &paths.buckets {
        let mut parent: Option<&str> = None;
        for (depth, (slug, name)) in encoding::steps(&path.key).enumerate() {
            let (value, _) = counted.entry(slug).or_insert_with(|| {
                let value = FacetValue {
                    value: slug.to_owned(),
                    label: name.to_owned(),
                    count: 0,
                    selected: selected.contains(slug),
                    parent: parent.map(str::to_owned),
                };
                (value, depth)
            });
            value.count += path.count;
            parent = Some(slug);
        }
    }
    let depths = counted
        .iter()
        .map(|(slug, (_, depth))| ((*slug).to_owned(), *depth));
    let mut values = Values {
        depths: depths.collect(),
        values: counted.into_values().map(|(value, _)| value).collect(),
        cut: paths.is_cut(),
        inexact: !paths.is_exact() || paths.is_cut(),
    };
    values.add_missing(selected);
    values
}

/// The first values by falling count, then by depth, so that parents come before their children, then by value; and
/// the selected ones wherever they stand.
pub(super) fn listed(name: &str, values: Values, limit: usize) -> Facet {
    let Values {
        mut values,
        depths,
        cut,
        inexact,
    } = values;
    values.sort_by_cached_key(|value| {
        let depth = depths.get(&value.value).copied().unwrap_or(0);
        (Reverse(value.count), depth, value.value.clone())
    });
    let all = values.len();
    let mut place = 0;
    values.retain(|value| {
        place += 1;
        place <= limit || value.selected
    });
    Facet {
        name: name.to_owned(),
        // What is left out is then counted at least.
        exact: !cut && !inexact,
        left_out: (all - values.len()) as u64 + u64::from(cut),
        values,
    }
}
