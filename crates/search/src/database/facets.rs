//! From counts to facets.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{Facet, FacetName, FacetValue, Facets, PriceBucket, PriceFacet, price_ladder};

use super::{
    Search,
    categories::CategoryTree,
    counts::{self, Count, Statement},
    filters::Narrowed,
};
use crate::plan::FACET_VALUES;

/// What was counted, to be read facet by facet.
pub(super) struct Counts<'a> {
    counts: Vec<Count>,
    search: &'a Search<'a>,
    statement: &'a Statement<'a>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(counts: Vec<Count>, statement: &'a Statement<'a>) -> Self {
        Self {
            counts,
            search: statement.search,
            statement,
        }
    }

    /// Whether all products were counted, not a share.
    pub(super) fn is_total_exact(&self) -> bool {
        self.statement.share(None).is_all()
    }

    fn is_exact(&self, narrowed: &Narrowed) -> bool {
        self.statement.share_of(narrowed).is_all()
    }

    fn of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Count> {
        self.counts.iter().filter(move |count| count.kind == kind)
    }

    /// How many products match.
    pub(super) fn total(&self) -> u64 {
        self.of(counts::TOTAL)
            .map(|count| number(count.count))
            .sum()
    }

    /// The facets that the plan asks for.
    pub(super) fn facets(&self) -> Facets {
        let wanted = &self.search.plan.facets;
        let listed = |facet: FacetName| {
            let all = self.of(facet.as_str()).map(|count| count.values).max();
            wanted
                .contains(&facet)
                .then(|| listed(self.facet(facet, self.values(facet)), all.unwrap_or(0)))
        };
        let whole = |facet: FacetName| {
            wanted
                .contains(&facet)
                .then(|| self.facet(facet, self.values(facet)))
        };
        Facets {
            category: listed(FacetName::Category),
            fandom: listed(FacetName::Fandom),
            brand: listed(FacetName::Brand),
            seller: listed(FacetName::Seller),
            price: wanted.contains(&FacetName::Price).then(|| self.price()),
            rating: whole(FacetName::Rating),
            availability: whole(FacetName::Availability),
            attributes: if wanted.contains(&FacetName::Attributes) {
                self.attributes()
            } else {
                Vec::new()
            },
        }
    }

    /// A facet with these values.
    pub(super) fn facet(&self, facet: FacetName, values: Vec<FacetValue>) -> Facet {
        Facet {
            name: facet.as_str().to_owned(),
            values,
            exact: self.is_exact(&Narrowed::Facet(facet)),
            left_out: 0,
        }
    }

    /// The values of a facet that have products or are selected, in order.
    pub(super) fn values(&self, facet: FacetName) -> Vec<FacetValue> {
        let filters = &self.search.plan.filters;
        match facet {
            FacetName::Category => self.categories(),
            FacetName::Fandom => self.plain(facet, &filters.fandom),
            FacetName::Brand => self.plain(facet, &filters.brand),
            FacetName::Seller => self.plain(facet, &filters.seller),
            FacetName::Rating => self.ratings(),
            FacetName::Availability => self.availability(),
            FacetName::Price | FacetName::Attributes => Vec::new(),
        }
    }

    fn plain(&self, facet: FacetName, selected: &BTreeSet<String>) -> Vec<FacetValue> {
        let mut values: Vec<_> = self
            .of(facet.as_str())
            .map(|count| FacetValue {
                value: count.value.clone(),
                label: count.label.clone(),
                count: number(count.count),
                selected: selected.contains(&count.value),
                parent: None,
            })
            .collect();
        add_missing(&mut values, selected);
        values.sort_by(|one, other| order(one).cmp(&order(other)));
        values
    }

    fn categories(&self) -> Vec<FacetValue> {
        let tree: &CategoryTree = self.search.tree;
        let selected = &self.search.plan.filters.category;
        let mut totals: BTreeMap<i64, u64> = selected
            .iter()
            .filter_map(|slug| Some((tree.by_slug(slug)?, 0)))
            .collect();
        for count in self.of(FacetName::Category.as_str()) {
            for step in tree.path(count.id) {
                *totals.entry(step).or_default() += number(count.count);
            }
        }
        let found = totals.into_iter().filter_map(|(id, count)| {
            let category = tree.get(id)?;
            let parent = category.parent.and_then(|parent| tree.get(parent));
            let value = FacetValue {
                value: category.slug.clone(),
                label: category.name.clone(),
                count,
                selected: selected.contains(&category.slug),
                parent: parent.map(|parent| parent.slug.clone()),
            };
            Some((tree.path(id).len(), value))
        });
        let mut found: Vec<_> = found.collect();
        let mut unknown = Vec::new();
        let known = |slug: &&String| tree.by_slug(slug).is_some();
        add_missing(
            &mut unknown,
            &selected
                .iter()
                .filter(|slug| !known(slug))
                .cloned()
                .collect(),
        );
        found.extend(unknown.into_iter().map(|value| (0, value)));
        // A parent has at least its child's count; where it has no more, depth puts it first.
        found.sort_by(|(depth, one), (other_depth, other)| {
            (other.count, depth, &one.value).cmp(&(one.count, other_depth, &other.value))
        });
        found.into_iter().map(|(_, value)| value).collect()
    }

    fn price(&self) -> PriceFacet {
        let ladder = price_ladder(self.search.settings.currency_exponent);
        let mut buckets: Vec<_> = self
            .of(counts::BUCKET)
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
        let bounds = self.of(counts::BOUNDS).next();
        PriceFacet {
            bounds: bounds.map(|bounds| (bounds.id, bounds.count)),
            buckets,
            exact: self.is_exact(&Narrowed::Facet(FacetName::Price)),
        }
    }

    fn ratings(&self) -> Vec<FacetValue> {
        let chosen = self.search.plan.filters.rating_min;
        let mut counts: Vec<_> = self.of(FacetName::Rating.as_str()).collect();
        counts.sort_by_key(|count| -count.id);
        let values = counts.into_iter().map(|count| FacetValue {
            value: count.value.clone(),
            label: format!("{} and up", count.value),
            count: number(count.count),
            selected: chosen == Some(count.id as f32),
            parent: None,
        });
        values.filter(is_shown).collect()
    }

    fn availability(&self) -> Vec<FacetValue> {
        let choices = [
            ("in_stock", "In stock", true),
            ("out_of_stock", "Out of stock", false),
        ];
        let values = choices.into_iter().map(|(value, label, in_stock)| {
            let mut counts = self.of(FacetName::Availability.as_str());
            let count = counts.find(|count| count.value == value);
            FacetValue {
                value: value.to_owned(),
                label: label.to_owned(),
                count: count.map_or(0, |count| number(count.count)),
                selected: self.search.plan.filters.in_stock == Some(in_stock),
                parent: None,
            }
        });
        values.filter(is_shown).collect()
    }

    fn attributes(&self) -> Vec<Facet> {
        let filters = &self.search.plan.filters.attributes;
        let mut spread: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for count in self.of(counts::ATTRIBUTE) {
            spread.insert(&count.label, (count.products, count.values));
        }
        for name in filters.keys() {
            spread.entry(name).or_default();
        }
        let mut names: Vec<_> = spread.into_iter().collect();
        names.sort_by_key(|(name, (products, _))| (-products, *name));
        names
            .into_iter()
            .map(|(name, (_, all))| listed(self.attribute_facet(name), all))
            .collect()
    }

    /// An attribute's facet with all of its values.
    pub(super) fn attribute_facet(&self, name: &str) -> Facet {
        Facet {
            name: name.to_owned(),
            values: self.attribute_values(name),
            exact: self.is_exact(&Narrowed::Attribute(name.to_owned())),
            left_out: 0,
        }
    }

    /// The values of an attribute that have products or are selected, in order.
    fn attribute_values(&self, name: &str) -> Vec<FacetValue> {
        let nothing = BTreeSet::new();
        let filters = &self.search.plan.filters.attributes;
        let selected = filters.get(name).unwrap_or(&nothing);
        let counts = self.of(counts::ATTRIBUTE);
        let mut values: Vec<_> = counts
            .filter(|count| count.label == name)
            .map(|count| FacetValue {
                value: count.value.clone(),
                label: count.value.clone(),
                count: number(count.count),
                selected: selected.contains(&count.value),
                parent: None,
            })
            .collect();
        add_missing(&mut values, selected);
        values.sort_by(|one, other| order(one).cmp(&order(other)));
        values
    }
}

/// The first values and the selected ones. `all` is how many values the database counted if it left some out itself.
fn listed(mut facet: Facet, all: i64) -> Facet {
    let counted = facet.values.iter().filter(|value| value.count > 0).count() as u64;
    let counted = counted.max(number(all));
    let mut place = 0;
    facet.values.retain(|value| {
        place += 1;
        place <= FACET_VALUES || value.selected
    });
    let shown = facet.values.iter().filter(|value| value.count > 0).count() as u64;
    facet.left_out = counted.saturating_sub(shown);
    facet
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn is_shown(value: &FacetValue) -> bool {
    value.count > 0 || value.selected
}

fn order(value: &FacetValue) -> (std::cmp::Reverse<u64>, &str) {
    (std::cmp::Reverse(value.count), &value.value)
}

/// Selected values are listed even if no product has them.
fn add_missing(values: &mut Vec<FacetValue>, selected: &BTreeSet<String>) {
    for value in selected {
        if values.iter().all(|known| known.value != *value) {
            values.push(FacetValue {
                value: value.clone(),
                label: value.clone(),
                count: 0,
                selected: true,
                parent: None,
            });
        }
    }
}
