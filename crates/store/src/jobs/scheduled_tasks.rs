//! Leases of scheduled tasks, so that one process runs each.

use crate::{Store, StoreError, backend::execute};

/// Leases of scheduled tasks by name.
#[derive(Debug, Clone)]
pub struct ScheduledTasks {
    store: Store,
}

impl Store {
    /// Leases of the scheduled tasks, shared by all processes.
    pub fn scheduled_tasks(&self) -> ScheduledTasks {
        ScheduledTasks::new(self.clone())
    }
}

impl ScheduledTasks {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Takes a task up until `now_ms + lease_ms`. False if another process is at it, or has done it at `due_ms` or
    /// later: processes whose schedules are due at the same moment do it once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        name: &str,
        worker: &str,
        due_ms: i64,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let there = "INSERT INTO scheduled_tasks (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
        execute(&transaction, backend.statement(there, [name.into()])).await?;
        let claim = "UPDATE scheduled_tasks SET claimed_by = $2, claimed_until = $3, last_run = $4
             WHERE name = $1 AND last_run < $5 AND (claimed_until IS NULL OR claimed_until <= $4)";
        let values = [
            name.into(),
            worker.into(),
            now_ms.saturating_add(lease_ms).into(),
            now_ms.into(),
            due_ms.into(),
        ];
        let claimed = execute(&transaction, backend.statement(claim, values)).await?;
        transaction.commit().await?;
        Ok(claimed > 0)
    }

    /// Says that a task is done.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release(&self, name: &str, worker: &str) -> Result<(), StoreError> {
        let sql = "UPDATE scheduled_tasks SET claimed_by = NULL, claimed_until = NULL WHERE name = $1 AND claimed_by = $2";
        let transaction = self.store.begin().await?;
        let statement = self
            .store
            .backend()
            .statement(sql, [name.into(), worker.into()]);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }
}
