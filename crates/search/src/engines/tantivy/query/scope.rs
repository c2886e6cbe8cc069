//! Which documents a search without words has to look at.

use tantivy::DocId;

use super::filters::Filter;
use crate::Merchandising;
use crate::engines::tantivy::index::table::Table;

/// What counts for anything: the hits, and what one filter alone keeps out, see [`Verdict`](crate::engines::tantivy::query::filters::Verdict).
#[derive(Debug)]
pub(crate) enum Scope<'f> {
    /// Any document may.
    All,
    /// What the only filter there is lets through. For the filter's own facet everything counts.
    One(&'f Filter),
    /// What one of these lets through: all else is kept out by both.
    Either(&'f Filter, &'f Filter),
}

impl<'f> Scope<'f> {
    /// Of a search with these filters.
    pub(crate) fn of(filters: &'f [Filter], merchandising: &Merchandising) -> Self {
        let mut grouped = filters.iter().filter(|filter| filter.is_grouped());
        match (grouped.next(), grouped.next()) {
            (Some(one), Some(other)) => Self::Either(one, other),
            (Some(only), None) if filters.len() == 1 && !merchandising.narrows() => Self::One(only),
            _ => Self::All,
        }
    }

    /// Visits the documents of a segment, each once, deleted ones among them.
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
