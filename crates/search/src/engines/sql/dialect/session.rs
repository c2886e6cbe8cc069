//! Transactions and statistics, by dialect.

use sea_orm::ConnectionTrait;
use souk_store::{Connection, Transaction};

use super::Dialect;
use crate::{
    SearchError,
    engines::sql::postgres::{
        self,
        selectivity::{Selectivity, Statistics},
    },
};

/// Begins a snapshot, so that hits and counts agree with each other.
pub(crate) async fn snapshot(connection: &Connection) -> Result<Transaction, SearchError> {
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => postgres::session::snapshot(connection).await,
        Dialect::Sqlite => Ok(connection.begin().await?),
    }
}

/// Returns the selectivity of words and tags; unknown on SQLite.
pub(crate) async fn selectivity<C: ConnectionTrait>(
    connection: &C,
    statistics: &Statistics,
) -> Result<Selectivity, SearchError> {
    match Dialect::of(connection.get_database_backend()) {
        Dialect::Postgres => statistics.look_up(connection).await,
        Dialect::Sqlite => Ok(Selectivity::default()),
    }
}
