//! Searches the values of a facet.

use souk_domain::{Facet, FacetName, FacetValue, Start};

use super::facets::listed;
use super::ranking::Best;
use super::search;
use super::tenant::TenantIndex;
use crate::SearchPlan;
use crate::analysis::{Folder, word_places};

/// The values of a facet, or of an attribute, that the needle finds.
pub(super) fn facet_values(
    tenant: &TenantIndex,
    plan: &SearchPlan,
    (facet, attribute): (FacetName, Option<&str>),
    needle: &str,
    limit: usize,
) -> tantivy::Result<Facet> {
    let mut plan = plan.clone();
    plan.facets = [facet].into();
    plan.page.limit = 0;
    plan.page.start = Start::Offset(0);
    let snapshot = tenant.snapshot();
    let mut best = Best::new(0, None, plan.sort);
    let (_, mut values) =
        search::collect(
            tenant,
            &snapshot,
            &plan,
            &mut best,
            |source| match attribute.filter(|_| facet == FacetName::Attributes) {
                Some(name) => source.attribute_values(name),
                None => source.values(facet),
            },
        )?;
    let mut folder = Folder::new();
    let wanted = folded(&mut folder, needle);
    values.retain(|value| {
        // A selected value without products is not found, it is only remembered.
        value.count > 0 && found(&mut folder, value, &wanted)
    });
    let name = attribute.unwrap_or(facet.as_str());
    let mut facet = listed(name, values, usize::MAX, |_| 0);
    facet.left_out = facet.values.len().saturating_sub(limit) as u64;
    facet.values.truncate(limit);
    Ok(facet)
}

fn folded(folder: &mut Folder, text: &str) -> Vec<String> {
    word_places(text)
        .map(|(start, end)| folder.fold(&text[start..end]).to_owned())
        .collect()
}

fn found(folder: &mut Folder, value: &FacetValue, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let words: Vec<String> = [&value.value, &value.label]
        .into_iter()
        .flat_map(|text| folded(folder, text))
        .collect();
    let begins = |wanted: &String| words.iter().any(|word| word.starts_with(wanted.as_str()));
    wanted.iter().all(begins)
}
