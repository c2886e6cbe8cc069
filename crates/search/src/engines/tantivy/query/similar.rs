//! Finds products similar to a given one.

use souk_domain::{Hit, MatchStage, ProductId, Sort};
use tantivy::{DocAddress, DocId};

use super::matching::Matcher;
use super::ranking::{self, Best};
use super::scores::MatchValues;
use super::search;
use super::terms::Lookup;
use crate::engines::tantivy::index::columns::alive;
use crate::engines::tantivy::index::dictionary::{Dictionary, NONE, Places};
use crate::engines::tantivy::index::row::Row;
use crate::engines::tantivy::index::tenant::TenantIndex;
use crate::query::{TextPlan, Word};
use crate::settings::WordScores;

/// Score of having the main category, the leading fandom or the brand of the product; a distinctive word of the title
/// scores about five.
const SAME_CATEGORY: f32 = 4.0;
const SAME_FANDOM: f32 = 4.0;
const SAME_BRAND: f32 = 2.0;

/// Returns the most similar products, without the product itself.
pub(crate) fn similar(
    tenant: &TenantIndex,
    product: ProductId,
    limit: usize,
) -> tantivy::Result<Vec<Hit>> {
    let snapshot = tenant.snapshot();
    let Some(address) = snapshot.address(tenant.fields, product)? else {
        return Ok(Vec::new());
    };
    let title = search::with_card(&snapshot, address, |card| card.hit.title)?;
    // Words of the title taken literally: no prefix match, no code.
    let mut text = TextPlan::new(&title, tenant.language);
    text.code = None;
    text.words.iter_mut().for_each(Word::take_literally);
    let values = MatchValues::new(&WordScores::default());
    let lookup = Lookup::new(&snapshot.searcher, tenant.fields, values);
    let matcher = Matcher::new(&lookup, &text, MatchStage::AnyTerm)?;
    let model = snapshot.tables[address.segment_ord as usize].row(address.doc_id);
    let likeness = Likeness::new(&tenant.dictionary.read(), &model);
    let mut best = Best::new(limit + 1, None, Sort::Relevance);
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let mut scores = vec![0.0_f32; table.len()];
        matcher.for_each(segment, reader, |doc, matched| {
            scores[doc as usize] = matched.score();
        })?;
        let is_alive = alive(reader);
        for (doc, &score) in scores.iter().enumerate() {
            let doc = doc as DocId;
            let score = score + likeness.of(&table.row(doc));
            if score > 0.0 && is_alive(doc) {
                let rank = ranking::rank(Sort::Relevance, table, doc, score);
                best.offer(rank, table, DocAddress::new(segment as u32, doc));
            }
        }
    }
    let (mut ranked, _) = best.finish();
    ranked.retain(|ranked| ranked.address != address);
    ranked.truncate(limit);
    let taken_as = (tenant.language, MatchStage::AnyTerm);
    search::hits(&snapshot, &ranked, Sort::Relevance, None, taken_as, None)
}

/// Traits of the product that others are compared with.
struct Likeness {
    /// Sets of categories that have its main category.
    categories: Vec<bool>,
    /// Sets of fandoms that have its leading fandom.
    fandoms: Vec<bool>,
    brand: u32,
}

impl Likeness {
    fn new(dictionary: &Dictionary, model: &Row<'_>) -> Self {
        Self {
            categories: sets_with_main_of(model.category, &dictionary.categories),
            fandoms: sets_with_main_of(model.fandom, &dictionary.fandoms),
            brand: model.brand,
        }
    }

    fn of(&self, other: &Row<'_>) -> f32 {
        let score = |shared: bool, counts: f32| if shared { counts } else { 0.0 };
        let brand = self.brand != NONE && self.brand == other.brand;
        score(self.categories[other.category as usize], SAME_CATEGORY)
            + score(self.fandoms[other.fandom as usize], SAME_FANDOM)
            + score(brand, SAME_BRAND)
    }
}

fn sets_with_main_of(set: u32, places: &Places) -> Vec<bool> {
    let main = places.main_of(set);
    let has_main = |other| main.is_some_and(|main| places.has(other, main));
    (0..places.sets() as u32).map(has_main).collect()
}
