//! Rules, compiled.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{ExternalKey, Filters, ProductId, share_values};

use super::{
    AppliedRule, Trace,
    config::{Effects, ProductRef, QueryCondition, Rule, Selection},
    phrases::{Phrases, Standing},
};
use crate::{
    Merchandising,
    merchandising::{Boost, Chosen, MAX_PINNED},
    query::analysis::Analyzer,
};

/// Most rules that apply to one search: the first of those that could.
const MAX_APPLIED: usize = 50;

/// All rules that are switched on.
#[derive(Debug)]
pub(super) struct RuleTable {
    rules: Vec<CompiledRule>,
    /// The places of those with a condition on the query.
    by_query: Phrases<usize>,
    /// The places of all others.
    whatever_the_query: Vec<usize>,
    /// Times at which a rule starts or stops applying, ascending.
    turns: Vec<i64>,
}

#[derive(Debug)]
struct CompiledRule {
    id: String,
    name: String,
    filters: Filters,
    from_ms: i64,
    until_ms: i64,
    merchandising: Merchandising,
    unknown: BTreeSet<String>,
}

/// Products by the ids that people know them by.
type KnownProducts = BTreeMap<ExternalKey, ProductId>;

impl RuleTable {
    pub(super) fn new(rules: &[Rule], products: &KnownProducts, analyzer: &mut Analyzer) -> Self {
        let mut table = Self {
            rules: Vec::new(),
            by_query: Phrases::new(),
            whatever_the_query: Vec::new(),
            turns: Vec::new(),
        };
        for rule in rules.iter().filter(|rule| rule.enabled) {
            let place = table.rules.len();
            match &rule.when.query {
                Some(condition) => {
                    let standing = condition.standing();
                    let phrase = condition.phrase();
                    table.by_query.add(phrase, standing, place, analyzer);
                }
                None => table.whatever_the_query.push(place),
            }
            let compiled = CompiledRule::new(rule, products);
            let turns = [compiled.from_ms, compiled.until_ms].into_iter();
            table
                .turns
                .extend(turns.filter(|turn| ![i64::MIN, i64::MAX].contains(turn)));
            table.rules.push(compiled);
        }
        table.turns.sort_unstable();
        table.turns.dedup();
        table
    }

    /// Returns the number of starts and stops of rules so far. While it stays, time changes nothing.
    pub(super) fn period(&self, now_ms: i64) -> usize {
        self.turns.partition_point(|turn| *turn <= now_ms)
    }

    /// Returns the combined effects of the rules that apply, in their order.
    pub(super) fn apply(
        &self,
        stems: &[&str],
        filters: &Filters,
        now_ms: i64,
        trace: &mut Trace,
    ) -> Merchandising {
        let by_query = self.by_query.found_in(stems).map(|found| *found.value);
        // A set: a query may have a phrase twice.
        let places: BTreeSet<usize> = by_query
            .chain(self.whatever_the_query.iter().copied())
            .collect();
        let applied = places
            .into_iter()
            .map(|place| &self.rules[place])
            .filter(|rule| rule.applies(filters, now_ms))
            .take(MAX_APPLIED);
        let mut merchandising = Merchandising::default();
        for rule in applied {
            rule.add_to(&mut merchandising);
            trace.rules.push(AppliedRule {
                id: rule.id.clone(),
                name: rule.name.clone(),
            });
            trace.unknown_products.extend(rule.unknown.iter().cloned());
        }
        merchandising.pinned.truncate(MAX_PINNED);
        merchandising
    }
}

impl CompiledRule {
    fn new(rule: &Rule, products: &KnownProducts) -> Self {
        let when = &rule.when;
        let named = rule.then.products().filter_map(|product| match product {
            ProductRef::External(key) => Some(key),
            ProductRef::Id(_) => None,
        });
        let unknown = named.filter(|key| !products.contains_key(*key));
        Self {
            id: rule.id.clone(),
            name: rule.name.clone(),
            filters: tidied(&when.filters.clone().unwrap_or_default()),
            from_ms: when.from.map_or(i64::MIN, |from| from.timestamp_millis()),
            until_ms: when
                .until
                .map_or(i64::MAX, |until| until.timestamp_millis()),
            merchandising: merchandising(&rule.then, products),
            unknown: unknown.map(|key| key.external_id.clone()).collect(),
        }
    }

    fn applies(&self, filters: &Filters, now_ms: i64) -> bool {
        (self.from_ms..self.until_ms).contains(&now_ms) && are_set(&self.filters, filters)
    }

    fn add_to(&self, merchandising: &mut Merchandising) {
        for product in &self.merchandising.pinned {
            if !merchandising.pinned.contains(product) {
                merchandising.pinned.push(*product);
            }
        }
        let own = self.merchandising.clone();
        merchandising.hidden.extend(own.hidden);
        merchandising.only.extend(own.only);
        merchandising.boosts.extend(own.boosts);
    }
}

impl QueryCondition {
    pub(super) fn standing(&self) -> Standing {
        match self {
            Self::Is(_) => Standing::Alone,
            Self::Contains(_) => Standing::Anywhere,
            Self::StartsWith(_) => Standing::First,
        }
    }
}

/// Returns true if one value of each filter in a condition is selected.
/// Returns filters as searches and products have them: rules are kept as they were written.
fn tidied(filters: &Filters) -> Filters {
    let mut filters = filters.clone();
    filters.tidy();
    filters
}

fn are_set(condition: &Filters, given: &Filters) -> bool {
    let share = |wanted: &BTreeSet<String>, given: &BTreeSet<String>| {
        wanted.is_empty() || !wanted.is_disjoint(given)
    };
    let none = BTreeSet::new();
    share(&condition.category, &given.category)
        && share(&condition.fandom, &given.fandom)
        && (condition.brand.is_empty() || share_values(&condition.brand, &given.brand))
        && share(&condition.seller, &given.seller)
        && (condition.in_stock.is_none() || condition.in_stock == given.in_stock)
        && condition
            .attributes
            .iter()
            .all(|(name, wanted)| share_values(wanted, given.values_of(name).unwrap_or(&none)))
}

fn merchandising(effects: &Effects, products: &KnownProducts) -> Merchandising {
    let boosts = effects.boost.iter().filter_map(|boost| {
        Some(Boost {
            chosen: chosen(&boost.select, products)?,
            factor: boost.factor,
        })
    });
    let hidden = effects.hide.iter();
    Merchandising {
        pinned: ids(&effects.pin, products).collect(),
        hidden: hidden
            .filter_map(|selection| chosen(selection, products))
            .collect(),
        only: effects.filter.iter().map(tidied).collect(),
        boosts: boosts.collect(),
    }
}

/// Resolves a selection; `None` if none of its products exists.
fn chosen(selection: &Selection, products: &KnownProducts) -> Option<Chosen> {
    match selection {
        Selection::Filters(filters) => Some(Chosen::Matching(tidied(filters))),
        Selection::Products(refs) => {
            let ids: BTreeSet<ProductId> = ids(refs, products).collect();
            (!ids.is_empty()).then_some(Chosen::Products(ids))
        }
    }
}

fn ids<'a>(
    refs: &'a [ProductRef],
    products: &'a KnownProducts,
) -> impl Iterator<Item = ProductId> + 'a {
    refs.iter().filter_map(|product| match product {
        ProductRef::Id(id) => Some(*id),
        ProductRef::External(key) => products.get(key).copied(),
    })
}
