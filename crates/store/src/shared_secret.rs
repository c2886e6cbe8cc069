//! Secrets in the database: the first process makes one, all others read it.

use sea_orm::{FromQueryResult, Value};

use crate::{
    Backend, StoreError, Transaction,
    backend::{execute, first},
};

/// Length of a secret, in bytes.
pub const SECRET_BYTES: usize = 32;

/// Place of a secret: a row with a column `secret`.
pub(crate) struct SharedSecret {
    /// Table of the row.
    pub(crate) table: &'static str,
    /// Column of its primary key.
    pub(crate) key: &'static str,
    /// Value of that column.
    pub(crate) value: Value,
}

#[derive(FromQueryResult)]
struct SecretRow {
    secret: Vec<u8>,
}

impl SharedSecret {
    /// Returns the secret: `fresh`, which is kept then, unless there is one already.
    pub(crate) async fn read_or_keep(
        self,
        transaction: &Transaction,
        backend: Backend,
        fresh: [u8; SECRET_BYTES],
    ) -> Result<[u8; SECRET_BYTES], StoreError> {
        let Self { table, key, value } = self;
        let keep = format!(
            "INSERT INTO {table} ({key}, secret) VALUES ($1, $2) ON CONFLICT ({key}) DO NOTHING"
        );
        let values = [value.clone(), fresh.to_vec().into()];
        execute(transaction, backend.statement(keep, values)).await?;
        let read = format!("SELECT secret FROM {table} WHERE {key} = $1");
        let row: Option<SecretRow> = first(transaction, backend.statement(read, [value])).await?;
        let secret = row.and_then(|row| row.secret.try_into().ok());
        secret.ok_or(StoreError::NotFound("secret"))
    }
}
