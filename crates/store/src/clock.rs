//! Clock of the database, by which processes on several hosts agree on the time.

use crate::{
    Backend, Store, StoreError,
    backend::{CountRow, first, now_ms},
};

impl Store {
    /// Returns the time by the database's clock, in milliseconds since 1970 UTC. On SQLite that is the host's clock,
    /// which all processes of one file share.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn clock_ms(&self) -> Result<i64, StoreError> {
        if self.backend() == Backend::Sqlite {
            return Ok(now_ms());
        }
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS count";
        let statement = self.backend().statement(sql, []);
        let row = first::<CountRow>(self.connection(), statement).await?;
        row.map(|row| row.count)
            .ok_or(StoreError::NotFound("clock"))
    }
}
