//! Secrets of the installation that all processes share and that are kept.

use crate::{
    Store, StoreError,
    shared_secret::{SECRET_BYTES, SharedSecret},
};

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
        let transaction = self.begin().await?;
        let shared = SharedSecret {
            table: "installation_secrets",
            key: "name",
            value: name.into(),
        };
        let secret = shared.read_or_keep(&transaction, self.backend(), fresh);
        let secret = secret.await?;
        transaction.commit().await?;
        Ok(secret)
    }
}
