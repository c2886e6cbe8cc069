//! Look-up of categories, fandoms and sellers whose names have the words of a text.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;

use super::{categories::CategoryTree, text_match::WordMatch};
use crate::{
    SearchError, SearchPlan,
    engines::sql::{dialect::conditions, statement::Sql},
};

/// Most words of one look-up. The database joins at most 500 queries, three for each word.
const NAMED_AT_ONCE: usize = 100;

/// Finds the categories, fandoms and sellers whose names have the words.
pub(crate) async fn find<C: ConnectionTrait>(
    connection: &C,
    plan: &SearchPlan,
    words: &mut [WordMatch],
    tree: &CategoryTree,
) -> Result<(), SearchError> {
    for words in words.chunks_mut(NAMED_AT_ONCE) {
        find_some(connection, plan, words, tree).await?;
    }
    Ok(())
}

async fn find_some<C: ConnectionTrait>(
    connection: &C,
    plan: &SearchPlan,
    words: &mut [WordMatch],
    tree: &CategoryTree,
) -> Result<(), SearchError> {
    let mut sql = Sql::for_database(connection);
    let mut union = "";
    for (place, word) in words.iter().enumerate() {
        if word.query.is_empty() {
            continue;
        }
        for (kind, table) in ["categories", "fandoms", "sellers"].iter().enumerate() {
            sql.push(union);
            write_names(&mut sql, plan, (place, kind), table, &word.query);
            union = " UNION ALL ";
        }
    }
    if union.is_empty() {
        return Ok(());
    }
    let mut categories = vec![BTreeSet::new(); words.len()];
    for row in sql.rows(connection).await? {
        let (place, kind): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let id: i64 = row.try_get_by_index(2)?;
        let place = usize::try_from(place).unwrap_or_default();
        match kind {
            0 => drop(categories[place].insert(id)),
            1 => words[place].fandoms.push(id),
            _ => words[place].sellers.push(id),
        }
    }
    for (word, roots) in words.iter_mut().zip(&categories) {
        word.categories = tree.with_descendants(roots);
    }
    Ok(())
}

fn write_names(
    sql: &mut Sql,
    plan: &SearchPlan,
    (place, kind): (usize, usize),
    table: &str,
    query: &str,
) {
    // CountedFacets here and no user's, hence written and not bound.
    sql.push(&format!(
        "SELECT CAST({place} AS bigint), CAST({kind} AS bigint), t.id FROM {table} t"
    ));
    conditions::write_named(sql, table, query);
    sql.push(" AND t.tenant_id = ").bind(plan.tenant.0);
}
