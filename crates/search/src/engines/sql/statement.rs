//! Builder of a SQL statement in the dialect of its database.
//!
//! Values that come from a user are bound, never written into the text.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::{
    SearchError,
    engines::sql::dialect::{Dialect, Syntax},
};

/// SQL statement being built.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    dialect: Dialect,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            text: String::new(),
            values: Vec::new(),
        }
    }

    /// Returns an empty statement for a connection's database.
    pub(crate) fn for_database<C: ConnectionTrait>(connection: &C) -> Self {
        Self::new(Dialect::of(connection.get_database_backend()))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Fragments of the statement's dialect.
    pub(crate) fn syntax(&self) -> &'static Syntax {
        self.dialect.syntax()
    }

    /// Appends SQL.
    pub(crate) fn push(&mut self, sql: &str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// Appends a value's placeholder.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push(self.syntax().placeholder);
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Appends a text's placeholder. A zero byte, which PostgreSQL rejects, becomes U+FFFD.
    pub(crate) fn bind_text(&mut self, text: &str) -> &mut Self {
        self.bind(storable(text))
    }

    /// Appends the right side of a condition: ` IN` the ids. They are one value, so that the statement is the same for
    /// any number.
    pub(crate) fn in_ids(&mut self, ids: &[i64]) -> &mut Self {
        let list = serde_json::to_string(ids).unwrap_or_default();
        self.in_list(list, "entry::bigint")
    }

    /// Appends the right side of a condition: ` IN` the texts.
    pub(crate) fn in_texts<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a String>,
    ) -> &mut Self {
        self.in_list(json_list(texts), "entry")
    }

    /// Appends the right side of a condition: ` IN` the MD5 hashes of the texts. Not for SQLite.
    pub(crate) fn in_hashes<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a String>,
    ) -> &mut Self {
        self.in_list(json_list(texts), "md5(entry)")
    }

    /// Appends an array of integers. Not for SQLite.
    pub(crate) fn array<'a>(&mut self, numbers: impl IntoIterator<Item = &'a i64>) -> &mut Self {
        let numbers: Vec<_> = numbers.into_iter().map(i64::to_string).collect();
        self.push("CAST(")
            .bind(format!("{{{}}}", numbers.join(",")))
            .push(" AS bigint[])")
    }

    /// Appends a query of the full-text index. Not for SQLite.
    pub(crate) fn tsquery(&mut self, query: &str) -> &mut Self {
        self.push("CAST(").bind_text(query).push(" AS tsquery)")
    }

    /// Appends a placeholder for a list of texts, as JSON.
    pub(crate) fn bind_list<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a String>,
    ) -> &mut Self {
        self.bind(json_list(texts))
    }

    /// Appends a placeholder for pairs of texts, as JSON.
    pub(crate) fn bind_json(&mut self, pairs: &[(&String, &String)]) -> &mut Self {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(one, other)| [storable(one), storable(other)])
            .collect();
        self.bind(serde_json::to_string(&pairs).unwrap_or_default())
    }

    fn in_list(&mut self, list: String, entry: &str) -> &mut Self {
        let (before, after) = self.syntax().list;
        self.push(&before.replace("ENTRY", entry))
            .bind(list)
            .push(after)
    }

    /// Runs the statement and returns its rows.
    pub(crate) async fn rows<C: ConnectionTrait>(
        self,
        connection: &C,
    ) -> Result<Vec<QueryResult>, SearchError> {
        let statement =
            Statement::from_sql_and_values(self.dialect.backend(), self.text, self.values);
        Ok(connection.query_all_raw(statement).await?)
    }

    /// Runs a statement that has no rows.
    pub(crate) async fn run<C: ConnectionTrait>(self, connection: &C) -> Result<(), SearchError> {
        let statement =
            Statement::from_sql_and_values(self.dialect.backend(), self.text, self.values);
        connection.execute_raw(statement).await?;
        Ok(())
    }

    /// Returns the plan of the statement, as text.
    #[cfg(test)]
    pub(crate) async fn plan<C: ConnectionTrait>(
        self,
        connection: &C,
    ) -> Result<String, SearchError> {
        let mut explained = self;
        explained.text.insert_str(0, "EXPLAIN ");
        let rows = explained.rows(connection).await?;
        let lines: Result<Vec<String>, _> =
            rows.iter().map(|row| row.try_get_by_index(0)).collect();
        Ok(lines?.join("\n"))
    }
}

fn json_list<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let texts: Vec<_> = texts.into_iter().map(|text| storable(text)).collect();
    serde_json::to_string(&texts).unwrap_or_default()
}

fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
