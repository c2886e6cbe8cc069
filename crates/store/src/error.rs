//! Errors of the store, by how callers handle them.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};
use souk_domain::InvalidField;

/// A store operation that was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Entity does not exist in this tenant.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Value collides with an existing one.
    #[error("{field}: {message}")]
    Conflict {
        /// The field to blame, by its name on the wire.
        field: &'static str,
        /// Description of the collision.
        message: String,
    },
    /// Entity tag does not match: the entity was changed in the meantime.
    #[error("it has been changed since it was read")]
    PreconditionFailed,
    /// The input cannot be stored.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The database cannot be reached or is too busy; trying again later may help.
    #[error("the database is unavailable")]
    Unavailable(#[source] DbErr),
    /// The database refused a statement, or answered what cannot be read.
    #[error("the database failed")]
    Database(#[source] DbErr),
    /// Rows could not be written as JSON.
    #[error("rows could not be encoded")]
    Encoding(#[from] serde_json::Error),
}

impl StoreError {
    /// A collision in one field.
    pub(crate) fn conflict(field: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict {
            field,
            message: message.into(),
        }
    }

    /// Returns it as an error of the database.
    pub(crate) fn into_db(self) -> DbErr {
        match self {
            Self::Unavailable(error) | Self::Database(error) => error,
            error => DbErr::Custom(error.to_string()),
        }
    }

    /// Returns true if a concurrent transaction took a unique key first or caused a deadlock, so that a retry may succeed.
    pub(crate) fn lost_a_race(&self) -> bool {
        match self {
            Self::Conflict { field, .. } => ["external_id", "slug"].contains(field),
            Self::Unavailable(error) => database_code(error).is_some_and(|code| code == DEADLOCK),
            _ => false,
        }
    }
}

/// PostgreSQL's code for a transaction that was given up so that another can go on.
const DEADLOCK: &str = "40P01";

/// Fields that are unique, by what the databases call the violated constraint or columns.
const UNIQUE_FIELDS: [&str; 6] = ["external_id", "is_default", "host", "sku", "slug", "mail"];

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if is_unavailable(&error) {
            return Self::Unavailable(error);
        }
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(message)) => {
                match UNIQUE_FIELDS.iter().find(|field| message.contains(*field)) {
                    Some(field) => Self::conflict(field, "is taken"),
                    None => Self::Database(error),
                }
            }
            _ => Self::Database(error),
        }
    }
}

/// Returns true if a foreign key kept the row from being deleted.
pub(crate) fn is_still_in_use(error: &DbErr) -> bool {
    // PostgreSQL's foreign key and restrict violations, then SQLite's, which carries `RESTRICT` out by a trigger.
    database_code(error).is_some_and(|code| ["23503", "23001", "787", "1811"].contains(&&*code))
}

/// The database's own code of an error.
fn database_code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    let sqlx::Error::Database(error) = error.as_ref() else {
        return None;
    };
    Some(error.code()?.into_owned())
}

fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_ref() {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => is_retryable(error.as_ref()),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Returns true if the server could not be reached, or a connection to it broke. What a caller did wrong, transactions
/// that lost to others, and a pool without a free connection are no reason.
pub(crate) fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => is_connection_failure(error),
        _ => false,
    }
}

/// Returns true if no connection was to be had in time: the server may be away, or all connections be in use.
pub(crate) fn is_pool_timeout(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            matches!(error.as_ref(), sqlx::Error::PoolTimedOut)
        }
        _ => false,
    }
}

/// Returns true if a connection broke, or the server goes away.
pub(crate) fn is_connection_failure(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.starts_with("08") || code.starts_with("57P")
        }
        _ => false,
    }
}

/// A refusal that says nothing about the statement: the server is going away or full, or another transaction won.
fn is_retryable(error: &dyn sqlx::error::DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    let postgres = error
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_some();
    if postgres {
        // Connection exceptions, shutdowns, too many connections, deadlocks and serialization failures.
        code.starts_with("08")
            || code.starts_with("57P")
            || ["53300", DEADLOCK, "40001"].contains(&code.as_ref())
    } else {
        is_busy_code(&code)
    }
}

/// Returns true if SQLite reports that another connection is writing.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    database_code(error).is_some_and(|code| is_busy_code(&code))
}

/// `SQLITE_BUSY` and `SQLITE_LOCKED` with whatever detail is in the higher bits.
fn is_busy_code(code: &str) -> bool {
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xFF, 5 | 6))
}
