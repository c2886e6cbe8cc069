//! Availability of PostgreSQL: a circuit breaker before it, and a probe that finds out when it is away and back.
//!
//! Without it each request would find out by itself, after as long as a connection may take. The probe has a connection of
//! its own, so that a pool whose connections are all busy is not taken for a server that is away. Nor is one that answers
//! statements while the probe waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
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

use crate::error::{is_away, is_pool_timeout};

/// Time between the breaker's opening and its next probe.
const COOLDOWN: Duration = Duration::from_millis(250);
/// Time between two probes.
const PROBE_INTERVAL: Duration = Duration::from_millis(200);
/// Longest time that a probe may take. Together with [`PROBE_INTERVAL`] it is below a second. A slower one keeps new
/// statements from a server that hangs; only a second one in a row ends those under way.
const PROBE_TIMEOUT: Duration = Duration::from_millis(700);

/// Availability of one database server; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Availability(Arc<Observed>);

#[derive(Debug)]
struct Observed {
    breaker: Breaker,
    /// True while the server is away beyond doubt; ends statements under way.
    away: watch::Sender<bool>,
    /// True if the last probe got no answer in time.
    was_silent: AtomicBool,
    /// Statements that succeeded.
    answers: AtomicU64,
    /// Probes that run. While one does, requests never probe.
    watchers: AtomicUsize,
}

/// A check that the server answers, in its own time.
pub(crate) trait Probe {
    /// Finds out whether the server is there.
    fn run(&mut self) -> impl Future<Output = Outcome> + Send;
}

/// Outcome of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server is there.
    Answered,
    /// The server takes no connection, or has broken one off.
    Refused,
    /// The server has not answered in time.
    Silent,
}

