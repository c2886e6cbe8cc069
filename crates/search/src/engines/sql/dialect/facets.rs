//! Facet counts, by dialect.

use sea_orm::ConnectionTrait;

use super::Dialect;
use crate::{
    SearchError,
    engines::sql::{
        facets::{count::Count, query::FacetQuery},
        postgres::{self, facets::dictionary::Dictionary},
        sqlite,
    },
};

/// Counts a result, and returns the ids of the page if the query includes them.
pub(crate) async fn count<C: ConnectionTrait>(
    connection: &C,
    query: &FacetQuery<'_>,
    dictionary: &Dictionary,
) -> Result<(Vec<Count>, Option<Vec<i64>>), SearchError> {
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => postgres::facets::count(connection, query, dictionary).await,
        Dialect::Sqlite => Ok((sqlite::facets::count(connection, query).await?, None)),
    }
}
