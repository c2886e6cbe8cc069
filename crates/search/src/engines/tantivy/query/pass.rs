//! Pass over the matching documents, which counts facets and keeps the best hits.

use souk_domain::Sort;
use tantivy::{DocAddress, DocId, SegmentReader};

use super::admission::{Admission, admits};
use super::filters::{self, Filter, Verdict};
use super::matching::{Match, Matcher};
use super::merchandising::Ranking;
use super::passing::Sieve;
use super::prevalent::{self, may_match_most};
use super::ranking::{self, Best};
use super::scope::Scope;
use super::scores::MatchValues;
use super::terms::Lookup;
use crate::engines::tantivy::facets::counting::{Counts, Wanted};
use crate::engines::tantivy::index::table::Table;
use crate::engines::tantivy::index::tenant::{Snapshot, TenantIndex};
use crate::engines::tantivy::index::variants::{NARROW, Variants, WIDE, is_wide};
use crate::query::SearchPlan;

/// Number of documents in a batch.
const AT_ONCE: usize = 32;

/// Match of every document in a search without text.
pub(crate) const NO_WORDS: Match = Match {
    words: 0.0,
    tier: 0.0,
};

/// Batch of a segment's documents that are counted and ranked together.
struct Batch<'s> {
    segment: u32,
    reader: &'s SegmentReader,
    gathered: Vec<(DocAddress, Match)>,
}

impl<'s> Batch<'s> {
    fn new(segment: usize, reader: &'s SegmentReader) -> Self {
        Self {
            segment: segment as u32,
            reader,
            gathered: Vec::with_capacity(AT_ONCE),
        }
    }

    /// Adds a document unless it is deleted, and returns true if the batch is full.
    #[inline]
    fn push(&mut self, doc: DocId, matched: Match) -> bool {
        if !self.reader.is_deleted(doc) {
            let address = DocAddress::new(self.segment, doc);
            self.gathered.push((address, matched));
        }
        self.gathered.len() == AT_ONCE
    }
}

/// State of a search's pass over the index.
pub(crate) struct Pass<'a> {
    wanted: Wanted,
    filters: &'a [Filter],
    sort: Sort,
    pub(crate) counts: Counts,
    best: &'a mut Best,
    /// True if a filter speaks of variants.
    has_conditions: bool,
    /// Sieves of products with up to 64 variants, and with more.
    narrow: Sieve<NARROW>,
    wide: Sieve<WIDE>,
}

impl<'a> Pass<'a> {
    /// Creates the pass of a plan with these filters, from zeroed counters.
    pub(crate) fn new(
        (wanted, counts): (Wanted, Counts),
        filters: &'a [Filter],
        sort: Sort,
        best: &'a mut Best,
    ) -> Self {
        Self {
            wanted,
            filters,
            sort,
            counts,
            best,
            has_conditions: false,
            narrow: Sieve::default(),
            wide: Sieve::default(),
        }
    }

    /// Counts and ranks the documents that a plan matches.
    pub(crate) fn run(
        &mut self,
        tenant: &TenantIndex,
        snapshot: &Snapshot,
        plan: &SearchPlan,
        ranking: &impl Ranking,
    ) -> tantivy::Result<()> {
        let mut filters = self.filters.iter().chain(ranking.narrowing());
        self.has_conditions = filters.any(Filter::speaks_of_variants);
        let (searcher, fields) = (&snapshot.searcher, tenant.fields);
        let admission = Admission::of(searcher, fields, &plan.operators)?;
        let admission = admission.as_ref();
        let text = plan.text.as_ref();
        let values = MatchValues::new(&plan.settings.words);
        let lookup = Lookup::new(&snapshot.searcher, tenant.fields, values);
        let matcher = text
            .map(|text| Matcher::new(&lookup, text, plan.stage))
            .transpose()?;
        let Some(matcher) = matcher else {
            self.browse(tenant, snapshot, plan, admission, ranking);
            return Ok(());
        };
        if self.filters.is_empty()
            && !plan.merchandising.narrows()
            && may_match_most(&matcher, snapshot)
        {
            let zeros = std::mem::take(&mut self.counts);
            let found = prevalent::rank(snapshot, &matcher, admission, ranking, self.best)?;
            self.counts = found.counts(zeros, self.wanted, (tenant, snapshot));
            return self.add_pinned(tenant, snapshot, admission, ranking);
        }
        for (segment, (reader, table)) in snapshot.segments().enumerate() {
            let mut batch = Batch::new(segment, reader);
            matcher.for_each(segment, reader, |doc, matched| {
                let is_added = admits(admission, segment, doc) && !ranking.is_pinned(table, doc);
                if is_added && batch.push(doc, matched) {
                    self.add_all(ranking, table, &mut batch);
                }
            })?;
            self.add_all(ranking, table, &mut batch);
        }
        self.add_pinned(tenant, snapshot, admission, ranking)
    }

