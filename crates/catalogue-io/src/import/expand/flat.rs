//! Rows made of an object's members.

use std::sync::Arc;

use serde_json::Value;

use crate::import::syntax::row::Row;

/// A row under construction.
pub(super) struct Flat {
    row: Row,
}

impl Flat {
    /// A row at the place of another.
    pub(super) fn at(row: &Row) -> Self {
        Self {
            row: Row {
                line: row.line,
                bytes: 0,
                columns: Vec::new(),
            },
        }
    }

    /// Adds a column, unless its value is missing.
    pub(super) fn put(&mut self, name: impl AsRef<str>, value: Option<&Value>) {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            self.row
                .columns
                .push((Arc::from(name.as_ref()), value.clone()));
        }
    }

    pub(super) fn put_text(&mut self, name: impl AsRef<str>, text: impl Into<String>) {
        self.put(name, Some(&Value::String(text.into())));
    }

    pub(super) fn row(self) -> Row {
        self.row
    }
}

/// Members of a list.
pub(super) fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(values)) => values,
        Some(single @ Value::Object(_)) => std::slice::from_ref(single),
        _ => &[],
    }
}
