//! Variants of a product that pass all filters, and those that pass all but one.
//!
//! A product can only pass if each filter accepts it by itself. If some filter may accept some of its variants and not
//! others, the masks of such filters are intersected.

use super::filters::{self, Filter, Verdict};
use crate::engines::tantivy::index::row::Row;
use crate::engines::tantivy::index::table::Table;
use crate::engines::tantivy::index::variants::{Mask, NARROW, Variants, WIDE, is_wide};

/// Masks of the variants that filters accept: of those filters that may accept some variants and not others. A filter
/// that no facet excludes has no index.
type Tests<const N: usize> = Vec<(Option<usize>, Mask<N>)>;

/// Returns the mask of the variants that a filter accepts, or none if it accepts them all. It must accept the product.
#[inline]
fn test<const N: usize>(
    filter: &Filter,
    row: &Row<'_>,
    variants: &Variants<'_, N>,
) -> Option<Mask<N>> {
    match filter {
        Filter::Price(limits) => {
            let accepts_all = limits.contains(row.price()) && limits.contains(row.highest_price());
            (!accepts_all).then(|| variants.priced(limits))
        }
        Filter::InStock(wanted) => {
            let differ = row.in_stock() && row.out_of_stock();
            differ.then(|| match wanted {
                true => variants.available(),
                false => variants.all().without(&variants.available()),
            })
        }
        Filter::Attribute { accepted, .. } => {
            let (common, own) = row.split_attributes();
            if filters::any_accepted(accepted, common) {
                return None;
            }
            let mut mask = Mask::EMPTY;
            for (place, &value) in own.iter().take(variants.values()).enumerate() {
                if filters::is_accepted(accepted, value) {
                    mask = mask.or(&variants.value(place));
                }
            }
            Some(mask)
        }
        Filter::Seller { sellers, .. } => {
            let own = variants.sellers();
            if own.is_empty() {
                return None;
            }
            let mut mask = Mask::EMPTY;
            for (place, &seller) in own.iter().enumerate() {
                // A seller may be newer than the filter.
                if sellers
                    .get(seller as usize)
                    .is_some_and(|&accepted| accepted)
                {
                    mask = mask.or(&variants.sold_by(place));
                }
            }
            Some(mask)
        }
        _ => None,
    }
}

/// Sorts the variants of products by the filters that they pass, in the same buffers one product after another.
#[derive(Debug, Default)]
pub(crate) struct Sieve<const N: usize> {
    tests: Tests<N>,
    but_one: Vec<(usize, Mask<N>)>,
}

impl<const N: usize> Sieve<N> {
    /// Sieves the variants of a product. `verdict` is that of the filters on the product, each by itself; `narrowing`,
    /// which no facet excludes, accepts it. Returns none if the verdict holds for every variant.
    #[inline]
    pub(crate) fn sieve(
        &mut self,
        (filters, narrowing): (&[Filter], &[Filter]),
        verdict: Verdict,
        row: &Row<'_>,
        variants: &Variants<'_, N>,
    ) -> Option<Passed<'_, N>> {
        self.tests.clear();
        for filter in narrowing {
            let mask = test(filter, row, variants);
            self.tests.extend(mask.map(|mask| (None, mask)));
        }
        for (index, filter) in filters.iter().enumerate() {
            if verdict != Verdict::MissedBy(index) {
                let mask = test(filter, row, variants);
                self.tests.extend(mask.map(|mask| (Some(index), mask)));
            }
        }
        if self.tests.is_empty() {
            return None;
        }
        self.but_one.clear();
        let passing = intersection(&self.tests, None, variants);
        let all = match verdict {
            Verdict::Out => return None,
            Verdict::MissedBy(filter) => {
                self.but_one.push((filter, passing));
                Mask::EMPTY
            }
            Verdict::Match => {
                for (place, (filter, _)) in self.tests.iter().enumerate() {
                    if let Some(filter) = *filter {
                        let mask = intersection(&self.tests, Some(place), variants);
                        self.but_one.push((filter, mask));
                    }
                }
                passing
            }
        };
        Some(Passed {
            all,
            but_one: &self.but_one,
        })
    }
}

/// Intersects the masks of tests, without the one at a place.
#[inline]
fn intersection<const N: usize>(
    tests: &Tests<N>,
    without: Option<usize>,
    variants: &Variants<'_, N>,
) -> Mask<N> {
    let tests = tests.iter().enumerate();
    let tests = tests.filter(|(place, _)| Some(*place) != without);
    tests.fold(variants.all(), |all, (_, (_, mask))| all.and(mask))
}

/// Variants of a product by the filters that they pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passed<'s, const N: usize> {
    /// Variants that pass all filters.
    pub(crate) all: Mask<N>,
    /// Filters and the variants that pass all others; `all` pass those that are not among them.
    pub(crate) but_one: &'s [(usize, Mask<N>)],
}

/// Returns true if one variant of a product passes all filters.
pub(crate) fn has_passing(filters: &[Filter], table: &Table, row: &Row<'_>) -> bool {
    if !filters.iter().all(|filter| filter.accepts(row)) {
        return false;
    }
    if !row.has_variants() || !filters.iter().any(Filter::speaks_of_variants) {
        return true;
    }
    let entry = table.variants(row);
    if is_wide(entry) {
        has_one::<WIDE>(filters, row, &Variants::of(entry))
    } else {
        has_one::<NARROW>(filters, row, &Variants::of(entry))
    }
}

fn has_one<const N: usize>(filters: &[Filter], row: &Row<'_>, variants: &Variants<'_, N>) -> bool {
    let masks = filters
        .iter()
        .filter_map(|filter| test(filter, row, variants));
    let passing = masks.fold(variants.all(), |all, mask| all.and(&mask));
    !passing.is_empty()
}
