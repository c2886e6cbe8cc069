//! Databases of a benchmark's own on the server of the stack, which nothing indexes.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use souk_store::{DatabaseOptions, Store};

use super::{Arguments, Stack};
use crate::fill;

/// A database with Souk's schema and nothing in it.
pub(super) struct Database {
    name: String,
    url: String,
    souk: PathBuf,
    store: Store,
}

impl Database {
    /// Makes it, in place of what an earlier run may have left.
    pub(super) async fn create(stack: &Stack, arguments: &Arguments, name: &str) -> Result<Self> {
        let name = format!("souk_bench_{name}");
        stack.sql(&dropping(&name)).await?;
        stack.sql(&format!("CREATE DATABASE {name}")).await?;
        let url =
            with_database(&arguments.place.database, &name).context("no database is named")?;
        fill::run(&arguments.place.souk, &url, &["migrate"])?;
        let store = Store::connect(&DatabaseOptions::new(&url)).await?;
        let souk = arguments.place.souk.clone();
        Ok(Self {
            name,
            url,
            souk,
            store,
        })
    }

    /// Removes it. What it left to be written and tidied up would slow down who comes next.
    pub(super) async fn remove(self, stack: &Stack) -> Result<()> {
        stack.sql(&dropping(&self.name)).await
    }

    /// For statements.
    pub(super) fn connection(&self) -> &DatabaseConnection {
        self.store.connection().unguarded()
    }

    /// Lets `souk` work on it, and answers how long that took.
    pub(super) fn souk(&self, arguments: &[&str]) -> Result<Duration> {
        fill::run(&self.souk, &self.url, arguments)
    }

    /// Writes what the server still has to write of earlier work.
    pub(super) async fn settle(&self) -> Result<()> {
        self.connection().execute_unprepared("CHECKPOINT").await?;
        Ok(())
    }

    /// Number of products.
    pub(super) async fn products(&self) -> Result<u64> {
        let count = Statement::from_string(DbBackend::Postgres, "SELECT count(*) FROM products");
        let row = self.connection().query_one_raw(count).await?;
        let count: i64 = row.context("no count")?.try_get_by_index(0)?;
        Ok(u64::try_from(count)?)
    }
}

/// Drops the database; its last connections end with it.
fn dropping(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}

/// A file's path as an argument.
pub(super) fn spoken(path: &Path) -> Result<&str> {
    path.to_str().context("the path of a file is no text")
}

/// The address of another database on the same server.
pub(super) fn with_database(url: &str, name: &str) -> Option<String> {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/')?;
    let separator = if parameters.is_empty() { "" } else { "?" };
    Some(format!("{server}/{name}{separator}{parameters}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_database_changes_in_an_address() {
        for (url, expected) in [
            ("postgres://souk@h:5/souk", "postgres://souk@h:5/x"),
            (
                "postgres://h/a?sslmode=disable",
                "postgres://h/x?sslmode=disable",
            ),
        ] {
            assert_eq!(super::with_database(url, "x").unwrap(), expected);
        }
    }
}
