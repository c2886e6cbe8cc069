//! Conditions that one variant has to meet.

use std::collections::BTreeSet;

use souk_domain::{Filters, PriceFilter, VariantDocument, same_value};

use super::stored::StoredVariants;
use crate::{SearchPlan, facets::ranges};

/// Conditions of a plan on one and the same variant: those of its filters and of the rules that narrow it.
pub(crate) struct VariantConditions<'p> {
    conditions: Vec<Condition<'p>>,
}

/// Condition on a property of a variant.
enum Condition<'p> {
    Values(&'p str, &'p BTreeSet<String>),
    Range(&'p str, Box<dyn Fn(&str) -> bool + 'p>),
    Price(PriceFilter),
    InStock(bool),
    Seller(&'p BTreeSet<String>),
}

impl<'p> VariantConditions<'p> {
    /// Returns the conditions of a plan.
    pub(crate) fn of(plan: &'p SearchPlan) -> Self {
        let ranges = plan.filters.ranges.keys().map(|name| {
            let accepts = ranges::accepted(plan, name);
            Condition::Range(name, Box::new(accepts) as Box<_>)
        });
        let filters = [&plan.filters].into_iter().chain(&plan.merchandising.only);
        let sellers = filters.clone().map(|filters| &filters.seller);
        let sellers = sellers.filter(|sellers| plan.shares_products && !sellers.is_empty());
        let sellers = sellers.map(Condition::Seller);
        Self {
            conditions: filters
                .flat_map(conditions)
                .chain(ranges)
                .chain(sellers)
                .collect(),
        }
    }

    /// Returns no conditions: every variant meets them.
    pub(crate) fn none() -> Self {
        Self {
            conditions: Vec::new(),
        }
    }

    /// Returns true if every variant meets them.
    pub(crate) fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Returns true if a variant of a product meets them all. The product has to be one that was found: an attribute of
    /// which no variant has an option is taken to be met by all of them.
    pub(crate) fn accept(&self, variant: &VariantDocument, of: &StoredVariants) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|condition| condition.accepts(variant, of))
    }
}

impl Condition<'_> {
    fn accepts(&self, variant: &VariantDocument, of: &StoredVariants) -> bool {
        match self {
            Self::Values(name, accepted) => {
                let is_accepted = |value: &str| {
                    accepted.contains(value) || accepted.iter().any(|own| same_value(own, value))
                };
                of.has_value(variant, name, is_accepted)
            }
            Self::Range(name, accepts) => of.has_value(variant, name, accepts),
            Self::Price(limits) => limits.contains(variant.price),
            Self::InStock(wanted) => variant.available == *wanted,
            // Without several sellers, it is its product that was found by the seller.
            Self::Seller(accepted) => {
                let seller = variant.seller.as_ref();
                seller.is_none_or(|seller| accepted.contains(&seller.slug))
            }
        }
    }
}

fn conditions(filters: &Filters) -> impl Iterator<Item = Condition<'_>> {
    let values = filters.attributes.iter();
    let values = values.map(|(name, accepted)| Condition::Values(name, accepted));
    let price = filters.price.map(Condition::Price);
    values
        .chain(price)
        .chain(filters.in_stock.map(Condition::InStock))
}
