//! Answers a plan: one pass over the matching documents counts facets and keeps the best hits.

use souk_domain::{Cursor, Facets, Hit, MatchStage, SearchPage, Sort, Start};
use tantivy::fastfield::AliveBitSet;
use tantivy::schema::Value as _;
use tantivy::{DocAddress, DocId, SegmentReader, TantivyDocument};

use super::card;
use super::counts::{Counts, Wanted};
use super::facets::FacetSource;
use super::filters::{self, Filter, Verdict};
use super::matching::{Match, Matcher};
use super::ranking::{self, Best, Ranked};
use super::scope::Scope;
use super::scores::MatchValues;
use super::steered::{Plain, Ranking, Steered};
use super::table::Table;
use super::tenant::{Snapshot, TenantIndex};
use super::terms::Lookup;
use crate::highlight::Highlighter;
use crate::plan::{SearchPlan, TextPlan};
use crate::steering::{browsing_key, browsing_score, shown_score};

/// One page.
pub(super) fn search(tenant: &TenantIndex, plan: &SearchPlan) -> tantivy::Result<SearchPage> {
    let snapshot = tenant.snapshot();
    find(tenant, &snapshot, plan)?.page(&snapshot, plan)
}

/// What a plan finds, before its hits are read.
pub(super) struct Found {
    /// How many products.
    pub(super) total: u64,
    facets: Facets,
    /// The hits of the page.
    ranked: Vec<Ranked>,
    /// Whether hits follow them.
    more: bool,
}

/// Answers a plan as far as it can be without reading hits.
pub(super) fn find(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    plan: &SearchPlan,
) -> tantivy::Result<Found> {
    let limit = plan.page.limit as usize;
    let offset = plan.page.offset() as usize;
    let after = after(plan);
    let mut best = Best::new(
        if limit == 0 { 0 } else { offset + limit },
        after.as_ref(),
        plan.sort,
    );
    let (total, facets) = collect(tenant, snapshot, plan, &mut best, |source| {
        source.facets(&plan.facets)
    })?;
    let (mut ranked, seen) = best.finish();
    let ranked = ranked.split_off(offset.min(ranked.len()));
    Ok(Found {
        total,
        facets,
        more: seen > (offset + ranked.len()) as u64,
        ranked,
    })
}

impl Found {
    /// The page of the plan that it was found by.
    pub(super) fn page(
        self,
        snapshot: &Snapshot,
        plan: &SearchPlan,
    ) -> tantivy::Result<SearchPage> {
        let last = self.ranked.last().filter(|_| self.more);
        Ok(SearchPage {
            next: last.map(|last| ranking::cursor(last, plan.sort)),
            hits: hits(
                snapshot,
                &self.ranked,
                plan.sort,
                plan.text.as_ref(),
                (plan.language, plan.stage),
            )?,
            total: self.total,
            total_exact: true,
            facets: self.facets,
            stage: plan.stage,
        })
    }
}

/// The hit that the page comes after.
fn after(plan: &SearchPlan) -> Option<Cursor> {
    let Start::After(cursor) = plan.page.start else {
        return None;
    };
    if !plan.is_browse_steered() {
        return Some(cursor);
    }
    let key = browsing_key(browsing_score(cursor.key));
    Some(Cursor { key, ..cursor })
}

/// Runs a plan's one pass and makes something of its counts.
pub(super) fn collect<F>(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    plan: &SearchPlan,
    best: &mut Best,
    make: impl FnOnce(&FacetSource<'_>) -> F,
) -> tantivy::Result<(u64, F)> {
    let wanted = Wanted::of(&plan.facets);
    let (resolved, steered, zeros) = {
        let dictionary = tenant.dictionary.read();
        let resolved = filters::resolve(&plan.filters, &dictionary);
        let steered = Steered::resolve(plan, &dictionary);
        let zeros = Counts::new(wanted, &resolved, &dictionary);
        (resolved, steered, zeros)
    };
    let plain = Plain(plan.sort);
    let browsing = plan.text.is_none() && resolved.is_empty() && !plan.steering.narrows();
    let counted;
    let counts = if browsing {
        match &steered {
            None => rank_everything(snapshot, &plain, best),
            Some(steered) => rank_everything(snapshot, steered, best),
        }
        snapshot.everything(&tenant.dictionary)
    } else {
        let mut pass = Pass {
            wanted,
            filters: &resolved,
            counts: zeros,
            best,
        };
        match &steered {
            None => pass.run(tenant, snapshot, plan, &plain)?,
            Some(steered) => pass.run(tenant, snapshot, plan, steered)?,
        }
        counted = pass.counts;
        &counted
    };
    // Locked anew: whoever adds to the dictionary must not wait for a whole search.
    let dictionary = tenant.dictionary.read();
    let source = FacetSource {
        dictionary: &dictionary,
        counts,
        filters: &plan.filters,
        resolved: &resolved,
        exponent: snapshot.exponent,
    };
    Ok((counts.total, make(&source)))
}

/// Without text and filters all counts are known, only the order is open.
fn rank_everything(snapshot: &Snapshot, ranking: &impl Ranking, best: &mut Best) {
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let alive = reader.alive_bitset();
        for doc in 0..reader.max_doc() {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                let rank = ranking.rank(table, &table.row(doc), doc, NO_WORDS);
                best.offer(rank, table, DocAddress::new(segment as u32, doc));
            }
        }
    }
}

