//! Notices by which PostgreSQL tells of new work and of other settings, so that nobody need ask again and again.
//!
//! Triggers send one with each transaction that writes to the outbox, requests a job, writes events, or changes tenants, their
//! keys, search configurations or definitions of attributes. A pooler between may swallow them: only a connection that has heard a notice of its own counts, and one that was silent has to hear another. Else
//! one that died without a word (a firewall's reset, a host that is gone) would look like a quiet database. Failed rows
//! and expired leases send none, so workers still ask now and then.

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
use tokio::time::{sleep, timeout};

use crate::{Backend, Outbox, Store, StoreError};

/// Channel of notices of work; each database has its own.
const WORK: &str = "souk_work";
/// Channel of notices of other settings.
const SETTINGS: &str = "souk_settings";
/// Channel of notices of events.
const EVENTS: &str = "souk_events";
/// Pause before the database is asked for notices again.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);
/// Longest wait for a notice of its own.
const PATIENCE: Duration = Duration::from_secs(5);

/// New work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Rows in the outbox.
    Change,
    /// A job.
    Job,
    /// Tenants, keys, search configurations or definitions of attributes.
    Settings,
    /// Events of a tenant.
    Event,
    /// Perhaps any of them: notices were lost with a connection.
    Gap,
}

/// News to one who follows notices.
#[derive(Debug)]
pub enum Heard {
    /// A notice. The first one on each connection is [`Notice::Gap`], for what was written before.
    Notice(Notice),
    /// Notices do not arrive for now: they are swallowed on their way, or the connection failed.
    Silence(Option<StoreError>),
}

/// Notices, on a connection of their own.
pub struct Notices {
    store: Store,
    channel: &'static str,
    listener: PgListener,
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").finish_non_exhaustive()
    }
}

impl Outbox {
    /// Tells of work that is written from now on, until it is dropped. Returns at once where there are no notices, as on SQLite.
    pub async fn follow(&self, told: impl FnMut(Heard)) {
        Notices::follow(&self.store, WORK, told).await;
    }

    /// Listens for notices of work that is written from now on. None where there are none, as on SQLite.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn notices(&self) -> Result<Option<Notices>, StoreError> {
        Notices::listen(&self.store, WORK).await
    }
}

impl Store {
    /// Tells of tenants, keys, search configurations and definitions of attributes that are written from now on, until it is
    /// dropped. Returns at once where there are no notices, as on SQLite.
    pub async fn follow_settings(&self, told: impl FnMut(Heard)) {
        Notices::follow(self, SETTINGS, told).await;
    }

    /// Tells of events that are written from now on, until it is dropped. Returns at once where there are no notices, as on
    /// SQLite.
    pub async fn follow_events(&self, told: impl FnMut(Heard)) {
        Notices::follow(self, EVENTS, told).await;
    }

    /// Listens for notices of events. None where there are none, as on SQLite.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn event_notices(&self) -> Result<Option<Notices>, StoreError> {
        Notices::listen(self, EVENTS).await
    }

    /// Listens for notices of settings. None where there are none, as on SQLite.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settings_notices(&self) -> Result<Option<Notices>, StoreError> {
        Notices::listen(self, SETTINGS).await
    }
}

impl Notices {
    async fn follow(store: &Store, channel: &'static str, mut told: impl FnMut(Heard)) {
        if store.backend() != Backend::Postgres {
            return;
        }
        loop {
            let failed = Self::tell(store, channel, &mut told).await.err();
            told(Heard::Silence(failed));
            sleep(LISTEN_AGAIN).await;
        }
    }

    /// Tells of notices until they fail; returns if none arrive.
    async fn tell(
        store: &Store,
        channel: &'static str,
        told: &mut impl FnMut(Heard),
    ) -> Result<(), StoreError> {
        let Some(mut notices) = Self::listen(store, channel).await? else {
            return Ok(());
        };
        told(Heard::Notice(Notice::Gap));
        loop {
            told(Heard::Notice(notices.next().await?));
        }
    }

