//! Selects the documents that a search without text has to read.

use tantivy::DocId;

use super::filters::Filter;
use crate::engines::tantivy::index::table::Table;

/// Superset of the documents that are counted: hits, and documents that only one filter excludes, see
/// [`Verdict`](super::filters::Verdict).
#[derive(Debug)]
pub(crate) enum Scope<'f> {
    /// All documents.
    All,
    /// Documents that the only filter accepts. Counts over all products serve the filter's own facet.
    One(&'f Filter),
    /// Documents that either filter accepts; two filters exclude all others.
    Either(&'f Filter, &'f Filter),
}

impl<'f> Scope<'f> {
    /// Selects the scope of a search with these filters, which something else may narrow as well.
    pub(crate) fn of(filters: &'f [Filter], is_narrowed: bool) -> Self {
        let mut grouped = filters.iter().filter(|filter| filter.is_grouped());
        match (grouped.next(), grouped.next()) {
            (Some(one), Some(other)) => Self::Either(one, other),
            (Some(only), None) if filters.len() == 1 && !is_narrowed => Self::One(only),
            _ => Self::All,
        }
    }

    /// Visits each document of a segment once, deleted ones included.
    #[inline]
    pub(crate) fn for_each(&self, table: &Table, mut visit: impl FnMut(DocId)) {
        match *self {
            Self::All => (0..table.len() as DocId).for_each(visit),
            Self::One(filter) => table.groups.docs(filter).for_each(visit),
            Self::Either(one, other) => {
                table.groups.docs(one).for_each(&mut visit);
                let others = table.groups.docs(other);
                others
                    .filter(|&doc| !one.accepts(&table.row(doc)))
                    .for_each(visit);
            }
        }
    }
}
