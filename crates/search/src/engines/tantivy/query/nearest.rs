//! Finds the products nearest to a vector.

use souk_domain::{Hit, Sort};
use souk_embeddings::Vector;
use tantivy::DocAddress;

use super::filters;
use super::merchandising::{Merchandised, Plain, Ranking};
use super::passing::has_passing;
use super::ranking::{Best, of_score};
use super::search;
use crate::SearchPlan;
use crate::engines::tantivy::index::columns::alive;
use crate::engines::tantivy::index::tenant::{Snapshot, TenantIndex};
use crate::engines::tantivy::vectors::TenantVectors;
use crate::variants::conditions::VariantConditions;

/// Returns the nearest products, nearest first, of those that filters and merchandising of the plan admit.
pub(crate) fn nearest(
    tenant: &TenantIndex,
    vectors: &TenantVectors,
    plan: &SearchPlan,
    (vector, limit): (&Vector, usize),
) -> tantivy::Result<Vec<Hit>> {
    let snapshot = tenant.snapshot();
    let mut similarities = vec![0.0_f32; vectors.rows().len()];
    vectors
        .rows()
        .for_each_similarity(vector, |row, similarity| similarities[row] = similarity);
    let merchandised = Merchandised::resolve(plan, &tenant.dictionary.read());
    let mut best = Best::new(limit, None, Sort::Relevance);
    let scan = Scan {
        tenant,
        snapshot: &snapshot,
        vectors,
        similarities: &similarities,
    };
    match &merchandised {
        Some(ranking) => scan.offer(plan, ranking, &mut best),
        None => scan.offer(plan, &Plain(Sort::Relevance), &mut best),
    }
    let (ranked, _) = best.finish();
    let conditions = VariantConditions::of(plan);
    let conditions = Some(&conditions).filter(|conditions| !conditions.is_empty());
    // Without a score: one of words is no measure of these.
    let shown_as = (tenant.language, plan.stage);
    search::hits(
        &snapshot,
        &ranked,
        Sort::Popular,
        plan.text.as_ref(),
        shown_as,
        conditions,
    )
}

struct Scan<'a> {
    tenant: &'a TenantIndex,
    snapshot: &'a Snapshot,
    vectors: &'a TenantVectors,
    similarities: &'a [f32],
}

impl Scan<'_> {
    /// Offers the products with a vector that point into the same half of the space.
    fn offer(&self, plan: &SearchPlan, ranking: &impl Ranking, best: &mut Best) {
        let mut filters = filters::resolve_all(plan, &self.tenant.dictionary.read());
        filters.extend(
            (plan.merchandising.only.iter())
                .flat_map(|only| filters::resolve(only, &self.tenant.dictionary.read())),
        );
        for (segment, (reader, table)) in self.snapshot.segments().enumerate() {
            let is_alive = alive(reader);
            for doc in 0..reader.max_doc() {
                let row = self.vectors.row_of(table.ids[doc as usize]);
                let Some(similarity) = row.map(|row| self.similarities[row]) else {
                    continue;
                };
                let rank = of_score(similarity);
                if similarity <= 0.0 || best.passes_over(rank) || !is_alive(doc) {
                    continue;
                }
                let row = table.row(doc);
                if ranking.admits(table, &row, doc) && has_passing(&filters, table, &row) {
                    best.offer(rank, table, DocAddress::new(segment as u32, doc));
                }
            }
        }
    }
}
