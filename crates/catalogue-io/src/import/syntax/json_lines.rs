//! JSON Lines: an object a line.

use std::io::{self, BufRead};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::lines::{Line, Lines};
use super::row::{MOST_ROW_BYTES, Row, not_utf8, too_long};
use crate::import::report::RowFault;

/// An object a line; blank lines do not count. What cannot be read is a fault of its row, not the end.
pub(in crate::import) struct JsonLines<R> {
    lines: Lines<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> JsonLines<R> {
    pub(in crate::import) fn new(reader: R) -> Self {
        Self {
            lines: Lines::new(reader, MOST_ROW_BYTES),
            buffer: Vec::new(),
        }
    }

    pub(in crate::import) fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        loop {
            self.buffer.clear();
            let line = self.lines.append_next(&mut self.buffer)?;
            let number = self.lines.number;
            match line {
                Line::End => return Ok(None),
                Line::TooLong => return Ok(Some(Err(too_long(number)))),
                Line::Whole => {}
            }
            if self.buffer.trim_ascii().is_empty() {
                continue;
            }
            let row = parse_object(&self.buffer, number).map(|columns| Row {
                line: number,
                bytes: self.buffer.len(),
                columns,
            });
            return Ok(Some(row));
        }
    }
}

fn parse_object(text: &[u8], line: u64) -> Result<Vec<(Arc<str>, Value)>, RowFault> {
    let text = std::str::from_utf8(text).map_err(|_| not_utf8(line))?;
    let object: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| RowFault::of_row(line, format!("is not a JSON object: {error}")))?;
    Ok(object
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_faults_cost_their_row_only() {
        let text = b"{\"id\":1}\n\n{\"id\":\n[1]\n{\"id\":\"\xff\"}\n{\"id\":5}";
        let mut rows = JsonLines::new(&text[..]);
        let lines: Vec<_> = std::iter::from_fn(|| rows.next().unwrap())
            .map(|row| match row {
                Ok(row) => (row.line, true),
                Err(fault) => (fault.line, false),
            })
            .collect();
        assert_eq!(
            lines,
            [(1, true), (3, false), (4, false), (5, false), (6, true)]
        );
    }
}
