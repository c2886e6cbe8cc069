//! Rows of a file, each with the line it begins on. What cannot be read is a fault of its row, not the end.

use std::io::{self, BufRead};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::lines::{Line, Lines};
use super::report::RowFault;

/// Longest row, far above any real one.
pub(super) const MOST_ROW_BYTES: usize = 16 * 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Row as columns and values, in the file's order.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Length in the file.
    pub bytes: usize,
    pub columns: Vec<(Arc<str>, Value)>,
}

/// A reader of rows.
pub(super) enum Rows<R> {
    Json(JsonRows<R>),
    Csv(CsvRows<R>),
}

impl<R: BufRead> Rows<R> {
    /// The next row, a fault in its place, or none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        match self {
            Self::Json(rows) => rows.next(),
            Self::Csv(rows) => rows.next(),
        }
    }
}

/// An object a line; blank lines do not count.
pub(super) struct JsonRows<R> {
    lines: Lines<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> JsonRows<R> {
    pub(super) fn new(reader: R) -> Self {
        let lines = Lines::new(reader, MOST_ROW_BYTES);
        Self {
            lines,
            buffer: Vec::new(),
        }
    }

    fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        loop {
            self.buffer.clear();
            let line = self.lines.append_next(&mut self.buffer)?;
            let number = self.lines.number;
            match line {
                Line::End => return Ok(None),
                Line::TooLong => return Ok(Some(Err(too_long(number)))),
                Line::Whole => {}
            }
            let text = without_mark(&self.buffer, number);
            if text.trim_ascii().is_empty() {
                continue;
            }
            let row = parse_object(text, number).map(|columns| Row {
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
    if line == 1 && text.trim_start().starts_with('[') {
        let reason = "is a JSON array; JSON Lines has an object a line (`jq -c '.[]'` makes it so)";
        return Err(RowFault::of_row(line, reason));
    }
    let object: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| RowFault::of_row(line, format!("is not a JSON object: {error}")))?;
    Ok(object
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect())
}

/// Records under a header; a quoted field may hold line breaks.
pub(super) struct CsvRows<R> {
    lines: Lines<R>,
    delimiter: u8,
    header: Vec<Arc<str>>,
    /// Lines read ahead of an open quote that was never closed.
    returned: Vec<NextLine>,
}

/// A line of the file; without bytes if it was too long.
struct NextLine {
    number: u64,
    bytes: Option<Vec<u8>>,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the header, and finds out the delimiter where none is given.
    pub(super) fn new(reader: R, delimiter: Option<u8>) -> io::Result<Result<Self, String>> {
        let mut rows = Self {
            lines: Lines::new(reader, MOST_ROW_BYTES),
            delimiter: delimiter.unwrap_or(b','),
            header: Vec::new(),
            returned: Vec::new(),
        };
        let Some(NextLine { number, bytes }) = rows.next_line()? else {
            return Ok(Err("the file is empty".to_owned()));
        };
        let Some(line) = bytes else {
            return Ok(Err("the header is too long to be one".to_owned()));
        };
        let line = without_mark(&line, number);
        rows.delimiter = delimiter.unwrap_or_else(|| super::format::likely_delimiter(line));
        let header = match split(line, rows.delimiter, number) {
            Ok(fields) => fields,
            Err(fault) => return Ok(Err(format!("the header {}", fault.reason))),
        };
        rows.header = header.iter().map(|name| Arc::from(name.trim())).collect();
        if rows.header.iter().all(|name| name.is_empty()) {
            return Ok(Err("the header has no column names".to_owned()));
        }
        Ok(Ok(rows))
    }

    fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        loop {
            let Some(NextLine { number, bytes }) = self.next_line()? else {
                return Ok(None);
            };
            let Some(mut record) = bytes else {
                return Ok(Some(Err(too_long(number))));
            };
            if record.trim_ascii().is_empty() {
                continue;
            }
            if !self.complete(&mut record)? {
                return Ok(Some(Err(RowFault::of_row(
                    number,
                    "has a quote that is never closed",
                ))));
            }
            return Ok(Some(self.row(&record, number)));
        }
    }

    /// Adds lines to a record while a quote in it is open. If it never closes, all lines but the first go back, so
    /// that one stray quote costs one row.
    fn complete(&mut self, record: &mut Vec<u8>) -> io::Result<bool> {
        let mut quotes = Quotes::default();
        quotes.scan(record, self.delimiter);
        let mut further: Vec<NextLine> = Vec::new();
        let mut length = record.len();
        while quotes.open() {
            let line = self.next_line()?;
            let fits = |line: &NextLine| {
                line.bytes
                    .as_ref()
                    .is_some_and(|bytes| length + bytes.len() <= MOST_ROW_BYTES)
            };
            if !line.as_ref().is_some_and(fits) {
                further.extend(line);
                self.returned.extend(further.into_iter().rev());
                return Ok(false);
            }
            if let Some(bytes) = line.as_ref().and_then(|line| line.bytes.as_ref()) {
                quotes.scan(bytes, self.delimiter);
                length += bytes.len();
            }
            further.extend(line);
        }
        for bytes in further.iter().filter_map(|line| line.bytes.as_ref()) {
            record.extend_from_slice(bytes);
        }
        Ok(true)
    }

    fn next_line(&mut self) -> io::Result<Option<NextLine>> {
        if let Some(returned) = self.returned.pop() {
            return Ok(Some(returned));
        }
        let mut buffer = Vec::new();
        let read = self.lines.append_next(&mut buffer)?;
        let number = self.lines.number;
        Ok(match read {
            Line::End => None,
            Line::TooLong => Some(NextLine {
                number,
                bytes: None,
            }),
            Line::Whole => Some(NextLine {
                number,
                bytes: Some(buffer),
            }),
        })
    }

    fn row(&self, record: &[u8], line: u64) -> Result<Row, RowFault> {
        let fields = split(record, self.delimiter, line)?;
        if fields.len() != self.header.len() {
            let reason = format!(
                "has {} fields where the header has {}",
                fields.len(),
                self.header.len()
            );
            return Err(RowFault::of_row(line, reason));
        }
        let columns = self
            .header
            .iter()
            .zip(&fields)
            .map(|(name, value)| (name.clone(), Value::String(value.to_owned())))
            .collect();
        Ok(Row {
            line,
            bytes: record.len(),
            columns,
        })
    }
}

/// State within a record: whether a quoted field is open.
#[derive(Default)]
struct Quotes {
    state: QuoteState,
}

#[derive(Default, PartialEq)]
enum QuoteState {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// A quote within quotes: the end of the field, or the first half of a doubled one.
    QuoteInQuoted,
}

impl Quotes {
    fn scan(&mut self, bytes: &[u8], delimiter: u8) {
        for &byte in bytes {
            self.state = match (&self.state, byte) {
                (QuoteState::FieldStart, b'"') => QuoteState::Quoted,
                (QuoteState::Quoted, b'"') => QuoteState::QuoteInQuoted,
                (QuoteState::QuoteInQuoted, b'"') => QuoteState::Quoted,
                (QuoteState::Quoted, _) => QuoteState::Quoted,
                (_, byte) if byte == delimiter => QuoteState::FieldStart,
                _ => QuoteState::Plain,
            };
        }
    }

    fn open(&self) -> bool {
        self.state == QuoteState::Quoted
    }
}

fn split(record: &[u8], delimiter: u8, line: u64) -> Result<csv::StringRecord, RowFault> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(record.len())
        .from_reader(record);
    let mut fields = csv::ByteRecord::new();
    reader
        .read_byte_record(&mut fields)
        .map_err(|error| RowFault::of_row(line, error.to_string()))?;
    csv::StringRecord::from_byte_record(fields).map_err(|_| not_utf8(line))
}

fn without_mark(line: &[u8], number: u64) -> &[u8] {
    match number {
        1 => line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line),
        _ => line,
    }
}

