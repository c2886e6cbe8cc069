//! Database errors as search errors.

use sea_orm::{DbErr, RuntimeErr};

use super::postgres::session::QUERY_CANCELED;
use crate::SearchError;

impl From<DbErr> for SearchError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::unavailable(error),
            other if is_cancelled(&other) => Self::unavailable(other),
            other => Self::engine(other),
        }
    }
}

fn is_cancelled(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == QUERY_CANCELED)
}
