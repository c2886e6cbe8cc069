//! Notices by which PostgreSQL tells of new work, so that idle workers need not ask again and again.
//!
//! Triggers send one with each transaction that writes to the outbox or requests a job. A pooler between may swallow
//! them: only a connection that has heard a notice of its own counts. Failed rows and expired leases send none, so
//! workers still ask now and then.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sea_orm::{
    ConnectionTrait, DbErr, RuntimeErr,
    sqlx::{
        Error,
        postgres::{PgListener, PgPoolOptions},
    },
};
use tokio::time::timeout;

use super::Outbox;
use crate::{Backend, StoreError};

/// Channel of the notices; each database has its own.
const CHANNEL: &str = "souk_work";
/// Longest wait for a notice of its own.
const PATIENCE: Duration = Duration::from_secs(5);

/// New work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Rows in the outbox.
    Change,
    /// A job.
    Job,
    /// Perhaps either: notices were lost with a connection.
    Gap,
}

/// Notices, on a connection of their own.
pub struct Notices {
    listener: PgListener,
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").finish_non_exhaustive()
    }
}

impl Outbox {
    /// Listens for notices of what is written from now on. None where there are none, as on SQLite.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn notices(&self) -> Result<Option<Notices>, StoreError> {
        if self.store.backend() != Backend::Postgres {
            return Ok(None);
        }
        let pool = self
            .store
            .connection()
            .unguarded()
            .get_postgres_connection_pool();
        let options = pool.connect_options().as_ref().clone();
        let own = PgPoolOptions::new().max_connections(1);
        let own = own.acquire_timeout(PATIENCE).connect_with(options);
        let own = own.await.map_err(failed)?;
        let mut listener = PgListener::connect_with(&own).await.map_err(failed)?;
        listener.listen(CHANNEL).await.map_err(failed)?;

        // Nobody else tries at the same moment from a process of the same number.
        let tried_at = SystemTime::now().duration_since(UNIX_EPOCH);
        let tried_at = tried_at.unwrap_or_default().as_nanos();
        let probe = format!("probe {} {tried_at}", std::process::id());
        let sql = format!("SELECT pg_notify('{CHANNEL}', '{probe}')");
        let statement = self.store.backend().statement(sql, []);
        self.store.connection().query_one_raw(statement).await?;
        let heard = async {
            loop {
                match listener.try_recv().await {
                    Ok(Some(notice)) if notice.payload() == probe => return Ok(true),
                    Ok(Some(_)) => {}
                    Ok(None) => return Ok(false),
                    Err(error) => return Err(failed(error)),
                }
            }
        };
        let heard = timeout(PATIENCE, heard).await.unwrap_or(Ok(false))?;
        Ok(heard.then_some(Notices { listener }))
    }
}

impl Notices {
    /// Waits for the next notice.
    ///
    /// # Errors
    /// If the database fails and does not come back.
    pub async fn next(&mut self) -> Result<Notice, StoreError> {
        loop {
            let heard = self.listener.try_recv().await.map_err(failed)?;
            let Some(notice) = heard else {
                return Ok(Notice::Gap);
            };
            match notice.payload() {
                "change" => return Ok(Notice::Change),
                "job" => return Ok(Notice::Job),
                // Of another process that tries whether it hears.
                _ => {}
            }
        }
    }
}

fn failed(error: Error) -> StoreError {
    DbErr::Conn(RuntimeErr::SqlxError(error.into())).into()
}