fn too_long(line: u64) -> RowFault {
    RowFault::of_row(
        line,
        format!("is longer than {} MiB", MOST_ROW_BYTES / 1024 / 1024),
    )
}

fn not_utf8(line: u64) -> RowFault {
    RowFault::of_row(line, "is not valid UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut rows: Rows<&[u8]>) -> Vec<Result<Row, RowFault>> {
        std::iter::from_fn(|| rows.next().unwrap()).collect()
    }

    fn csv(text: &str) -> Vec<Result<Row, RowFault>> {
        all(Rows::Csv(
            CsvRows::new(text.as_bytes(), None).unwrap().unwrap(),
        ))
    }

    fn value(row: &Result<Row, RowFault>, index: usize) -> (&str, &str) {
        let (name, value) = &row.as_ref().unwrap().columns[index];
        (name, value.as_str().unwrap())
    }

    #[test]
    fn json_faults_cost_their_row_only() {
        let text = b"\xef\xbb\xbf{\"id\":1}\n\n{\"id\":\n[1]\n{\"id\":\"\xff\"}\n{\"id\":5}";
        let rows = all(Rows::Json(JsonRows::new(&text[..])));
        let lines: Vec<_> = rows
            .iter()
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

    #[test]
    fn a_json_array_is_explained() {
        let rows = all(Rows::Json(JsonRows::new(&b"[{\"id\":1}]"[..])));
        assert!(rows[0].as_ref().unwrap_err().reason.contains("JSON array"));
    }

    #[test]
    fn csv_fields_may_hold_delimiters_quotes_and_lines() {
        let rows = csv("\u{feff}id;title\r\n1;\"a;b \"\"c\"\"\r\nd\"\r\n2;5\" disk\r\n");
        assert_eq!(value(&rows[0], 1), ("title", "a;b \"c\"\r\nd"));
        assert_eq!(value(&rows[1], 1), ("title", "5\" disk"));
        assert_eq!(rows[1].as_ref().unwrap().line, 4);
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_quote_never_closed_costs_one_row() {
        let rows = csv("id,title\n1,\"open\n2,two\n3,three\n");
        assert!(
            rows[0]
                .as_ref()
                .unwrap_err()
                .reason
                .contains("never closed")
        );
        assert_eq!(value(&rows[1], 0), ("id", "2"));
        assert_eq!(value(&rows[2], 0), ("id", "3"));
    }

    #[test]
    fn a_row_of_another_width_is_a_fault() {
        let rows = csv("id,title\n1\n2,two,three\n4,four\n");
        assert_eq!(
            rows[0].as_ref().unwrap_err().reason,
            "has 1 fields where the header has 2"
        );
        assert!(rows[1].is_err());
        assert_eq!(value(&rows[2], 1), ("title", "four"));
    }
}
