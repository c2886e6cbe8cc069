//! Database errors as search errors.

use sea_orm::{DbErr, RuntimeErr};
use souk_store::StoreError;

use super::postgres::session::QUERY_CANCELED;
use crate::SearchError;

impl From<DbErr> for SearchError {
    fn from(error: DbErr) -> Self {
        if is_cancelled(&error) {
            return Self::unavailable(error);
        }
        match StoreError::from(error) {
            StoreError::Unavailable(error) => Self::unavailable(error),
            error => Self::engine(error),
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
