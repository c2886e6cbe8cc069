//! Differences between the two databases, and helpers for statements that run on both.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use serde::Serialize;

use crate::StoreError;

/// The highest sum that is kept and reported: what every JSON reader holds exactly.
pub(crate) const MOST: i64 = (1 << 53) - 1;

/// The database behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// PostgreSQL 14 or newer.
    Postgres,
    /// SQLite, in one file.
    Sqlite,
}

/// Type of a column of a [record set](Backend::record_set).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Integer,
    Text,
    Json,
}

impl Backend {
    /// The database of a connection.
    pub(crate) fn of(connection: &impl ConnectionTrait) -> Self {
        match connection.get_database_backend() {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// A statement with its values; `$1` is a placeholder in both databases.
    pub(crate) fn statement(
        self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> Statement {
        let backend = match self {
            Self::Postgres => DbBackend::Postgres,
            Self::Sqlite => DbBackend::Sqlite,
        };
        Statement::from_sql_and_values(backend, sql, values)
    }

    /// The condition that a column is among ids bound as one parameter, see [`Self::ids`].
    pub(crate) fn among_ids(self, column: &str, parameter: &str) -> String {
        match self {
            Self::Postgres => format!("{column} = ANY ({parameter}::bigint[])"),
            Self::Sqlite => format!("{column} IN (SELECT value FROM json_each({parameter}))"),
        }
    }

    /// Ids as one parameter.
    pub(crate) fn ids(self, ids: impl IntoIterator<Item = i64>) -> Value {
        let list = ids
            .into_iter()
            .map(|id| id.to_string())
            .collect::<Vec<_>>()
            .join(",");
        match self {
            Self::Postgres => format!("{{{list}}}").into(),
            Self::Sqlite => format!("[{list}]").into(),
        }
    }

    /// The condition that a column is among texts bound as one parameter by [`json`].
    pub(crate) fn among_texts(self, column: &str, parameter: &str) -> String {
        match self {
            Self::Postgres => format!(
                "{column} = ANY (ARRAY(SELECT jsonb_array_elements_text({parameter}::jsonb)))"
            ),
            Self::Sqlite => format!("{column} IN (SELECT value FROM json_each({parameter}))"),
        }
    }

    /// A table `r` made of one parameter bound by [`json`]: an array of objects, one a row.
    pub(crate) fn record_set(self, parameter: &str, columns: &[(&str, Kind)]) -> String {
        let column = |(name, kind): &(&str, Kind)| match (self, kind) {
            (Self::Postgres, Kind::Integer) => format!("{name} bigint"),
            (Self::Postgres, Kind::Text) => format!("{name} text"),
            (Self::Postgres, Kind::Json) => format!("{name} jsonb"),
            (Self::Sqlite, Kind::Json) => format!("value -> '{name}' AS {name}"),
            (Self::Sqlite, _) => format!("value ->> '{name}' AS {name}"),
        };
        let columns = columns.iter().map(column).collect::<Vec<_>>().join(", ");
        match self {
            Self::Postgres => format!("jsonb_to_recordset({parameter}::jsonb) AS r ({columns})"),
            Self::Sqlite => format!("(SELECT {columns} FROM json_each({parameter})) AS r"),
        }
    }

    /// The statement that notes the products of [`Self::ids`], `$1`, for the SQL engine's projection.
    pub(crate) fn note_for_search(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT souk_search_changed($1::bigint[])",
            Self::Sqlite => "INSERT INTO search_noted SELECT 'product', value FROM json_each($1)",
        }
    }

    /// The time of the database in milliseconds since 1970 UTC, as its triggers and defaults take it.
    pub(crate) fn now(self) -> &'static str {
        match self {
            Self::Postgres => "souk_now_ms()",
            Self::Sqlite => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        }
    }

    /// Returns the lock clause that keeps selected rows from deletion. SQLite has one writer at a time and needs none.
    pub(crate) fn for_key_share(self) -> &'static str {
        match self {
            Self::Postgres => " FOR KEY SHARE",
            Self::Sqlite => "",
        }
    }

    /// Returns the lock clause for rows to be deleted: it waits for transactions that refer to them and blocks new ones.
    pub(crate) fn for_deletion(self) -> &'static str {
        match self {
            Self::Postgres => " FOR UPDATE",
            Self::Sqlite => "",
        }
    }

    /// A sum of whole numbers as one that is at most [`MOST`]: both databases fail at a sum beyond what a `bigint` holds.
    pub(crate) fn capped_sum(self, of: &str) -> String {
        match self {
            Self::Postgres => format!("CAST(least(coalesce(sum({of}), 0), {MOST}) AS bigint)"),
            Self::Sqlite => format!("CAST(min(total({of}), {MOST}) AS INTEGER)"),
        }
    }

    /// The lower of two numbers.
    pub(crate) fn lower(self, one: &str, other: &str) -> String {
        match self {
            Self::Postgres => format!("least({one}, {other})"),
            Self::Sqlite => format!("min({one}, {other})"),
        }
    }

    /// Returns the lock clause that keeps selected rows unchanged. SQLite has one writer at a time and needs none.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            Self::Postgres => " FOR NO KEY UPDATE",
            Self::Sqlite => "",
        }
    }
}

/// Any rows as one JSON parameter.
pub(crate) fn json(rows: &impl Serialize) -> Result<Value, StoreError> {
    Ok(serde_json::to_string(rows)?.into())
}

/// Every row of a query.
pub(crate) async fn all<R: FromQueryResult>(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<Vec<R>, StoreError> {
    let rows = connection.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| R::from_query_result(row, "").map_err(StoreError::from))
        .collect()
}

/// The first row of a query. Reads to the end, because SQLite commits a `RETURNING` only then.
pub(crate) async fn first<R: FromQueryResult>(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<Option<R>, StoreError> {
    Ok(all(connection, statement).await?.into_iter().next())
}

/// Runs a statement and says how many rows it changed.
pub(crate) async fn execute(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<u64, StoreError> {
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// A row of one id, `AS id`.
#[derive(Debug, FromQueryResult)]
pub(crate) struct IdRow {
    pub(crate) id: i64,
}

/// A row of one number, `AS count`.
#[derive(Debug, FromQueryResult)]
pub(crate) struct CountRow {
    pub(crate) count: i64,
}

/// Now, in milliseconds since 1970 UTC.
pub(crate) fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}