impl Availability {
    /// Availability of a server that is up.
    pub(crate) fn new(cooldown: Duration) -> Self {
        Self(Arc::new(Observed {
            breaker: Breaker::new("database", cooldown),
            away: watch::Sender::new(false),
            was_silent: AtomicBool::new(false),
            answers: AtomicU64::new(0),
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
            // Long statements may have all connections. A server that is away is the probe's to find.
            Err(error) if is_pool_timeout(error) => drop(passage),
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
            outcome = work => {
                if outcome.is_ok() {
                    self.0.answers.fetch_add(1, Ordering::Relaxed);
                }
                outcome
            }
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
        let passage = match breaker.state() {
            BreakerState::Closed => None,
            _ => match breaker.enter() {
                Some(passage) => Some(passage),
                None => return,
            },
        };
        let outcome = self.probed(probe).await;
        let was_silent = self.0.was_silent.load(Ordering::SeqCst);
        let is_away = outcome == Outcome::Refused || outcome == Outcome::Silent && was_silent;
        let is_silent = outcome == Outcome::Silent;
        self.0.was_silent.store(is_silent, Ordering::SeqCst);
        self.0.away.send_replace(is_away);
        match (passage, outcome) {
            (Some(passage), Outcome::Answered) => passage.succeeded(),
            (Some(passage), _) => passage.failed(),
            (None, Outcome::Answered) => {}
            (None, _) => breaker.trip(),
        }
    }

    /// Runs a probe. A server that answers statements meanwhile is there, however slow the probe.
    async fn probed(&self, probe: &mut impl Probe) -> Outcome {
        let answers = || self.0.answers.load(Ordering::Relaxed);
        let before = answers();
        match probe.run().await {
            Outcome::Silent if answers() != before => Outcome::Answered,
            outcome => outcome,
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
    async fn run(&mut self) -> Outcome {
        match time::timeout(PROBE_TIMEOUT, self.ping()).await {
            Ok(Err(error)) if crate::error::is_connection_failure(&error) => Outcome::Refused,
            Ok(_) => Outcome::Answered,
            Err(_) => Outcome::Silent,
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

    const LONG: Duration = Duration::from_secs(3_600);

    /// Gives these outcomes, one after the other.
    struct Told(Vec<Outcome>);

    impl Probe for Told {
        async fn run(&mut self) -> Outcome {
            self.0.remove(0)
        }
    }

    /// Gets no answer in time, while a statement does.
    struct SlowBesideStatement<'a>(&'a Availability);

    impl Probe for SlowBesideStatement<'_> {
        async fn run(&mut self) -> Outcome {
            self.0.run(async { Ok(()) }).await.unwrap();
            Outcome::Silent
        }
    }

    fn no_connection() -> DbErr {
        DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout)
    }

    fn refused() -> DbErr {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::Io(refused).into()))
    }

    fn callers_fault() -> DbErr {
        DbErr::Query(RuntimeErr::SqlxError(
            sqlx::Error::ColumnNotFound("no such column".to_owned()).into(),
        ))
    }

    /// Runs probes until all outcomes were given.
    async fn look_at_all(availability: &Availability, outcomes: &[Outcome]) {
        let mut probe = Told(outcomes.to_vec());
        while !probe.0.is_empty() {
            availability.look(&mut probe).await;
        }
    }

    #[tokio::test]
    async fn connection_failures_open_the_breaker_and_later_work_is_not_begun() {
        let availability = Availability::new(LONG);
        for _ in 0..5 {
            let failed = availability.run(async { Err::<(), _>(refused()) }).await;
            failed.unwrap_err();
        }
        assert_eq!(availability.breaker().state(), BreakerState::Open);
        let begun = availability.run(async { unreachable!("it is away") as Result<(), DbErr> });
        assert!(matches!(begun.await, Err(DbErr::Conn(_))));
    }

    #[tokio::test]
    async fn callers_faults_and_busy_pools_never_open_the_breaker() {
        let availability = Availability::new(LONG);
        for _ in 0..50 {
            let failed = availability.run(async { Err::<(), _>(callers_fault()) });
            failed.await.unwrap_err();
            let failed = availability.run(async { Err::<(), _>(no_connection()) });
            failed.await.unwrap_err();
        }
        assert_eq!(availability.breaker().state(), BreakerState::Closed);
    }

    #[tokio::test]
    async fn one_silent_probe_keeps_new_work_back_and_lets_work_under_way_go_on() {
        let availability = Availability::new(LONG);
        let (end, ended) = tokio::sync::oneshot::channel();
        let running = tokio::spawn({
            let availability = availability.clone();
            async move {
                let work = async move { ended.await.map_err(|_| refused()) };
                availability.run(work).await
            }
        });
        while availability.0.away.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        availability.look(&mut Told(vec![Outcome::Silent])).await;
        assert_eq!(availability.breaker().state(), BreakerState::Open);
        availability.run(async { Ok(()) }).await.unwrap_err();
        end.send(()).unwrap();
        running.await.unwrap().expect("it was healthy");
    }

    #[tokio::test]
    async fn silent_probe_of_a_server_that_answers_statements_opens_nothing() {
        let availability = Availability::new(LONG);
        for _ in 0..3 {
            let mut probe = SlowBesideStatement(&availability);
            availability.look(&mut probe).await;
        }
        assert_eq!(availability.breaker().state(), BreakerState::Closed);
    }

    #[tokio::test]
    async fn work_under_way_ends_when_the_server_is_away_beyond_doubt() {
        for outcomes in [
            &[Outcome::Refused][..],
            &[Outcome::Silent, Outcome::Silent][..],
        ] {
            let availability = Availability::new(Duration::ZERO);
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
            while availability.0.away.receiver_count() < 2 {
                tokio::task::yield_now().await;
            }
            look_at_all(&availability, outcomes).await;
            assert!(matches!(hanging.await.unwrap(), Err(DbErr::Conn(_))));
            assert!(matches!(in_transaction.await.unwrap(), Err(DbErr::Conn(_))));
        }
    }

    #[tokio::test]
    async fn breaker_stays_open_until_one_probe_succeeds() {
        let availability = Availability::new(Duration::ZERO);
        let mut probe = Told(vec![
            Outcome::Refused,
            Outcome::Silent,
            Outcome::Refused,
            Outcome::Answered,
        ]);
        availability.look(&mut probe).await;
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
