//! Counts facets for words that most products have, such as a prefix of one letter.
//!
//! Counts over all products are precomputed. If a search matches most products, subtracting the others from these
//! counts is cheaper than counting the matches.

use tantivy::{DocAddress, DocId};

use super::admission::{Admission, admits};
use super::matching::Matcher;
use super::merchandising::Ranking;
use super::ranking::Best;
use crate::engines::tantivy::facets::counting::{Counts, Wanted};
use crate::engines::tantivy::index::columns::alive;
use crate::engines::tantivy::index::row::Row;
use crate::engines::tantivy::index::tenant::{Snapshot, TenantIndex};

/// Returns true if more than half of the products may match.
pub(crate) fn may_match_most(matcher: &Matcher, snapshot: &Snapshot) -> bool {
    let segments = 0..snapshot.tables.len();
    let most: u64 = segments.map(|segment| matcher.most_matching(segment)).sum();
    most * 2 > snapshot.searcher.num_docs()
}

/// Matching documents, without pinned ones.
pub(crate) struct RankedMatches {
    /// Flag of each document, by segment.
    matching: Vec<Vec<bool>>,
    total: u64,
}

/// Ranks the matching documents. The plan must have no filters, and merchandising must exclude nothing.
pub(crate) fn rank(
    snapshot: &Snapshot,
    matcher: &Matcher,
    admission: Option<&Admission>,
    ranking: &impl Ranking,
    best: &mut Best,
) -> tantivy::Result<RankedMatches> {
    let mut found = RankedMatches {
        matching: Vec::with_capacity(snapshot.tables.len()),
        total: 0,
    };
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let is_alive = alive(reader);
        let mut matching = vec![false; reader.max_doc() as usize];
        matcher.for_each(segment, reader, |doc, matched| {
            let is_admitted = admits(admission, segment, doc);
            if !is_admitted || !is_alive(doc) || ranking.is_pinned(table, doc) {
                return;
            }
            matching[doc as usize] = true;
            found.total += 1;
            if !best.passes_over(ranking.highest(matched)) {
                let rank = ranking.rank(table, &table.row(doc), doc, matched);
                best.offer(rank, table, DocAddress::new(segment as u32, doc));
            }
        })?;
        found.matching.push(matching);
    }
    Ok(found)
}

impl RankedMatches {
    /// Counts facets, by addition to zeroed counters or by subtraction from the counts over all products.
    pub(crate) fn counts(
        &self,
        zeros: Counts,
        wanted: Wanted,
        (tenant, snapshot): (&TenantIndex, &Snapshot),
    ) -> Counts {
        if !wanted.is_any() {
            return Counts {
                total: self.total,
                ..zeros
            };
        }
        if self.total * 2 <= snapshot.searcher.num_docs() {
            let mut counts = zeros;
            self.each(snapshot, true, |row| counts.add(wanted, row));
            return counts;
        }
        let mut counts = snapshot.everything(&tenant.dictionary).clone();
        self.each(snapshot, false, |row| counts.remove(row));
        if counts.price_bounds.is_none() {
            self.each(snapshot, true, |row| counts.widen_price_bounds(row));
        }
        counts
    }

    /// Visits the matching documents, or those that do not match.
    fn each(&self, snapshot: &Snapshot, found: bool, mut visit: impl FnMut(&Row<'_>)) {
        for ((reader, table), matching) in snapshot.segments().zip(&self.matching) {
            let is_alive = alive(reader);
            let wanted = (0..)
                .zip(matching)
                .filter(|(_, matches)| **matches == found);
            let docs = wanted.map(|(doc, _): (DocId, _)| doc);
            docs.filter(|&doc| is_alive(doc))
                .for_each(|doc| visit(&table.row(doc)));
        }
    }
}
