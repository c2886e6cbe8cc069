//! Transactions of searches on PostgreSQL.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use souk_store::{Connection, Transaction};

use crate::SearchError;

/// Timeout of a statement: well beyond what a caller waits, so that only abandoned statements end.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// SQLSTATE of a statement that was cancelled.
pub(crate) const QUERY_CANCELED: &str = "57014";

/// Begins a snapshot, so that hits and counts agree with each other. Its settings end with it.
pub(crate) async fn snapshot(connection: &Connection) -> Result<Transaction, SearchError> {
    let transaction = connection.begin().await?;
    // Compiling a statement that counts takes longer than counting; parallel workers only delay other searches.
    let timeout = STATEMENT_TIMEOUT.as_millis();
    transaction
        .execute_unprepared(&format!(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL jit = off; \
             SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL statement_timeout = {timeout}"
        ))
        .await?;
    Ok(transaction)
}
