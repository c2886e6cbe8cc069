//! The database of the trial, as somebody with a shell looks into it.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::process::output;

/// Database that is looked into from outside while Souk uses it.
pub(super) enum Database {
    /// PostgreSQL, through `psql`.
    Postgres {
        /// The program.
        psql: PathBuf,
        /// URL of the database.
        url: String,
    },
    /// SQLite, through `sqlite3`.
    Sqlite {
        /// The program.
        sqlite3: PathBuf,
        /// File of the database.
        file: PathBuf,
    },
}

impl Database {
    /// Runs a statement and returns its rows, with the columns separated by `|`.
    pub(super) fn rows(&self, statement: &str) -> Result<Vec<String>> {
        let mut command = match self {
            Self::Postgres { psql, url } => {
                let mut command = Command::new(psql);
                command.args([url, "--quiet", "--no-psqlrc", "--tuples-only", "--no-align"]);
                command.args(["--set", "ON_ERROR_STOP=1", "--command", statement]);
                command
            }
            Self::Sqlite { sqlite3, file } => {
                let mut command = Command::new(sqlite3);
                // Souk writes at the same time.
                command.args(["-batch", "-bail", "-cmd", ".timeout 20000"]);
                command.arg(file).arg(statement);
                command
            }
        };
        let rows = output(&mut command)?;
        let rows = String::from_utf8_lossy(&rows);
        Ok(rows.lines().map(str::to_owned).collect())
    }

    /// Returns the number that a statement selects.
    pub(super) fn number(&self, statement: &str) -> Result<i64> {
        let rows = self.rows(statement)?;
        let number = rows.first().and_then(|row| row.parse().ok());
        number.with_context(|| format!("no number: {rows:?}"))
    }
}
