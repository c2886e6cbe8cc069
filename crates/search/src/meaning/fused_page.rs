//! Page of the fused order.
//!
//! The first hits by words and those by meaning are fused, and the rest follows in the order of the words. A product that
//! meaning alone brings is in no other place, so that no page repeats it.

use std::collections::{BTreeSet, HashMap};

use souk_domain::{Cursor, Hit, MatchStage, PageRequest, ProductId, SearchPage, Start};

use super::applies::SENTENCE_WORDS;
use super::fusion::{Candidate, fused};
use super::meaning_weight;
use super::shared_words::SharedWords;
use crate::merchandising::Chosen;
use crate::{SearchEngine, SearchError, SearchPlan};

/// Hits of each order that are fused.
const WINDOW: u32 = 100;
/// Fewest hits by words beside which meaning only orders, and brings none of its own, unless the text is a sentence.
const ENOUGH: u64 = 10;

/// Returns the page of a plan with a vector, or none if it is searched by words alone.
pub(crate) async fn fused_page(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
) -> Result<Option<SearchPage>, SearchError> {
    let (Some(vector), Some(weight)) = (&plan.meaning, meaning_weight(plan)) else {
        return Ok(None);
    };
    let nearest = match engine.nearest(plan, vector, WINDOW as usize).await {
        Ok(nearest) => nearest,
        Err(error) => {
            tracing::debug!(%error, "meaning left out; the words answer");
            return Ok(None);
        }
    };
    if nearest.is_empty() {
        return Ok(None);
    }
    let first = engine.search_relaxed(&at(plan, 0, WINDOW)).await?;
    let (head, added) = head(plan, &first, nearest, weight);
    let rest = Rest {
        plan: without(plan, &added),
        added: added.len() as u32,
    };
    rest.page(engine, plan, first, head).await.map(Some)
}

fn at(plan: &SearchPlan, offset: u32, limit: u32) -> SearchPlan {
    let start = Start::Offset(offset);
    SearchPlan {
        page: PageRequest { limit, start },
        ..plan.clone()
    }
}

/// Returns the plan that does not find some products.
fn without(plan: &SearchPlan, products: &BTreeSet<ProductId>) -> SearchPlan {
    let mut plan = plan.clone();
    if !products.is_empty() {
        let hidden = Chosen::Products(products.clone());
        plan.merchandising.hidden.push(hidden);
    }
    plan
}

/// Returns the fused hits, and the products among them that meaning alone brings.
fn head(
    plan: &SearchPlan,
    first: &SearchPage,
    nearest: Vec<Hit>,
    weight: f32,
) -> (Vec<Hit>, BTreeSet<ProductId>) {
    let Some(text) = &plan.text else {
        return (first.hits.clone(), BTreeSet::new());
    };
    let mut by_meaning = HashMap::new();
    for (rank, hit) in nearest.iter().enumerate() {
        by_meaning.insert(hit.id, rank);
    }
    let known: BTreeSet<ProductId> = first.hits.iter().map(|hit| hit.id).collect();
    let is_open = first.total < ENOUGH || text.words.len() >= SENTENCE_WORDS;
    let added = nearest
        .into_iter()
        .filter(|hit| is_open && !known.contains(&hit.id));
    let added: Vec<Hit> = added.collect();
    let added_ids = added.iter().map(|hit| hit.id).collect();
    let pins: BTreeSet<ProductId> = plan.merchandising.pins().map(|pin| pin.id).collect();
    let mut shared = SharedWords::new(text, plan.language);
    let hits = first.hits.iter().cloned().chain(added);
    let (pinned, hits): (Vec<Hit>, Vec<Hit>) = hits.partition(|hit| pins.contains(&hit.id));
    let candidates = hits.iter().enumerate().map(|(rank, hit)| {
        let by_words = known.contains(&hit.id);
        let has_all = by_words && first.stage != MatchStage::AnyTerm;
        Candidate {
            by_words: by_words.then_some(rank),
            by_meaning: by_meaning.get(&hit.id).copied(),
            words: if has_all {
                text.words.len()
            } else {
                shared.count(hit)
            },
        }
    });
    let order = fused(&candidates.collect::<Vec<_>>(), weight);
    let mut hits: Vec<Option<Hit>> = hits.into_iter().map(Some).collect();
    let ordered = order.into_iter().filter_map(|place| hits[place].take());
    (pinned.into_iter().chain(ordered).collect(), added_ids)
}

/// Hits that follow the fused ones.
struct Rest {
    /// Plan that finds no product that meaning alone has brought.
    plan: SearchPlan,
    /// Number of those.
    added: u32,
}

impl Rest {
    /// Returns the page of a plan: fused hits, then the rest by words.
    async fn page(
        &self,
        engine: &dyn SearchEngine,
        plan: &SearchPlan,
        first: SearchPage,
        head: Vec<Hit>,
    ) -> Result<SearchPage, SearchError> {
        let limit = plan.page.limit;
        let fused = head.len() as u32;
        let is_whole = first.total <= u64::from(WINDOW);
        let offset = match plan.page.start {
            Start::Offset(offset) => offset,
            // A cursor by words lies behind all fused hits.
            Start::After(_) => fused,
        };
        let mut hits: Vec<Hit> = head.into_iter().skip(offset as usize).collect();
        hits.truncate(limit as usize);
        let missing = limit - hits.len() as u32;
        let mut page = SearchPage {
            total: first.total + u64::from(self.added),
            ..first
        };
        page.next = None;
        if is_whole && !matches!(plan.page.start, Start::After(_)) {
            page.hits = hits;
            page.next = next(&page, offset);
            return Ok(page);
        }
        if missing == 0 && self.added == 0 {
            page.hits = hits;
            page.next = next(&page, offset);
            return Ok(page);
        }
        let rest = engine
            .search_relaxed(&self.following(plan, offset.max(fused), missing))
            .await?;
        page.total = rest.total + u64::from(self.added);
        page.total_exact &= rest.total_exact;
        page.next = rest.next;
        page.hits = hits;
        if missing == 0 {
            page.next = next(&page, offset);
        }
        page.hits.extend(rest.hits);
        Ok(page)
    }

    /// Returns the plan of hits by words from a place of the fused order on, without facets.
    fn following(&self, plan: &SearchPlan, place: u32, limit: u32) -> SearchPlan {
        let start = match plan.page.start {
            Start::After(cursor) => Start::After(cursor),
            Start::Offset(_) => Start::Offset(place - self.added),
        };
        let mut following = self.plan.clone();
        following.page = PageRequest { limit, start };
        following.facets.clear();
        following
    }
}

/// Returns the cursor behind a page that ends among fused hits.
fn next(page: &SearchPage, offset: u32) -> Option<Cursor> {
    let end = offset + page.hits.len() as u32;
    let last = page.hits.last().filter(|_| u64::from(end) < page.total)?;
    Some(Cursor::behind(end, last.id))
}
