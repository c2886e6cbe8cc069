//! Documents of a segment grouped by facet value, so that a category page reads only its own products.

use souk_domain::FacetName;
use tantivy::DocId;

use crate::engines::tantivy::query::filters::Filter;

/// Documents of each value of one facet.
#[derive(Debug, Default)]
struct Group {
    docs: Vec<DocId>,
    /// Start of each value's documents in `docs`, and the end of the last value's.
    starts: Vec<u32>,
}

impl Group {
    /// Groups documents by the number of their value.
    fn of(numbers: &[u32]) -> Self {
        let values = numbers.iter().max().map_or(0, |&most| most as usize + 1);
        let mut starts = vec![0_u32; values + 1];
        for &number in numbers {
            starts[number as usize + 1] += 1;
        }
        for value in 1..starts.len() {
            starts[value] += starts[value - 1];
        }
        let mut next = starts.clone();
        let mut docs = vec![0; numbers.len()];
        for (doc, &number) in (0..).zip(numbers) {
            let place = &mut next[number as usize];
            docs[*place as usize] = doc;
            *place += 1;
        }
        Self { docs, starts }
    }

    /// Returns the documents of the accepted values.
    fn docs<'g>(&'g self, accepted: &'g [bool]) -> impl Iterator<Item = DocId> + use<'g> {
        let values = self.starts.windows(2).zip(accepted);
        let accepted = values.filter(|(_, accepted)| **accepted);
        accepted.flat_map(|(bounds, _)| {
            let [from, to] = [bounds[0], bounds[1]];
            self.docs[from as usize..to as usize].iter().copied()
        })
    }

    fn bytes(&self) -> usize {
        size_of_val(self.docs.as_slice()) + size_of_val(self.starts.as_slice())
    }
}

/// Documents of a segment by set of categories, set of fandoms, brand and seller, deleted ones included.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    categories: Group,
    fandoms: Group,
    brands: Group,
    sellers: Group,
}

impl Groups {
    /// Groups documents by the numbers of their categories, fandoms, brand and seller.
    pub(crate) fn new([categories, fandoms, brands, sellers]: [&[u32]; 4]) -> Self {
        Self {
            categories: Group::of(categories),
            fandoms: Group::of(fandoms),
            brands: Group::of(brands),
            sellers: Group::of(sellers),
        }
    }

    /// Returns the documents that a filter accepts; none if the filter is not [grouped](Filter::is_grouped).
    pub(crate) fn docs<'g>(&'g self, filter: &'g Filter) -> impl Iterator<Item = DocId> + use<'g> {
        let group = match filter.facet() {
            FacetName::Category => &self.categories,
            FacetName::Fandom => &self.fandoms,
            FacetName::Brand => &self.brands,
            _ => &self.sellers,
        };
        group.docs(filter.accepted().unwrap_or_default())
    }

    pub(crate) fn bytes(&self) -> usize {
        let groups = [&self.categories, &self.fandoms, &self.brands, &self.sellers];
        groups.into_iter().map(Group::bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn documents_are_found_by_their_values(
            numbers in prop::collection::vec(0_u32..6, 0..50),
            accepted in prop::collection::vec(any::<bool>(), 8),
        ) {
            let groups = Groups::new([&numbers, &[], &[], &[]]);
            let filter = Filter::Category(accepted.clone());
            let mut found: Vec<_> = groups.docs(&filter).collect();
            found.sort_unstable();
            let all = (0..).zip(&numbers);
            let expected: Vec<DocId> = all
                .filter(|(_, number)| accepted[**number as usize])
                .map(|(doc, _)| doc)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
