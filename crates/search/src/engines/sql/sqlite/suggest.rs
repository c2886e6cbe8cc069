//! Suggestions by words of one column.

use crate::engines::sql::{dialect::Dialect, query::prefixes::Prefixes, statement::Sql};

/// Appends a query for the products that have words with these prefixes in a column.
pub(crate) fn write(sql: &mut Sql, prefixes: &[Prefixes], column: &str) {
    let words = Prefixes::every(prefixes, Dialect::Sqlite, "");
    sql.push("SELECT rowid FROM search_products WHERE search_products MATCH ")
        .bind_text(&format!("{column} : ({words})"));
}
