//! Availability of PostgreSQL: a circuit breaker before it, and a probe that finds out when it is away and back.
//!
//! Without it each request would find out by itself, after as long as a connection may take. The probe has a connection of
//! its own, so that a pool whose connections are all busy is not taken for a server that is away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{
        self, Connection as _,
        postgres::{PgConnectOptions, PgConnection},
    },
};
use souk_breaker::{Breaker, BreakerState, Passage};
use tokio::{sync::watch, time};

use crate::error::is_away;

/// Time between the breaker's opening and its next probe.
const COOLDOWN: Duration = Duration::from_millis(250);
/// Time between two probes.
const PROBE_INTERVAL: Duration = Duration::from_millis(200);
/// Longest time that a probe may take. Together with [`PROBE_INTERVAL`] it is below a second.
const PROBE_TIMEOUT: Duration = Duration::from_millis(700);

/// Availability of one database server; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Availability(Arc<Observed>);

#[derive(Debug)]
struct Observed {
    breaker: Breaker,
    /// True while the probe gets no answer; ends statements under way.
    away: watch::Sender<bool>,
    /// Probes that run. While one does, requests never probe.
    watchers: AtomicUsize,
}

/// A check that the server answers, in its own time.
pub(crate) trait Probe {
    /// Returns false if the server is away.
    fn answers(&mut self) -> impl Future<Output = bool> + Send;
}