    /// Counts and ranks the documents of a plan without text.
    fn browse(
        &mut self,
        tenant: &TenantIndex,
        snapshot: &Snapshot,
        plan: &SearchPlan,
        admission: Option<&Admission>,
        ranking: &impl Ranking,
    ) {
        let scope = Scope::of(self.filters, plan.narrows());
        for (segment, (reader, table)) in snapshot.segments().enumerate() {
            let mut batch = Batch::new(segment, reader);
            scope.for_each(table, |doc| {
                if admits(admission, segment, doc) && batch.push(doc, NO_WORDS) {
                    self.add_all(ranking, table, &mut batch);
                }
            });
            self.add_all(ranking, table, &mut batch);
        }
        if let Scope::One(filter) = scope
            && plan.facets.contains(&filter.facet())
        {
            let everything = snapshot.everything(&tenant.dictionary);
            self.counts.take(filter.facet(), everything);
        }
    }

    /// Counts and ranks the pinned documents, whether the text matches them or not.
    fn add_pinned(
        &mut self,
        tenant: &TenantIndex,
        snapshot: &Snapshot,
        admission: Option<&Admission>,
        ranking: &impl Ranking,
    ) -> tantivy::Result<()> {
        for product in ranking.pinned() {
            if let Some(address) = snapshot.address(tenant.fields, product)?
                && admits(admission, address.segment_ord as usize, address.doc_id)
            {
                let table = &snapshot.tables[address.segment_ord as usize];
                self.add(ranking, table, address, (NO_WORDS, u64::MAX));
            }
        }
        Ok(())
    }

    /// Counts and ranks a batch, and clears it.
    fn add_all(&mut self, ranking: &impl Ranking, table: &Table, batch: &mut Batch<'_>) {
        let gathered = &mut batch.gathered;
        let docs = || gathered.iter().map(|(address, _)| address.doc_id);
        table.fetch(docs());
        if self.has_conditions {
            table.fetch_variants(docs());
        }
        for (address, matched) in gathered.drain(..) {
            let highest = ranking.highest(matched);
            self.add(ranking, table, address, (matched, highest));
        }
    }

    /// Counts and ranks a document, whose rank is at most `highest`.
    #[inline]
    fn add(
        &mut self,
        ranking: &impl Ranking,
        table: &Table,
        address: DocAddress,
        (matched, highest): (Match, u64),
    ) {
        let doc = address.doc_id;
        let row = &table.row(doc);
        if !ranking.admits(table, row, doc) {
            return;
        }
        let verdict = filters::verdict(self.filters, row);
        if verdict != Verdict::Match && !self.wanted.is_any() {
            return;
        }
        if verdict != Verdict::Out
            && row.has_variants()
            && self.has_conditions
            && self.sieve(ranking, (table, address), (matched, highest), verdict)
        {
            return;
        }
        match verdict {
            Verdict::Match => {
                self.counts.add(self.wanted, row);
                if self.best.passes_over(highest) {
                    return;
                }
                let rank = ranking.rank(table, row, doc, matched);
                self.best.offer(rank, table, address);
            }
            Verdict::MissedBy(filter) => {
                let missed = (filter, &self.filters[filter]);
                self.counts.add_missed(self.wanted, missed, row);
            }
            Verdict::Out => {}
        }
    }

    /// Counts and ranks a product by those of its variants that pass. Returns false, and does nothing, if `verdict` holds for
    /// every variant.
    fn add_sieved<const N: usize>(
        &mut self,
        sieve: &mut Sieve<N>,
        ranking: &impl Ranking,
        (table, address): (&Table, DocAddress),
        (matched, highest): (Match, u64),
        verdict: Verdict,
    ) -> bool {
        let row = &table.row(address.doc_id);
        let variants = Variants::of(table.variants(row));
        let filters = (self.filters, ranking.narrowing());
        let Some(passed) = sieve.sieve(filters, verdict, row, &variants) else {
            return false;
        };
        let product = (row, &variants);
        self.counts
            .add_passed(self.wanted, self.filters, product, passed);
        let Some(lowest) = variants.lowest_price(&passed.all) else {
            return true;
        };
        if self.best.passes_over(highest) {
            return true;
        }
        let rank = match self.sort {
            Sort::PriceAsc | Sort::PriceDesc => ranking::of_price(lowest, self.sort),
            _ => ranking.rank(table, row, address.doc_id, matched),
        };
        self.best.offer(rank, table, address);
        true
    }

    /// Calls [`add_sieved`](Self::add_sieved) for masks as wide as the product needs.
    fn sieve(
        &mut self,
        ranking: &impl Ranking,
        (table, address): (&Table, DocAddress),
        matched: (Match, u64),
        verdict: Verdict,
    ) -> bool {
        let product = (table, address);
        if is_wide(table.variants(&table.row(address.doc_id))) {
            let mut sieve = std::mem::take(&mut self.wide);
            let is_done = self.add_sieved(&mut sieve, ranking, product, matched, verdict);
            self.wide = sieve;
            return is_done;
        }
        let mut sieve = std::mem::take(&mut self.narrow);
        let is_done = self.add_sieved(&mut sieve, ranking, product, matched, verdict);
        self.narrow = sieve;
        is_done
    }
}
