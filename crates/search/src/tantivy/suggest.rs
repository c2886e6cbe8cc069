//! Completions.

use souk_domain::Suggestion;

use super::tenant::TenantIndex;
use crate::SuggestRequest;

/// Completions of what is being typed.
pub(super) fn suggest(
    _tenant: &TenantIndex,
    _request: &SuggestRequest,
) -> tantivy::Result<Vec<Suggestion>> {
    Ok(Vec::new())
}
