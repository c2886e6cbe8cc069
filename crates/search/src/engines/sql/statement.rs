//! A statement in the making, in the dialect of the database it is for.
//!
//! Whatever comes from a user is bound, never written into the statement.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use crate::SearchError;

/// A statement being written.
#[derive(Debug, Clone)]
pub(super) struct Sql {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(backend: DbBackend) -> Self {
        Self {
            backend,
            text: String::new(),
            values: Vec::new(),
        }
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// Appends SQL.
    pub(super) fn push(&mut self, sql: &str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// Appends a value's placeholder.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let mark = if self.is_postgres() { '$' } else { '?' };
        self.text.push(mark);
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Appends a text's placeholder. A zero byte, which PostgreSQL cannot hold, becomes a character that nothing has.
    pub(super) fn bind_text(&mut self, text: &str) -> &mut Self {
        self.bind(storable(text))
    }

    /// Appends a condition's right side: ` IN` the ids. One value, so that the statement is the same for any number.
    pub(super) fn in_ids(&mut self, ids: &[i64]) -> &mut Self {
        let list = serde_json::to_string(ids).unwrap_or_default();
        self.in_list(list, "entry::bigint")
    }

    /// Appends a condition's right side: ` IN` the texts.
    pub(super) fn in_texts<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a String>,
    ) -> &mut Self {
        self.in_list(json_list(texts), "entry")
    }

    /// Appends a condition's right side: ` IN` the hashes of the texts. PostgreSQL only.
    pub(super) fn in_hashes<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a String>,
    ) -> &mut Self {
        self.in_list(json_list(texts), "md5(entry)")
    }

    /// Appends an array of numbers. PostgreSQL only.
    pub(super) fn array<'a>(&mut self, numbers: impl IntoIterator<Item = &'a i64>) -> &mut Self {
        let numbers: Vec<_> = numbers.into_iter().map(i64::to_string).collect();
        self.push("CAST(")
            .bind(format!("{{{}}}", numbers.join(",")))
            .push(" AS bigint[])")
    }

    /// Appends a query of the full-text index. PostgreSQL only.
    pub(super) fn tsquery(&mut self, query: &str) -> &mut Self {
        self.push("CAST(").bind_text(query).push(" AS tsquery)")
    }

    /// Appends a placeholder for pairs of texts, as JSON.
    pub(super) fn bind_json(&mut self, pairs: &[(&String, &String)]) -> &mut Self {
        let pairs = pairs.iter();
        let pairs: Vec<_> = pairs
            .map(|(one, other)| [storable(one), storable(other)])
            .collect();
        self.bind(serde_json::to_string(&pairs).unwrap_or_default())
    }

    fn in_list(&mut self, list: String, entry: &str) -> &mut Self {
        if self.is_postgres() {
            self.push(" = ANY (ARRAY(SELECT ")
                .push(entry)
                .push(" FROM jsonb_array_elements_text(CAST(")
                .bind(list)
                .push(" AS jsonb)) AS list (entry)))")
        } else {
            self.push(" IN (SELECT value FROM json_each(")
                .bind(list)
                .push("))")
        }
    }

    /// Runs it.
    pub(super) async fn rows<C: ConnectionTrait>(
        self,
        connection: &C,
    ) -> Result<Vec<QueryResult>, SearchError> {
        let statement = Statement::from_sql_and_values(self.backend, self.text, self.values);
        Ok(connection.query_all_raw(statement).await?)
    }

    /// How the database would run it.
    #[cfg(test)]
    pub(super) async fn plan<C: ConnectionTrait>(
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
