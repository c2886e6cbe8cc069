//! Answers a plan: one pass over the matching documents counts facets and keeps the best hits.

use souk_domain::{Hit, MatchStage, SearchPage, Sort, Start};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, DocId, TantivyDocument};

use super::card;
use super::counts::{Counts, Wanted};
use super::facets::FacetSource;
use super::filters::{self, Filter, Verdict};
use super::matching::Matcher;
use super::ranking::{self, Best, Ranked};
use super::scores::MatchValues;
use super::table::Table;
use super::tenant::{Snapshot, TenantIndex};
use super::terms::Lookup;
use crate::highlight::Highlighter;
use crate::plan::{SearchPlan, TextPlan};

/// One page.
pub(super) fn search(tenant: &TenantIndex, plan: &SearchPlan) -> tantivy::Result<SearchPage> {
    let snapshot = tenant.snapshot();
    let limit = plan.page.limit as usize;
    let offset = plan.page.offset() as usize;
    let after = match &plan.page.start {
        Start::After(cursor) => Some(cursor),
        Start::Offset(_) => None,
    };
    let mut best = Best::new(
        if limit == 0 { 0 } else { offset + limit },
        after,
        plan.sort,
    );
    let (total, facets) = collect(tenant, &snapshot, plan, &mut best, |source| {
        source.facets(&plan.facets)
    })?;
    let (mut ranked, seen) = best.finish();
    let ranked = ranked.split_off(offset.min(ranked.len()));
    let more = seen > (offset + ranked.len()) as u64;
    let last = ranked.last().filter(|_| more);
    Ok(SearchPage {
        next: last.map(|last| ranking::cursor(last, plan.sort)),
        hits: hits(
            &snapshot,
            &ranked,
            plan.sort,
            plan.text.as_ref(),
            (plan.language, plan.stage),
        )?,
        total,
        total_exact: true,
        facets,
        stage: plan.stage,
    })
}

/// Runs a plan's one pass and makes something of its counts.
pub(super) fn collect<F: Default>(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    plan: &SearchPlan,
    best: &mut Best,
    make: impl FnOnce(&FacetSource<'_>) -> F,
) -> tantivy::Result<(u64, F)> {
    let wanted = Wanted::of(&plan.facets);
    let (resolved, zeros) = {
        let dictionary = tenant.dictionary.read();
        let resolved = filters::resolve(&plan.filters, &dictionary);
        let zeros = Counts::new(wanted, &resolved, &dictionary);
        (resolved, zeros)
    };
    let browsing = plan.text.is_none() && resolved.is_empty();
    let counted;
    let counts = if browsing {
        rank_everything(snapshot, plan.sort, best);
        snapshot.everything(&tenant.dictionary)
    } else {
        let mut pass = Pass {
            wanted,
            filters: &resolved,
            counts: zeros,
            best,
            sort: plan.sort,
        };
        pass.run(tenant, snapshot, plan)?;
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
fn rank_everything(snapshot: &Snapshot, sort: Sort, best: &mut Best) {
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let alive = reader.alive_bitset();
        for doc in 0..reader.max_doc() {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                let rank = ranking::rank(sort, table, doc, 0.0);
                best.offer(rank, table, DocAddress::new(segment as u32, doc));
            }
        }
    }
}

struct Pass<'a> {
    wanted: Wanted,
    filters: &'a [Filter],
    counts: Counts,
    best: &'a mut Best,
    sort: Sort,
}

impl Pass<'_> {
    fn run(
        &mut self,
        tenant: &TenantIndex,
        snapshot: &Snapshot,
        plan: &SearchPlan,
    ) -> tantivy::Result<()> {
        let text = plan.text.as_ref();
        let values = MatchValues::new(&plan.settings.words);
        let lookup = Lookup::new(&snapshot.searcher, tenant.fields, values);
        let matcher = text
            .map(|text| Matcher::new(&lookup, text, plan.stage))
            .transpose()?;
        for (segment, (reader, table)) in snapshot.segments().enumerate() {
            let alive = reader.alive_bitset();
            let mut visit = |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    self.add(table, DocAddress::new(segment as u32, doc), score);
                }
            };
            match &matcher {
                Some(matcher) => matcher.for_each(segment, reader, visit)?,
                None => (0..reader.max_doc()).for_each(|doc: DocId| visit(doc, 0.0)),
            }
        }
        Ok(())
    }

    #[inline]
    fn add(&mut self, table: &Table, address: DocAddress, score: f32) {
        let doc = address.doc_id;
        let row = table.row(doc);
        match filters::verdict(self.filters, table, row, doc) {
            Verdict::Match => {
                self.counts.add(self.wanted, table, row, doc);
                let rank = ranking::rank(self.sort, table, doc, score);
                self.best.offer(rank, table, address);
            }
            Verdict::MissedBy(filter) => {
                let missed = (filter, &self.filters[filter]);
                self.counts.add_missed(self.wanted, missed, table, row, doc);
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
                    hit.score = Some(f32::from_bits(ranked.rank as u32));
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
