//! Daily salts that visitor ids are hashed with, shared by all processes.

use sea_orm::FromQueryResult;

use crate::{
    Store, StoreError,
    backend::{execute, first},
};

/// Length of a salt, in bytes.
pub const SECRET_BYTES: usize = 32;

/// Salts by day.
#[derive(Debug, Clone)]
pub struct VisitorSalts {
    store: Store,
}

#[derive(FromQueryResult)]
struct SecretRow {
    secret: Vec<u8>,
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
        let make =
            "INSERT INTO visitor_salts (day, secret) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING";
        let values = [day.into(), fresh.to_vec().into()];
        execute(&transaction, backend.statement(make, values)).await?;
        let forget = "DELETE FROM visitor_salts WHERE day < $1";
        execute(&transaction, backend.statement(forget, [day.into()])).await?;
        let read = "SELECT secret FROM visitor_salts WHERE day = $1";
        let row: Option<SecretRow> =
            first(&transaction, backend.statement(read, [day.into()])).await?;
        transaction.commit().await?;
        let secret = row.and_then(|row| row.secret.try_into().ok());
        secret.ok_or(StoreError::NotFound("secret of this day"))
    }
}