    async fn listen(store: &Store, channel: &'static str) -> Result<Option<Self>, StoreError> {
        if store.backend() != Backend::Postgres {
            return Ok(None);
        }
        let pool = store
            .connection()
            .unguarded()
            .get_postgres_connection_pool();
        let options = pool.connect_options().as_ref().clone();
        let own = PgPoolOptions::new().max_connections(1);
        let own = own.acquire_timeout(PATIENCE).connect_with(options);
        let own = own.await.map_err(failed)?;
        let mut listener = PgListener::connect_with(&own).await.map_err(failed)?;
        listener.listen(channel).await.map_err(failed)?;

        // Nobody else tries at the same moment from a process of the same number.
        let tried_at = SystemTime::now().duration_since(UNIX_EPOCH);
        let tried_at = tried_at.unwrap_or_default().as_nanos();
        let probe = format!("probe {} {tried_at}", std::process::id());
        send(store, channel, &probe).await?;
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
        Ok(heard.then(|| Self {
            store: store.clone(),
            channel,
            listener,
        }))
    }

    /// Silence after which the connection has to hear a notice of its own. Notices of others' trials end it, too.
    pub const SILENCE: Duration = Duration::from_secs(15);

    /// Waits for the next notice.
    ///
    /// # Errors
    /// If the database fails and does not come back, or the connection hears nothing of what is sent.
    pub async fn next(&mut self) -> Result<Notice, StoreError> {
        loop {
            let heard = self.listener.try_recv();
            let probe = send(&self.store, self.channel, "probe");
            let heard = unless_deaf(heard, probe, Self::SILENCE, PATIENCE).await?;
            let Some(notice) = heard.map_err(failed)? else {
                return Ok(Notice::Gap);
            };
            match notice.payload() {
                "change" => return Ok(Notice::Change),
                "job" => return Ok(Notice::Job),
                "settings" => return Ok(Notice::Settings),
                "event" => return Ok(Notice::Event),
                // Of a process that tries whether it hears.
                _ => {}
            }
        }
    }
}

/// Sends a notice over another connection.
async fn send(store: &Store, channel: &str, notice: &str) -> Result<(), StoreError> {
    let sql = format!("SELECT pg_notify('{channel}', '{notice}')");
    let statement = store.backend().statement(sql, []);
    store.connection().query_one_raw(statement).await?;
    Ok(())
}

/// Waits to hear something. After some silence sends a probe, which has to be heard in time.
async fn unless_deaf<T>(
    heard: impl Future<Output = T>,
    probe: impl Future<Output = Result<(), StoreError>>,
    silence: Duration,
    patience: Duration,
) -> Result<T, StoreError> {
    let trial = async {
        sleep(silence).await;
        probe.await?;
        sleep(patience).await;
        Err(DbErr::Conn(RuntimeErr::Internal(
            "notices are no longer heard".to_owned(),
        ))
        .into())
    };
    tokio::select! {
        biased;
        heard = heard => Ok(heard),
        deaf = trial => deaf,
    }
}

fn failed(error: Error) -> StoreError {
    DbErr::Conn(RuntimeErr::SqlxError(error.into())).into()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::Notify;

    use super::*;

    const LONG: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn connection_that_does_not_hear_its_probe_is_given_up() {
        let deaf = unless_deaf(
            pending::<()>(),
            async { Ok(()) },
            Duration::ZERO,
            Duration::ZERO,
        );
        let error = deaf.await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }

    #[tokio::test]
    async fn silent_connection_that_hears_its_probe_is_kept() {
        let channel = Notify::new();
        let probe = async {
            channel.notify_one();
            Ok(())
        };
        let heard = unless_deaf(channel.notified(), probe, Duration::ZERO, LONG);
        heard.await.unwrap();
    }

    #[tokio::test]
    async fn notice_before_the_silence_ends_sends_no_probe() {
        let probe = async { unreachable!("something was heard") };
        let heard = unless_deaf(async { 7 }, probe, LONG, LONG);
        assert_eq!(heard.await.unwrap(), 7);
    }
}
