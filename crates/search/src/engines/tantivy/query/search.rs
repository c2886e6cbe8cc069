//! Executes a plan: one pass over the matching documents counts facets and keeps the best hits.

use souk_domain::{Cursor, Facets, Hit, MatchStage, SearchPage, Sort, Start};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, TantivyDocument};

use super::filters;
use super::merchandising::{Merchandised, Plain, Ranking};
use super::pass::{NO_WORDS, Pass};
use super::ranking::{self, Best, Ranked};
use crate::engines::tantivy::facets::FacetSource;
use crate::engines::tantivy::facets::counting::{Counts, Wanted};
use crate::engines::tantivy::index::card::{self, Card};
use crate::engines::tantivy::index::card_variants;
use crate::engines::tantivy::index::columns::alive;
use crate::engines::tantivy::index::tenant::{Snapshot, TenantIndex};
use crate::highlight::Highlighter;
use crate::merchandising::{browsing_key, browsing_score, shown_score};
use crate::query::{SearchPlan, TextPlan};
use crate::variants::conditions::VariantConditions;

/// Returns the page of hits and facets of a plan, without relaxation.
pub(crate) fn search(tenant: &TenantIndex, plan: &SearchPlan) -> tantivy::Result<SearchPage> {
    let snapshot = tenant.snapshot();
    find(tenant, &snapshot, plan)?.page(&snapshot, plan)
}

/// Result of a plan before its hits are read.
pub(crate) struct RankedPage {
    /// Number of matching products.
    pub(crate) total: u64,
    facets: Facets,
    /// Hits of the page.
    ranked: Vec<Ranked>,
    /// True if there is a next page.
    more: bool,
}

/// Executes a plan without reading hits.
pub(crate) fn find(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    plan: &SearchPlan,
) -> tantivy::Result<RankedPage> {
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
    Ok(RankedPage {
        total,
        facets,
        more: seen > (offset + ranked.len()) as u64,
        ranked,
    })
}

impl RankedPage {
    /// Reads the hits and returns the page. `plan` must be the plan that was executed.
    pub(crate) fn page(
        self,
        snapshot: &Snapshot,
        plan: &SearchPlan,
    ) -> tantivy::Result<SearchPage> {
        let last = self.ranked.last().filter(|_| self.more);
        let conditions = VariantConditions::of(plan);
        Ok(SearchPage {
            next: last.map(|last| ranking::cursor(last, plan.sort)),
            hits: hits(
                snapshot,
                &self.ranked,
                plan.sort,
                plan.text.as_ref(),
                (plan.language, plan.stage),
                Some(&conditions).filter(|conditions| !conditions.is_empty()),
            )?,
            total: self.total,
            total_exact: true,
            facets: self.facets,
            stage: plan.stage,
        })
    }
}

/// Returns the cursor that the page starts after, if any.
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

/// Runs the pass of a plan and passes its counts to `make`. Returns the total and the result.
pub(crate) fn collect<F>(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    plan: &SearchPlan,
    best: &mut Best,
    make: impl FnOnce(&FacetSource<'_>) -> F,
) -> tantivy::Result<(u64, F)> {
    let wanted = Wanted::of(&plan.facets);
    let (resolved, merchandising, zeros) = {
        let dictionary = tenant.dictionary.read();
        let resolved = filters::resolve_all(plan, &dictionary);
        let merchandising = Merchandised::resolve(plan, &dictionary);
        let zeros = Counts::new(wanted, &resolved, &dictionary);
        (resolved, merchandising, zeros)
    };
    let plain = Plain(plan.sort);
    let browsing = plan.text.is_none() && resolved.is_empty() && !plan.narrows();
    let counted;
    let counts = if browsing {
        match &merchandising {
            None => rank_everything(snapshot, &plain, best),
            Some(merchandising) => rank_everything(snapshot, merchandising, best),
        }
        snapshot.everything(&tenant.dictionary)
    } else {
        let mut pass = Pass::new((wanted, zeros), &resolved, plan.sort, best);
        match &merchandising {
            None => pass.run(tenant, snapshot, plan, &plain)?,
            Some(merchandising) => pass.run(tenant, snapshot, plan, merchandising)?,
        }
        counted = pass.counts;
        &counted
    };
    // A second, short lock: writers of the dictionary must not wait for a whole search.
    let dictionary = tenant.dictionary.read();
    let source = FacetSource {
        dictionary: &dictionary,
        counts,
        filters: &plan.filters,
        definitions: &plan.definitions,
        resolved: &resolved,
        price_scale: snapshot.price_scale,
    };
    Ok((counts.total, make(&source)))
}

/// Without text and filters all counts are known, only the order is open.
fn rank_everything(snapshot: &Snapshot, ranking: &impl Ranking, best: &mut Best) {
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let is_alive = alive(reader);
        for doc in 0..reader.max_doc() {
            if is_alive(doc) {
                let rank = ranking.rank(table, &table.row(doc), doc, NO_WORDS);
                best.offer(rank, table, DocAddress::new(segment as u32, doc));
            }
        }
    }
}

/// Reads the cards of hits, highlights the matches of the text, and shows the variants that meet the conditions, if there
/// are any.
pub(crate) fn hits(
    snapshot: &Snapshot,
    ranked: &[Ranked],
    sort: Sort,
    text: Option<&TextPlan>,
    (language, stage): (souk_domain::Language, MatchStage),
    conditions: Option<&VariantConditions<'_>>,
) -> tantivy::Result<Vec<Hit>> {
    let mut highlighter = text.map(|text| Highlighter::new(text, language, stage));
    ranked
        .iter()
        .map(|ranked| {
            with_card(snapshot, ranked.address, |card| {
                let (mut hit, description) = (card.hit, card.description);
                if let Some(conditions) = conditions
                    && let Some(variants) = card_variants::decode(card.variants)
                {
                    variants.show(&mut hit, conditions);
                }
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

/// Reads the card of a document.
pub(crate) fn with_card<T>(
    snapshot: &Snapshot,
    address: DocAddress,
    make: impl FnOnce(Card<'_>) -> T,
) -> tantivy::Result<T> {
    let corrupt = || tantivy::TantivyError::InternalError("a document must have a card".to_owned());
    let document: TantivyDocument = snapshot.searcher.doc(address)?;
    let (_, card) = document.field_values().next().ok_or_else(corrupt)?;
    let card = card.as_bytes().and_then(card::decode);
    Ok(make(card.ok_or_else(corrupt)?))
}
