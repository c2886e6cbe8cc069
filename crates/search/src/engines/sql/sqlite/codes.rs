//! Look-up of codes, before a search, that words without a digit may be.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use souk_domain::TenantId;

use crate::{
    SearchError,
    engines::sql::{query::text_match::WordMatch, statement::Sql},
    query::CodeMatch,
};

/// Forgets whole codes of words that no product has: such a word is found by full text alone.
pub(crate) async fn forget_unknown<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    words: &mut [WordMatch],
) -> Result<(), SearchError> {
    let whole = |word: &WordMatch| word.code_match == CodeMatch::Whole;
    let wanted: BTreeSet<_> = words
        .iter()
        .filter(|word| whole(word))
        .filter_map(|word| word.code.clone())
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::for_database(connection);
    sql.push("SELECT DISTINCT code FROM search_codes WHERE tenant_id = ")
        .bind(tenant.0)
        .push(" AND code")
        .in_texts(&wanted);
    let mut known = BTreeSet::new();
    for row in sql.rows(connection).await? {
        known.insert(row.try_get_by_index::<String>(0)?);
    }
    for word in words.iter_mut().filter(|word| whole(word)) {
        word.code = word.code.take().filter(|code| known.contains(code));
    }
    Ok(())
}
