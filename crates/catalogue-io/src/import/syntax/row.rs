//! Rows of a file, whatever its syntax.

use std::sync::Arc;

use serde_json::Value;

use crate::import::report::RowFault;

/// Longest row, far above any real one.
pub(in crate::import) const MOST_ROW_BYTES: usize = 16 * 1024 * 1024;

/// Most columns of a table, far above those of any real one.
pub(in crate::import) const MOST_COLUMNS: usize = 4_096;

/// Character before a number in a table that was made of a spreadsheet.
pub(in crate::import) const NUMBER_MARK: char = '\u{1f}';

/// Row as columns and values, in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::import) struct Row {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Length in the file.
    pub bytes: usize,
    pub columns: Vec<(Arc<str>, Value)>,
}

impl Row {
    /// The first value of a column.
    pub(in crate::import) fn get(&self, name: &str) -> Option<&Value> {
        self.columns
            .iter()
            .find(|(column, _)| &**column == name)
            .map(|(_, value)| value)
    }
}

pub(super) fn too_long(line: u64) -> RowFault {
    RowFault::of_row(
        line,
        format!("is longer than {} MiB", MOST_ROW_BYTES / 1024 / 1024),
    )
}

pub(super) fn not_utf8(line: u64) -> RowFault {
    RowFault::of_row(line, "is not valid UTF-8")
}
