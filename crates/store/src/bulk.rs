//! Bulk loads, whose changes are background: the index takes single edits before them.
//!
//! On PostgreSQL a setting of the transaction tells the triggers, see `migrations/src/m0015_bulk`. SQLite has no such
//! settings, but one writer at a time: all rows since the transaction began are its own.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use crate::{
    Backend, StoreError, Transaction,
    backend::{CountRow, execute, first},
};

/// Mark of a store whose changes are background.
#[derive(Debug, Clone, Default)]
pub(crate) struct BulkLoad {
    /// Newest outbox row before the transaction under way. On SQLite only.
    before: Arc<AtomicI64>,
}

impl BulkLoad {
    /// Marks a transaction that has just begun.
    pub(crate) async fn begin(
        &self,
        backend: Backend,
        transaction: &Transaction,
    ) -> Result<(), StoreError> {
        let sql = match backend {
            // A batch may take longer than a request's statement.
            Backend::Postgres => {
                "SELECT 0::bigint AS count, set_config('souk.bulk', 'on', true), set_config('statement_timeout', '0', true)"
            }
            Backend::Sqlite => {
                "SELECT coalesce(max(seq), 0) AS count FROM sqlite_sequence WHERE name = 'outbox'"
            }
        };
        let statement = backend.statement(sql, []);
        let newest = first::<CountRow>(transaction, statement).await?;
        let newest = newest.map_or(i64::MAX, |row| row.count);
        self.before.store(newest, Ordering::SeqCst);
        Ok(())
    }

    /// Makes the rows of a marked transaction background, where the triggers have not done it.
    pub(crate) async fn end(
        &self,
        backend: Backend,
        transaction: &Transaction,
    ) -> Result<(), StoreError> {
        if backend == Backend::Sqlite {
            let sql = "UPDATE outbox SET priority = 1 WHERE id > $1 AND priority = 0";
            let before = self.before.load(Ordering::SeqCst);
            execute(transaction, backend.statement(sql, [before.into()])).await?;
        }
        Ok(())
    }
}
