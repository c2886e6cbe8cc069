//! Daily salts that visitor ids are hashed with, shared by all processes.

use crate::{
    Store, StoreError,
    backend::execute,
    shared_secret::{SECRET_BYTES, SharedSecret},
};

/// Salts by day.
#[derive(Debug, Clone)]
pub struct VisitorSalts {
    store: Store,
}

impl Store {
    /// Daily salts that visitor ids are hashed with.
    pub fn visitor_salts(&self) -> VisitorSalts {
        VisitorSalts::new(self.clone())
    }
}

impl VisitorSalts {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Returns the salt of a day, in days since 1970 UTC: `fresh`, unless a process has stored one already. Salts of
    /// earlier days are deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of_day(
        &self,
        day: i64,
        fresh: [u8; SECRET_BYTES],
    ) -> Result<[u8; SECRET_BYTES], StoreError> {
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let salt = SharedSecret {
            table: "visitor_salts",
            key: "day",
            value: day.into(),
        };
        let secret = salt.read_or_keep(&transaction, backend, fresh).await?;
        let forget = "DELETE FROM visitor_salts WHERE day < $1";
        execute(&transaction, backend.statement(forget, [day.into()])).await?;
        transaction.commit().await?;
        Ok(secret)
    }
}
