//! From an answer of the cluster to a page.

use souk_domain::{Cursor, Facet, FacetName, Hit, ProductId, SearchPage, Sort, SortKey};

use super::body;
use super::response::{RawHit, SearchBody};
use crate::SearchPlan;
use crate::engines::elasticsearch::cluster::failure::Failure;
use crate::engines::elasticsearch::facets::Counts;
use crate::engines::elasticsearch::facets::aggregations::RequestedCounts;
use crate::engines::elasticsearch::{cluster::client, facets::attributes};
use crate::highlight::Highlighter;
use crate::merchandising::{browsing_key, shown_score};
use crate::variants::{conditions::VariantConditions, stored::StoredVariants};

/// The page that answers a plan.
pub(crate) fn page(plan: &SearchPlan, answer: &[u8]) -> Result<SearchPage, Failure> {
    let answer: SearchBody<'_> = client::read(answer)?;
    let facets = Counts::new(plan, &plan.facets, &answer.aggregations).facets();
    let limit = plan.page.limit as usize;
    let mut found = answer.hits.hits;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = match found.last().filter(|_| more) {
        Some(last) => cursor(last, plan)?,
        None => None,
    };
    Ok(SearchPage {
        next,
        hits: hits(plan, found)?,
        total: answer.hits.total.value,
        total_exact: true,
        facets,
        stage: plan.stage,
    })
}

fn hits(plan: &SearchPlan, found: Vec<RawHit<'_>>) -> Result<Vec<Hit>, Failure> {
    let text = plan.text.as_ref();
    let mut highlighter = text.map(|text| Highlighter::new(text, plan.language, plan.stage));
    let conditions = VariantConditions::of(plan);
    let hits = found.into_iter().map(|found| {
        let score = match key(&found, plan)? {
            Some(SortKey::Score(score)) => shown_score(score),
            _ => None,
        };
        let variants = found.fields.variants().filter(|_| !conditions.is_empty());
        let mut hit = found.source.card.into_hit();
        if let Some(variants) = variants {
            let variants: StoredVariants =
                serde_json::from_str(variants).map_err(Failure::Unreadable)?;
            variants.show(&mut hit, &conditions);
        }
        hit.score = score;
        if let Some(highlighter) = &mut highlighter {
            hit.highlights = highlighter.highlights(&hit.title, found.fields.excerpt());
        }
        Ok(hit)
    });
    hits.collect()
}

fn cursor(last: &RawHit<'_>, plan: &SearchPlan) -> Result<Option<Cursor>, Failure> {
    let id = last.sort.map(|(_, id)| ProductId(id));
    Ok(key(last, plan)?.zip(id).map(|(key, id)| Cursor { key, id }))
}

/// Sort value of a hit.
fn key(found: &RawHit<'_>, plan: &SearchPlan) -> Result<Option<SortKey>, Failure> {
    let Some((key, _)) = found.sort else {
        return Ok(None);
    };
    let key = key.get();
    let read = match plan.sort {
        _ if plan.is_browse_steered() => serde_json::from_str(key).map(browsing_key),
        Sort::Relevance => serde_json::from_str(key).map(SortKey::Score),
        Sort::Rating => serde_json::from_str(key).map(SortKey::Rating),
        Sort::PriceAsc | Sort::PriceDesc | Sort::Newest | Sort::Popular => {
            serde_json::from_str(key).map(SortKey::Integer)
        }
    };
    read.map(Some).map_err(Failure::Unreadable)
}

/// The body that counts all values of a facet, or of an attribute.
pub(crate) fn values_body(plan: &SearchPlan, facet: FacetName, attribute: Option<&str>) -> Vec<u8> {
    body::counts_body(plan, counted(facet, attribute))
}

/// The values that a needle finds in the answer to it.
pub(crate) fn facet_values(
    plan: &SearchPlan,
    (facet, attribute): (FacetName, Option<&str>),
    (needle, limit): (&str, usize),
    answer: &[u8],
) -> Result<Facet, Failure> {
    let answer: SearchBody<'_> = client::read(answer)?;
    let counted = counted(facet, attribute);
    let counts = Counts::new(plan, &counted.facets(), &answer.aggregations);
    let all = match counted {
        RequestedCounts::Attribute(name) => {
            attributes::values_of(&counts, name).listed(name, usize::MAX)
        }
        _ => counts.whole(facet),
    };
    let mut facet = crate::facets::value_search::searched(&all.name, all.values, needle, limit);
    facet.exact = all.exact;
    Ok(facet)
}

fn counted(facet: FacetName, attribute: Option<&str>) -> RequestedCounts<'_> {
    match attribute.filter(|_| facet == FacetName::Attributes) {
        Some(name) => RequestedCounts::Attribute(name),
        None => RequestedCounts::Values(facet),
    }
}