impl Availability {
    /// Availability of a server that is up.
    pub(crate) fn new(cooldown: Duration) -> Self {
        Self(Arc::new(Observed {
            breaker: Breaker::new("database", cooldown),
            away: watch::Sender::new(false),
            watchers: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn breaker(&self) -> &Breaker {
        &self.0.breaker
    }

    /// Runs a statement or a connection attempt, unless the server is away.
    ///
    /// # Errors
    /// The failure of the work; a connection error at once while the server is away.
    pub(crate) async fn run<T>(
        &self,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let passage = self.enter().ok_or_else(away)?;
        let outcome = self.unless_away(work).await;
        match &outcome {
            // The watcher has seen more than this call, which it has ended.
            _ if *self.0.away.borrow() => drop(passage),
            Err(error) if is_away(error) => passage.failed(),
            // What the server refuses, it refuses because it is there.
            _ => passage.succeeded(),
        }
        outcome
    }

    /// Runs work of a transaction that has begun; ends it when the server turns out to be away.
    ///
    /// # Errors
    /// The failure of the work; a connection error when the server is away.
    pub(crate) async fn unless_away<T>(
        &self,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let mut is_away = self.0.away.subscribe();
        tokio::select! {
            biased;
            outcome = work => outcome,
            _ = is_away.wait_for(|away| *away) => Err(away()),
        }
    }

    fn enter(&self) -> Option<Passage<'_>> {
        let breaker = &self.0.breaker;
        let is_watched = self.0.watchers.load(Ordering::SeqCst) > 0;
        if is_watched && breaker.state() != BreakerState::Closed {
            return None;
        }
        breaker.enter()
    }

    /// Probes the server again and again, until dropped: opens the breaker when it is away and closes it when it is back.
    pub(crate) async fn watch(&self, mut probe: impl Probe) {
        let _watching = Watching::of(&self.0.watchers);
        loop {
            self.look(&mut probe).await;
            time::sleep(PROBE_INTERVAL).await;
        }
    }

    /// Probes once, if the breaker allows it.
    async fn look(&self, probe: &mut impl Probe) {
        let breaker = &self.0.breaker;
        if breaker.state() == BreakerState::Closed {
            let answers = probe.answers().await;
            if !answers {
                breaker.trip();
            }
            self.0.away.send_replace(!answers);
            return;
        }
        let Some(passage) = breaker.enter() else {
            return;
        };
        let answers = probe.answers().await;
        self.0.away.send_replace(!answers);
        if answers {
            passage.succeeded();
        } else {
            passage.failed();
        }
    }
}

/// Count of one watcher, until dropped.
struct Watching<'a>(&'a AtomicUsize);

impl<'a> Watching<'a> {
    fn of(watchers: &'a AtomicUsize) -> Self {
        watchers.fetch_add(1, Ordering::SeqCst);
        Self(watchers)
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Probe of a PostgreSQL server over a connection of its own.
pub(crate) struct PostgresProbe {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl PostgresProbe {
    pub(crate) fn new(options: PgConnectOptions) -> Self {
        Self {
            options: options.application_name("souk-probe"),
            connection: None,
        }
    }

    async fn ping(&mut self) -> Result<(), sqlx::Error> {
        // A server that ended this connection alone takes another.
        if let Some(mut connection) = self.connection.take()
            && connection.ping().await.is_ok()
        {
            self.connection = Some(connection);
            return Ok(());
        }
        let mut connection = PgConnection::connect_with(&self.options).await?;
        connection.ping().await?;
        self.connection = Some(connection);
        Ok(())
    }
}

impl Probe for PostgresProbe {
    async fn answers(&mut self) -> bool {
        match time::timeout(PROBE_TIMEOUT, self.ping()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => !crate::error::is_connection_failure(&error),
            Err(_) => false,
        }
    }
}

/// Error of work that was not begun, or not waited for any longer.
fn away() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the database is away".to_owned()))
}

impl Default for Availability {
    fn default() -> Self {
        Self::new(COOLDOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives these answers, one after the other.
    struct Told(Vec<bool>);

    impl Probe for Told {
        async fn answers(&mut self) -> bool {
            self.0.remove(0)
        }
    }

    fn refused() -> DbErr {
        DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout)
    }

    fn callers_fault() -> DbErr {
        DbErr::Query(RuntimeErr::SqlxError(
            sqlx::Error::ColumnNotFound("no such column".to_owned()).into(),
        ))
    }

    #[tokio::test]
    async fn acquire_timeouts_open_the_breaker_and_later_work_is_not_begun() {
        let availability = Availability::new(Duration::from_secs(3_600));
        for _ in 0..5 {
            let failed = availability.run(async { Err::<(), _>(refused()) }).await;
            failed.unwrap_err();
        }
        assert_eq!(availability.breaker().state(), BreakerState::Open);
        let begun = availability.run(async { unreachable!("it is away") as Result<(), DbErr> });
        assert!(matches!(begun.await, Err(DbErr::Conn(_))));
    }

    #[tokio::test]
    async fn callers_faults_never_open_the_breaker() {
        let availability = Availability::new(Duration::from_secs(3_600));
        for _ in 0..50 {
            let failed = availability.run(async { Err::<(), _>(callers_fault()) });
            failed.await.unwrap_err();
        }
        assert_eq!(availability.breaker().state(), BreakerState::Closed);
    }

    #[tokio::test]
    async fn work_under_way_ends_when_the_probe_gets_no_answer() {
        let availability = Availability::new(Duration::from_secs(3_600));
        let hanging = tokio::spawn({
            let availability = availability.clone();
            async move {
                availability
                    .run(std::future::pending::<Result<(), DbErr>>())
                    .await
            }
        });
        let in_transaction = tokio::spawn({
            let availability = availability.clone();
            async move {
                let hanging = std::future::pending::<Result<(), DbErr>>();
                availability.unless_away(hanging).await
            }
        });
        availability.look(&mut Told(vec![false])).await;
        assert!(matches!(hanging.await.unwrap(), Err(DbErr::Conn(_))));
        assert!(matches!(in_transaction.await.unwrap(), Err(DbErr::Conn(_))));
    }

    #[tokio::test]
    async fn breaker_stays_open_until_one_probe_succeeds() {
        let availability = Availability::new(Duration::ZERO);
        let mut probe = Told(vec![false, false, true]);
        while availability.breaker().state() == BreakerState::Closed {
            availability.look(&mut probe).await;
        }
        let _watching = Watching::of(&availability.0.watchers);
        while !probe.0.is_empty() {
            let begun = availability.run(async { Ok(()) }).await;
            begun.expect_err("only the watcher probes");
            availability.look(&mut probe).await;
        }
        availability.run(async { Ok(()) }).await.unwrap();
        assert!(!*availability.0.away.borrow());
    }
}
