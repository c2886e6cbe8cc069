//! Bulk loads, whose changes are background: the index takes single edits before them, and the SQL engine's projection
//! follows them.
//!
//! On PostgreSQL a setting of the transaction tells the triggers, see `migrations/src/m0015_bulk`. SQLite has no such
//! settings, but one writer at a time: all rows since the transaction began are its own, and a row that is deleted before
//! the commit is seen by its triggers alone, see `migrations/src/m0025_projection`.

use sea_orm::Statement;

use crate::{
    Backend, StoreError, Transaction,
    backend::{CountRow, execute, first},
};

/// Marks a transaction that has just begun as a bulk load.
pub(crate) async fn mark(
    backend: Backend,
    transaction: &mut Transaction,
) -> Result<(), StoreError> {
    match backend {
        // A batch may take longer than a request's statement.
        Backend::Postgres => {
            let sql = "SELECT set_config('souk.bulk', 'on', true), set_config('statement_timeout', '0', true)";
            execute(transaction, backend.statement(sql, [])).await?;
        }
        Backend::Sqlite => {
            let newest = newest_outbox_row(transaction).await?;
            let sql = "INSERT INTO bulk_load (only_one) VALUES (1)";
            execute(transaction, backend.statement(sql, [])).await?;
            let totals = "INSERT INTO product_totals_refresh (product_id) SELECT product_id FROM bulk_totals";
            for sql in [totals, "DELETE FROM bulk_totals", "DELETE FROM bulk_load"] {
                transaction.before_commit(backend.statement(sql, []));
            }
            transaction.before_commit(background_after(backend, newest));
        }
    }
    Ok(())
}

/// Returns the id of the newest outbox row on SQLite, 0 if there never was one.
pub(crate) async fn newest_outbox_row(transaction: &Transaction) -> Result<i64, StoreError> {
    let sql = "SELECT coalesce(max(seq), 0) AS count FROM sqlite_sequence WHERE name = 'outbox'";
    let newest = first::<CountRow>(transaction, Backend::Sqlite.statement(sql, [])).await?;
    Ok(newest.map_or(0, |row| row.count))
}

/// Makes outbox rows after the given one background.
pub(crate) fn background_after(backend: Backend, row: i64) -> Statement {
    let sql = "UPDATE outbox SET priority = 1 WHERE id > $1 AND priority = 0";
    backend.statement(sql, [row.into()])
}
