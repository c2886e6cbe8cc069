//! Searches the values of a facet.

use souk_domain::{Facet, FacetName, Start};

use crate::SearchPlan;
use crate::engines::tantivy::index::tenant::TenantIndex;
use crate::engines::tantivy::query::ranking::Best;
use crate::engines::tantivy::query::search;
use crate::facets::value_search::searched;

/// Returns the values of a facet, or of an attribute, that match the needle.
pub(crate) fn facet_values(
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
    let (_, found) = search::collect(tenant, &snapshot, &plan, &mut best, |source| {
        let whole = source.whole(facet, attribute);
        searched(&whole.name, whole.values, needle, limit)
    })?;
    Ok(found)
}
