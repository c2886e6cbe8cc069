//! Ranks, top-k selection and cursors.

use std::cmp::Ordering;

use souk_domain::{Cursor, ProductId, Sort, SortKey};
use tantivy::{DocAddress, DocId};

use crate::engines::tantivy::index::table::Table;

/// Position of a document in the sort order: a higher rank comes first, then the lower id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ranked {
    pub(crate) rank: u64,
    pub(crate) id: i64,
    pub(crate) address: DocAddress,
}

impl Ranked {
    fn before(&self, other: &Self) -> Ordering {
        (other.rank, self.id).cmp(&(self.rank, other.id))
    }
}

/// Ranks a document. Every sort order maps to whole numbers, higher being closer to the first hit.
#[inline]
pub(crate) fn rank(sort: Sort, table: &Table, doc: DocId, score: f32) -> u64 {
    match sort {
        Sort::Relevance => of_score(score),
        Sort::PriceAsc | Sort::PriceDesc => of_price(table.row(doc).price(), sort),
        Sort::Newest => from_integer(table.created_at[doc as usize]),
        Sort::Rating => from_float(table.row(doc).rating),
        Sort::Popular => from_integer(table.popularity[doc as usize]),
    }
}

/// Returns the rank of a price in either order by price.
#[inline]
pub(crate) fn of_price(price: i64, sort: Sort) -> u64 {
    match sort {
        Sort::PriceAsc => !from_integer(price),
        _ => from_integer(price),
    }
}

/// Returns the rank of a relevance score.
#[inline]
pub(crate) fn of_score(score: f32) -> u64 {
    from_float(score)
}

/// Converts a score or rating to a rank. Values are not negative, so that their bits sort like the values.
fn from_float(value: f32) -> u64 {
    u64::from(value.max(0.0).to_bits())
}

fn from_integer(value: i64) -> u64 {
    value as u64 ^ (1 << 63)
}

/// Returns the rank of the hit with this sort key.
pub(crate) fn rank_of(key: SortKey, sort: Sort) -> u64 {
    match key {
        SortKey::Score(value) | SortKey::Rating(value) => from_float(value),
        SortKey::Integer(price) if sort == Sort::PriceAsc => !from_integer(price),
        SortKey::Integer(value) => from_integer(value),
    }
}

/// Returns the sort key of a rank, for a cursor.
pub(crate) fn key(rank: u64, sort: Sort) -> SortKey {
    let integer = |rank: u64| SortKey::Integer((rank ^ (1 << 63)) as i64);
    match sort {
        Sort::Relevance => SortKey::Score(f32::from_bits(rank as u32)),
        Sort::Rating => SortKey::Rating(f32::from_bits(rank as u32)),
        Sort::PriceAsc => integer(!rank),
        Sort::PriceDesc | Sort::Newest | Sort::Popular => integer(rank),
    }
}

/// Top-k collector of the offered documents.
#[derive(Debug)]
pub(crate) struct Best {
    wanted: usize,
    after: Option<(u64, i64)>,
    kept: Vec<Ranked>,
    /// Minimum rank to be among the best, 0 until enough documents are kept.
    least: u64,
    seen: u64,
}

impl Best {
    /// Creates a collector of the best `wanted` documents after the cursor, if there is one.
    pub(crate) fn new(wanted: usize, after: Option<&Cursor>, sort: Sort) -> Self {
        Self {
            wanted,
            after: after.map(|cursor| (rank_of(cursor.key, sort), cursor.id.0)),
            kept: Vec::with_capacity(wanted.min(1_024) * 2),
            least: 0,
            seen: 0,
        }
    }

    /// Counts a document and returns true if even its highest possible rank is too low for the best. Otherwise returns
    /// false, and the document must be offered.
    #[inline]
    pub(crate) fn passes_over(&mut self, highest: u64) -> bool {
        let passed = self.after.is_none() && highest < self.least;
        self.seen += u64::from(passed);
        passed
    }

    #[inline]
    pub(crate) fn offer(&mut self, rank: u64, table: &Table, address: DocAddress) {
        if let Some((last_rank, last_id)) = self.after {
            let id = table.ids[address.doc_id as usize];
            if (rank, last_id) >= (last_rank, id) {
                return;
            }
        }
        self.seen += 1;
        if rank < self.least || self.wanted == 0 {
            return;
        }
        let id = table.ids[address.doc_id as usize];
        self.kept.push(Ranked { rank, id, address });
        if self.kept.len() >= self.wanted * 2 {
            self.drop_rest();
        }
    }

    fn drop_rest(&mut self) {
        if self.kept.len() > self.wanted {
            self.kept
                .select_nth_unstable_by(self.wanted, Ranked::before);
            self.kept.truncate(self.wanted);
        }
        let least = self.kept.iter().map(|kept| kept.rank).min();
        self.least = least.unwrap_or(0);
    }

    /// Returns the best documents in order, and the number of all documents seen after the cursor.
    pub(crate) fn finish(mut self) -> (Vec<Ranked>, u64) {
        self.drop_rest();
        self.kept.sort_unstable_by(Ranked::before);
        (self.kept, self.seen)
    }
}

/// Creates the cursor of a hit.
pub(crate) fn cursor(hit: &Ranked, sort: Sort) -> Cursor {
    Cursor {
        key: key(hit.rank, sort),
        id: ProductId(hit.id),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[allow(clippy::field_reassign_with_default)]
    fn table(ids: usize) -> Table {
        let mut table = Table::default();
        table.ids = (0..ids as i64).rev().collect();
        table
    }

    proptest! {
        #[test]
        fn pages_by_cursor_are_the_whole_order(ranks in prop::collection::vec(0_u64..5, 1..60), size in 1_usize..7) {
            let table = table(ranks.len());
            let page = |wanted, after: Option<&Cursor>| {
                let mut best = Best::new(wanted, after, Sort::PriceDesc);
                for (doc, &rank) in ranks.iter().enumerate() {
                    best.offer(from_integer(rank as i64), &table, DocAddress::new(0, doc as u32));
                }
                best.finish()
            };
            let (whole, seen) = page(ranks.len(), None);
            prop_assert_eq!(seen as usize, ranks.len());
            let mut paged: Vec<Ranked> = Vec::new();
            loop {
                let after = paged.last().map(|last| cursor(last, Sort::PriceDesc));
                let (hits, left) = page(size, after.as_ref());
                prop_assert_eq!(left as usize, ranks.len() - paged.len());
                if hits.is_empty() {
                    break;
                }
                paged.extend(hits);
            }
            prop_assert_eq!(paged, whole);
        }

        #[test]
        fn passing_over_what_cannot_be_among_the_best_changes_nothing(ranks in prop::collection::vec(0_u64..9, 1..60), size in 0_usize..7) {
            let table = table(ranks.len());
            let best = |passing: bool| {
                let mut best = Best::new(size, None, Sort::Relevance);
                for (doc, &rank) in ranks.iter().enumerate() {
                    if !(passing && best.passes_over(rank + 1)) {
                        best.offer(rank, &table, DocAddress::new(0, doc as u32));
                    }
                }
                best.finish()
            };
            prop_assert_eq!(best(true), best(false));
        }

        #[test]
        fn a_key_reads_back(value: i64, float in 0_f32..1e9) {
            for sort in [Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Popular] {
                let key_before = SortKey::Integer(value);
                prop_assert_eq!(key(rank_of(key_before, sort), sort), key_before);
            }
            prop_assert_eq!(key(rank_of(SortKey::Score(float), Sort::Relevance), Sort::Relevance), SortKey::Score(float));
        }
    }
}
