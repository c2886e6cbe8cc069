//! Tsqueries over words, tags and sample tags of `search_products`, as the migration defines them.

use souk_domain::TenantId;

use super::syntax;
pub(crate) use super::syntax::quoted;
use crate::engines::sql::sampling::SampleRate;
use crate::query::CodeMatch;

/// Query that matches nothing: no word and no tag equals it.
pub(crate) const NOTHING: &str = "'~'";

/// Returns a query for any of some queries, in brackets; one that matches nothing if there are none.
pub(crate) fn any(queries: impl IntoIterator<Item = String>) -> String {
    joined(queries, syntax::ANY)
}

/// Returns a query for all of some queries, in brackets; one that matches nothing if there are none.
pub(crate) fn every(queries: impl IntoIterator<Item = String>) -> String {
    joined(queries, syntax::ALL)
}

fn joined(queries: impl IntoIterator<Item = String>, operator: &str) -> String {
    let queries: Vec<_> = queries.into_iter().collect();
    if queries.is_empty() {
        return NOTHING.to_owned();
    }
    format!("({})", queries.join(operator))
}

/// Returns the query for products with one of these ids under a kind of tag such as `c`.
pub(crate) fn ids(tag: char, ids: &[i64]) -> String {
    any(ids.iter().map(|id| format!("'~{tag}{id}'")))
}

/// Returns the query for products with a code.
pub(crate) fn code(code: &str) -> String {
    quoted(&format!("~k{code}"))
}

/// Returns the query for products with a code of this prefix.
pub(crate) fn code_prefix(code: &str) -> String {
    self::code(code) + syntax::PREFIX
}

/// Returns the query for products with a code that a word may be part of.
pub(crate) fn part_of_code(code: &str, farthest: CodeMatch) -> String {
    match farthest {
        CodeMatch::Whole => self::code(code),
        CodeMatch::Prefix => code_prefix(code),
        CodeMatch::Within => any([code_prefix(code), inner_code_prefix(code)]),
    }
}

/// Returns the query for products with a rest of a code that has this prefix.
fn inner_code_prefix(code: &str) -> String {
    quoted(&format!("~p{code}")) + syntax::PREFIX
}

/// Returns the query for a sample of a tenant's active products. A rate always selects the same products, so that the
/// pages of a search agree.
pub(crate) fn sample(rate: SampleRate, tenant: TenantId) -> String {
    if rate.is_all() {
        return format!("'~{tenant}'");
    }
    format!("'~{tenant}/{}'", rate.halvings())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_names_tenant_and_halvings() {
        assert_eq!(sample(SampleRate::of(4_000, 16_000), TenantId(7)), "'~7/2'");
        assert_eq!(sample(SampleRate::ALL, TenantId(7)), "'~7'");
    }
}
