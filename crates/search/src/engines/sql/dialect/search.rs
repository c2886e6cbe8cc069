//! Products of a search, by dialect.

use sea_orm::ConnectionTrait;

use super::Dialect;
use crate::{
    SearchError,
    engines::sql::{
        postgres,
        query::{
            excluded_filters::ExcludedFilters, filters::Clause, search::Search,
            text_match::TextMatch,
        },
        sampling::{CountStrategy, SampleRate},
        sqlite,
        statement::Sql,
    },
};

/// Returns how a search is counted. A look-up of facet values may count `thoroughness` times as many products.
pub(crate) async fn measure<C: ConnectionTrait>(
    connection: &C,
    search: &Search<'_>,
    excluded: &ExcludedFilters<'_>,
    thoroughness: u64,
) -> Result<CountStrategy, SearchError> {
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => {
            postgres::estimates::measure(connection, search, excluded, thoroughness).await
        }
        Dialect::Sqlite => Ok(CountStrategy::Exact),
    }
}

/// Appends the table of products `p`, up to the conditions.
pub(crate) fn write_from(sql: &mut Sql) {
    sql.push(sql.syntax().products);
}

/// Appends the condition that product `p` is in a sample of what matches the text and some filters.
pub(crate) fn write_set(
    sql: &mut Sql,
    search: &Search<'_>,
    rate: SampleRate,
    clauses: &[&Clause<'_>],
) {
    match sql.dialect() {
        Dialect::Postgres => postgres::search::write_set(sql, search, rate, clauses),
        Dialect::Sqlite => sqlite::search::write_set(sql, search, clauses),
    }
}

/// Appends the table and the condition of products `p` that are ranked by relevance.
pub(crate) fn write_ranked(
    sql: &mut Sql,
    search: &Search<'_>,
    text: &TextMatch,
    strategy: &CountStrategy,
) {
    match sql.dialect() {
        Dialect::Postgres => {
            write_from(sql);
            postgres::ranking::write_ranked(sql, search, text, strategy, None);
        }
        Dialect::Sqlite => sqlite::search::write_ranked(sql, search, text),
    }
}

/// Appends the table and the condition of products `p` that match a text or rate a category or fandom.
pub(crate) fn write_similar(
    sql: &mut Sql,
    search: &Search<'_>,
    text: &TextMatch,
    strategy: &CountStrategy,
    shared: (Option<i64>, Option<i64>),
) {
    match sql.dialect() {
        Dialect::Postgres => {
            write_from(sql);
            let related = postgres::ranking::related(shared, strategy);
            postgres::ranking::write_ranked(sql, search, text, strategy, related);
        }
        Dialect::Sqlite => sqlite::search::write_related(sql, search, text, shared),
    }
}
