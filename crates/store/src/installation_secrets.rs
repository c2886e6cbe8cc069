//! Secrets of the installation that all processes share and that are kept.

use sea_orm::FromQueryResult;

use crate::{
    Store, StoreError,
    backend::{execute, first},
};

/// Length of a secret, in bytes.
const SECRET_BYTES: usize = 32;

#[derive(FromQueryResult)]
struct SecretRow {
    secret: Vec<u8>,
}

impl Store {
    /// Returns the secret of this name: `fresh`, unless a process has stored one already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn installation_secret(
        &self,
        name: &str,
        fresh: [u8; SECRET_BYTES],
    ) -> Result<[u8; SECRET_BYTES], StoreError> {
        let backend = self.backend();
        let transaction = self.begin().await?;
        let make = "INSERT INTO installation_secrets (name, secret) VALUES ($1, $2)
             ON CONFLICT (name) DO NOTHING";
        let values = [name.into(), fresh.to_vec().into()];
        execute(&transaction, backend.statement(make, values)).await?;
        let read = "SELECT secret FROM installation_secrets WHERE name = $1";
        let row: Option<SecretRow> =
            first(&transaction, backend.statement(read, [name.into()])).await?;
        transaction.commit().await?;
        let secret = row.and_then(|row| row.secret.try_into().ok());
        secret.ok_or(StoreError::NotFound("secret of the installation"))
    }
}