/// How many matching documents are gathered before they are counted.
const AT_ONCE: usize = 32;

/// How everything matches where there is no text.
const NO_WORDS: Match = Match {
    words: 0.0,
    tier: 0.0,
};

/// Documents of a segment that are counted and ranked together.
struct Batch<'s> {
    segment: u32,
    alive: Option<&'s AliveBitSet>,
    gathered: Vec<(DocAddress, Match)>,
}

impl<'s> Batch<'s> {
    fn new(segment: usize, reader: &'s SegmentReader) -> Self {
        Self {
            segment: segment as u32,
            alive: reader.alive_bitset(),
            gathered: Vec::with_capacity(AT_ONCE),
        }
    }

    /// Adds a document unless it is deleted; whether the batch is full then.
    #[inline]
    fn push(&mut self, doc: DocId, matched: Match) -> bool {
        if self.alive.is_none_or(|alive| alive.is_alive(doc)) {
            let address = DocAddress::new(self.segment, doc);
            self.gathered.push((address, matched));
        }
        self.gathered.len() == AT_ONCE
    }
}

struct Pass<'a> {
    wanted: Wanted,
    filters: &'a [Filter],
    counts: Counts,
    best: &'a mut Best,
}

impl Pass<'_> {
    fn run(
        &mut self,
        tenant: &TenantIndex,
        snapshot: &Snapshot,
        plan: &SearchPlan,
        ranking: &impl Ranking,
    ) -> tantivy::Result<()> {
        let text = plan.text.as_ref();
        let values = MatchValues::new(&plan.settings.words);
        let lookup = Lookup::new(&snapshot.searcher, tenant.fields, values);
        let matcher = text
            .map(|text| Matcher::new(&lookup, text, plan.stage))
            .transpose()?;
        let Some(matcher) = matcher else {
            self.browse(tenant, snapshot, plan, ranking);
            return Ok(());
        };
        for (segment, (reader, table)) in snapshot.segments().enumerate() {
            let mut batch = Batch::new(segment, reader);
            matcher.for_each(segment, reader, |doc, matched| {
                if !ranking.is_pinned(table, doc) && batch.push(doc, matched) {
                    self.add_all(ranking, table, &mut batch);
                }
            })?;
            self.add_all(ranking, table, &mut batch);
        }
        self.add_pinned(tenant, snapshot, ranking)
    }

    /// Without words.
    fn browse(
        &mut self,
        tenant: &TenantIndex,
        snapshot: &Snapshot,
        plan: &SearchPlan,
        ranking: &impl Ranking,
    ) {
        let scope = Scope::of(self.filters, &plan.steering);
        for (segment, (reader, table)) in snapshot.segments().enumerate() {
            let mut batch = Batch::new(segment, reader);
            scope.for_each(table, |doc| {
                if batch.push(doc, NO_WORDS) {
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

    /// What is pinned is there whether the words match it or not.
    fn add_pinned(
        &mut self,
        tenant: &TenantIndex,
        snapshot: &Snapshot,
        ranking: &impl Ranking,
    ) -> tantivy::Result<()> {
        for product in ranking.pinned() {
            if let Some(address) = snapshot.address(tenant.fields, product)? {
                let table = &snapshot.tables[address.segment_ord as usize];
                self.add(ranking, table, address, (NO_WORDS, u64::MAX));
            }
        }
        Ok(())
    }

    /// Counts and ranks documents of a segment that lie apart, and empties their list.
    fn add_all(&mut self, ranking: &impl Ranking, table: &Table, batch: &mut Batch<'_>) {
        let gathered = &mut batch.gathered;
        table.fetch(gathered.iter().map(|(address, _)| address.doc_id));
        for (address, matched) in gathered.drain(..) {
            let highest = ranking.highest(matched);
            self.add(ranking, table, address, (matched, highest));
        }
    }

    /// Counts and ranks a document, which has the highest rank given at the most.
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
        match filters::verdict(self.filters, row) {
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
}

/// Reads the cards of hits and marks in them what the text matched.
pub(super) fn hits(
    snapshot: &Snapshot,
    ranked: &[Ranked],
    sort: Sort,
    text: Option<&TextPlan>,
    (language, stage): (souk_domain::Language, MatchStage),
) -> tantivy::Result<Vec<Hit>> {
    let mut highlighter = text.map(|text| Highlighter::new(text, language, stage));
    ranked
        .iter()
        .map(|ranked| {
            with_card(snapshot, ranked.address, |mut hit, description| {
                if let Some(highlighter) = &mut highlighter {
                    hit.highlights = highlighter.highlights(&hit.title, description);
                }
                if sort == Sort::Relevance {
                    hit.score = shown_score(f32::from_bits(ranked.rank as u32));
                }
                hit
            })
        })
        .collect()
}

/// Reads a document's card.
pub(super) fn with_card<T>(
    snapshot: &Snapshot,
    address: DocAddress,
    make: impl FnOnce(Hit, &str) -> T,
) -> tantivy::Result<T> {
    let corrupt = || tantivy::TantivyError::InternalError("a document has no card".to_owned());
    let document: TantivyDocument = snapshot.searcher.doc(address)?;
    let (_, card) = document.field_values().next().ok_or_else(corrupt)?;
    let (hit, description) = card.as_bytes().and_then(card::decode).ok_or_else(corrupt)?;
    Ok(make(hit, description))
}
