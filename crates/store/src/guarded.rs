//! Connections and transactions behind the database's circuit breaker.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Notify, watch};

use crate::{StoreError, availability::Availability, identity::audit::act};

/// A pool of connections. On PostgreSQL its statements fail at once while the server is away. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Connection {
    inner: DatabaseConnection,
    /// None on SQLite: a file is not away.
    availability: Option<Availability>,
}

/// A transaction; rolled back when it is dropped.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    availability: Option<Availability>,
    /// Statements that end it.
    before_commit: Vec<Statement>,
    /// True if it may write the entry of the act that it is a part of.
    is_audited: bool,
    /// Told once it has committed.
    wakes: Mutex<Vec<Wake>>,
}

/// Waiters for a commit.
#[derive(Debug)]
pub(crate) enum Wake {
    /// One of those who share a work.
    One(Arc<Notify>),
    /// Everybody who listens.
    All(Arc<watch::Sender<()>>),
}

impl From<DatabaseConnection> for Connection {
    /// A pool without a breaker.
    fn from(inner: DatabaseConnection) -> Self {
        Self {
            inner,
            availability: None,
        }
    }
}

impl Connection {
    pub(crate) fn guarded(inner: DatabaseConnection, availability: Availability) -> Self {
        Self {
            inner,
            availability: Some(availability),
        }
    }

    /// Returns the pool itself, without the breaker.
    pub fn unguarded(&self) -> &DatabaseConnection {
        &self.inner
    }

    /// Checks that the database answers, without a transaction.
    ///
    /// # Errors
    /// If it does not.
    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        self.run(self.inner.ping()).await
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// If the database is away or refuses.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        self.begin_with(TransactionOptions::default()).await
    }

    pub(crate) async fn begin_with(
        &self,
        options: TransactionOptions,
    ) -> Result<Transaction, DbErr> {
        let inner = self.run(self.inner.begin_with_options(options)).await?;
        Ok(Transaction {
            inner,
            availability: self.availability.clone(),
            before_commit: Vec::new(),
            is_audited: false,
            wakes: Mutex::default(),
        })
    }

    async fn run<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        match &self.availability {
            Some(availability) => availability.run(work).await,
            None => work.await,
        }
    }
}

#[async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.inner.query_all_raw(statement)).await
    }
}

impl Transaction {
    /// Adds a statement that is executed last, if the transaction commits.
    pub(crate) fn before_commit(&mut self, statement: Statement) {
        self.before_commit.push(statement);
    }

    /// Has somebody woken once it has committed.
    pub(crate) fn wake_after(&self, waiting: Wake) {
        self.wakes.lock().push(waiting);
    }

    /// Has it write the entry of the act that it is a part of, if there is one.
    pub(crate) fn audited(self) -> Self {
        Self {
            is_audited: true,
            ..self
        }
    }

    /// Commits it.
    ///
    /// # Errors
    /// If the database refuses or is away. Then it is not known whether it committed.
    pub async fn commit(mut self) -> Result<(), DbErr> {
        for statement in std::mem::take(&mut self.before_commit) {
            self.execute_raw(statement).await?;
        }
        // Last of all: whoever writes an entry keeps others from the chain.
        let held = match self.is_audited {
            true => act::write_pending(&self)
                .await
                .map_err(StoreError::into_db)?,
            false => None,
        };
        let Self {
            inner,
            availability,
            wakes,
            ..
        } = self;
        unless_away(availability.as_ref(), inner.commit()).await?;
        for waiting in wakes.into_inner() {
            match waiting {
                Wake::One(notify) => notify.notify_one(),
                Wake::All(sender) => sender.send_replace(()),
            }
        }
        if let Some(held) = held {
            held.committed();
        }
        Ok(())
    }

    /// Rolls it back.
    ///
    /// # Errors
    /// If the database is away; then it is rolled back all the same.
    pub async fn rollback(self) -> Result<(), DbErr> {
        let Self {
            inner,
            availability,
            ..
        } = self;
        unless_away(availability.as_ref(), inner.rollback()).await
    }

    async fn run<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        unless_away(self.availability.as_ref(), work).await
    }
}

async fn unless_away<T>(
    availability: Option<&Availability>,
    work: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    match availability {
        Some(availability) => availability.unless_away(work).await,
        None => work.await,
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.inner.query_all_raw(statement)).await
    }
}
