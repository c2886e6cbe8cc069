//! Tables: records under a header, which may have titles and remarks above it.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::sync::Arc;

use serde_json::{Number, Value};

use super::delimiters;
use super::lines::{Line, Lines};
use super::quotes::Quotes;
use super::row::{MOST_COLUMNS, MOST_ROW_BYTES, NUMBER_MARK, Row, not_utf8, too_long};
use crate::import::report::RowFault;
use crate::spreadsheet::unmarked;

/// Rows among which the header is.
const HEADER_ROWS: usize = 10;
/// Lines and bytes by which the delimiter is found.
const SAMPLE_LINES: usize = 40;
const SAMPLE_BYTES: usize = 1024 * 1024;

/// Records under a header; a quoted field may hold line breaks.
pub(in crate::import) struct Table<R> {
    lines: Lines<R>,
    pub(in crate::import) delimiter: u8,
    plain_quotes: bool,
    exact: bool,
    has_number_marks: bool,
    pub(in crate::import) header: Vec<Arc<str>>,
    /// Lines above the header that were passed over.
    pub(in crate::import) passed: u64,
    /// Lines read ahead: by the search for the header, or by an open quote that was never closed.
    returned: VecDeque<NextLine>,
}

/// A line of the file; without bytes if it was too long.
#[derive(Clone)]
struct NextLine {
    number: u64,
    bytes: Option<Vec<u8>>,
}

/// Rates a row as a header: by how many names are known; higher is likelier, 0 is none.
pub(in crate::import) type RateHeader<'a> = &'a dyn Fn(&[String]) -> usize;

impl<R: BufRead> Table<R> {
    /// Finds delimiter and header.
    ///
    /// # Errors
    /// If the file cannot be read; the inner error says why it is no table.
    pub(in crate::import) fn open(
        reader: R,
        delimiter: Option<u8>,
        rate: RateHeader<'_>,
    ) -> io::Result<Result<Self, String>> {
        let mut table = Self {
            lines: Lines::new(reader, MOST_ROW_BYTES),
            delimiter: delimiter.unwrap_or(b','),
            plain_quotes: false,
            exact: false,
            has_number_marks: false,
            header: Vec::new(),
            passed: 0,
            returned: VecDeque::new(),
        };
        table.lines.find_ends()?;
        let mut sample = Vec::new();
        let mut ahead = VecDeque::new();
        while ahead.len() < SAMPLE_LINES && sample.len() < SAMPLE_BYTES {
            let Some(line) = table.next_line()? else {
                break;
            };
            let Some(bytes) = &line.bytes else {
                let reason = format!(
                    "line {} is longer than {} MiB: this is no table with a row a line",
                    line.number,
                    MOST_ROW_BYTES / 1024 / 1024
                );
                return Ok(Err(reason));
            };
            if ahead.is_empty() && bytes.trim_ascii().is_empty() {
                continue;
            }
            if let Some(told) = separator_line(bytes) {
                table.delimiter = delimiter.unwrap_or(told);
                table.passed += 1;
                sample.clear();
                ahead.clear();
                // Nothing above it counts, and it has told the delimiter.
                let told = table.delimiter;
                return table.find_header(Some(told), rate);
            }
            if !is_remark(bytes) {
                sample.extend_from_slice(bytes);
            }
            ahead.push_back(line);
        }
        if ahead.is_empty() {
            return Ok(Err("the file is empty".to_owned()));
        }
        table.returned = ahead;
        let found = delimiter.unwrap_or_else(|| delimiters::likely(&normal_ends(&sample)));
        table.find_header(Some(found), rate)
    }

    fn find_header(
        mut self,
        delimiter: Option<u8>,
        rate: RateHeader<'_>,
    ) -> io::Result<Result<Self, String>> {
        self.delimiter = delimiter.unwrap_or(self.delimiter);
        let mut candidates: Vec<(Vec<NextLine>, Vec<String>)> = Vec::new();
        while candidates.len() < HEADER_ROWS {
            let Some(first) = self.next_line()? else {
                break;
            };
            let Some(mut record) = first.bytes.clone() else {
                self.returned.push_front(first);
                break;
            };
            let mut used = vec![first.clone()];
            if let Some(further) = self.rest_of(&mut record)? {
                used.extend(further);
            }
            if record.trim_ascii().is_empty() {
                continue;
            }
            let cells = match self.split(&record, first.number) {
                Ok(cells) => cells.iter().map(|cell| cell.trim().to_owned()).collect(),
                Err(_) => Vec::new(),
            };
            candidates.push((used, cells));
        }
        let rated = |cells: &[String], record: &[NextLine]| {
            let remark = record[0]
                .bytes
                .as_ref()
                .is_some_and(|bytes| is_remark(bytes));
            if remark { 0 } else { rate(cells) }
        };
        let usual = usual_width(&candidates);
        let best = candidates
            .iter()
            .enumerate()
            .map(|(at, (record, cells))| (rated(cells, record), at))
            .filter(|(rating, _)| *rating > 0)
            // The first of equals.
            .max_by_key(|(rating, at)| (*rating, usize::MAX - at))
            .map(|(_, at)| at)
            .or_else(|| {
                candidates.iter().position(|(record, cells)| {
                    let remark = record[0]
                        .bytes
                        .as_ref()
                        .is_some_and(|bytes| is_remark(bytes));
                    !remark && cells.len() >= usual && cells.iter().any(|cell| !cell.is_empty())
                })
            });
        let Some(best) = best else {
            let reason = match candidates.is_empty() {
                true => "the file is empty",
                false => "the header has no column names",
            };
            return Ok(Err(reason.to_owned()));
        };
        self.passed += best as u64;
        let mut rest = candidates.split_off(best);
        let (_, header) = rest.remove(0);
        if header.len() > MOST_COLUMNS {
            let reason = format!(
                "the header has {} columns, and a table has at most {MOST_COLUMNS}",
                header.len()
            );
            return Ok(Err(reason));
        }
        self.header = header
            .iter()
            .map(|name| Arc::from(name.trim_start_matches(NUMBER_MARK)))
            .collect();
        let mut returned: VecDeque<NextLine> =
            rest.into_iter().flat_map(|(lines, _)| lines).collect();
        returned.append(&mut self.returned);
        self.returned = returned;
        Ok(Ok(self))
    }

    /// Takes quotes for plain characters from here on.
    pub(in crate::import) fn take_quotes_as_they_are(&mut self) {
        self.plain_quotes = true;
    }

    /// Takes cells as they are from here on, also where a spreadsheet would have written a formula.
    pub(in crate::import) fn take_cells_as_they_are(&mut self) {
        self.exact = true;
    }

    /// Takes cells that have the mark of a number for numbers from here on.
    pub(in crate::import) fn take_marked_numbers(&mut self) {
        self.has_number_marks = true;
    }

    pub(in crate::import) fn next(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
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
            if self.rest_of(&mut record)?.is_none() {
                return Ok(Some(Err(RowFault::of_row(
                    number,
                    "has a quote that is never closed",
                ))));
            }
            match self.row(&record, number) {
                Ok(None) => {}
                Ok(Some(row)) => return Ok(Some(Ok(row))),
                Err(fault) => return Ok(Some(Err(fault))),
            }
        }
    }

    /// Adds lines to a record while a quote in it is open, and returns them. If it never closes, all go back, so that
    /// one stray quote costs one row.
    fn rest_of(&mut self, record: &mut Vec<u8>) -> io::Result<Option<Vec<NextLine>>> {
        if self.plain_quotes {
            return Ok(Some(Vec::new()));
        }
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
                for line in further.into_iter().rev() {
                    self.returned.push_front(line);
                }
                return Ok(None);
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
        Ok(Some(further))
    }

    fn next_line(&mut self) -> io::Result<Option<NextLine>> {
        if let Some(returned) = self.returned.pop_front() {
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

    /// The row of a record; none if all its cells are blank.
    fn row(&self, record: &[u8], line: u64) -> Result<Option<Row>, RowFault> {
        let fields = self.split(record, line)?;
        let filled = fields.iter().rposition(|cell| !cell.trim().is_empty());
        let Some(last_filled) = filled else {
            return Ok(None);
        };
        let too_short = fields.len() * 2 <= self.header.len() && fields.len() < self.header.len();
        if last_filled >= self.header.len() || too_short {
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
            .zip(fields)
            .map(|(name, value)| (name.clone(), self.value(value)))
            .collect();
        Ok(Some(Row {
            line,
            bytes: record.len(),
            columns,
        }))
    }

    fn value(&self, cell: String) -> Value {
        if self.has_number_marks
            && let Some(number) = cell.strip_prefix(NUMBER_MARK)
        {
            return match serde_json::from_str::<Number>(number) {
                Ok(number) => Value::Number(number),
                Err(_) => Value::String(number.to_owned()),
            };
        }
        Value::String(match self.exact {
            true => unmarked(cell),
            false => without_formula(cell),
        })
    }

    fn split(&self, record: &[u8], line: u64) -> Result<Vec<String>, RowFault> {
        let record = normal_end(record);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .quoting(!self.plain_quotes)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(record.len().max(1))
            .from_reader(record);
        let mut fields = csv::ByteRecord::new();
        reader
            .read_byte_record(&mut fields)
            .map_err(|error| RowFault::of_row(line, error.to_string()))?;
        let fields = csv::StringRecord::from_byte_record(fields).map_err(|_| not_utf8(line))?;
        Ok(fields.iter().map(str::to_owned).collect())
    }
}

fn usual_width(candidates: &[(Vec<NextLine>, Vec<String>)]) -> usize {
    let widths: Vec<usize> = candidates.iter().map(|(_, cells)| cells.len()).collect();
    let count = |width: usize| widths.iter().filter(|&&other| other == width).count();
    widths
        .iter()
        .copied()
        .max_by_key(|&width| (count(width), width))
        .unwrap_or_default()
}

/// A line such as `sep=;` with which a spreadsheet tells the delimiter.
fn separator_line(line: &[u8]) -> Option<u8> {
    let text = line.trim_ascii_end();
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    let told = text
        .strip_prefix(b"sep=")
        .or_else(|| text.strip_prefix(b"SEP="));
    match told {
        Some([delimiter]) => Some(*delimiter),
        Some([]) if line.starts_with(b"sep=\t") => Some(b'\t'),
        _ => None,
    }
}

/// Reports whether a line above the header is a remark, such as `# Required | ...`.
fn is_remark(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    text.starts_with(b"#")
}

fn normal_end(record: &[u8]) -> &[u8] {
    let mut record = record;
    while let Some(shorter) = record
        .strip_suffix(b"\n")
        .or_else(|| record.strip_suffix(b"\r"))
    {
        record = shorter;
    }
    record
}

fn normal_ends(sample: &[u8]) -> Vec<u8> {
    sample
        .iter()
        .map(|&byte| if byte == b'\r' { b'\n' } else { byte })
        .collect()
}

/// Text of a cell that a spreadsheet writes as a formula, such as `="0123"`.
fn without_formula(cell: String) -> String {
    let inner = cell
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) => inner.to_owned(),
        None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table<&[u8]> {
        let rate = |cells: &[String]| {
            cells
                .iter()
                .filter(|cell| *cell == "id" || *cell == "title")
                .count()
        };
        Table::open(text.as_bytes(), None, &rate).unwrap().unwrap()
    }

    fn csv(text: &str) -> Vec<Result<Row, RowFault>> {
        let mut table = table(text);
        std::iter::from_fn(|| table.next().unwrap()).collect()
    }

    fn value(row: &Result<Row, RowFault>, index: usize) -> (&str, &str) {
        let (name, value) = &row.as_ref().unwrap().columns[index];
        (name, value.as_str().unwrap())
    }

    #[test]
    fn csv_fields_may_hold_delimiters_quotes_and_lines() {
        let rows = csv("id;title\r\n1;\"a;b \"\"c\"\"\r\nd\"\r\n2;5\" disk\r\n");
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
    fn only_extra_cells_that_say_something_are_a_fault() {
        let rows = csv("id,title\n1\n2,two,three\n4,four,,\n");
        assert_eq!(
            rows[0].as_ref().unwrap_err().reason,
            "has 1 fields where the header has 2"
        );
        assert!(rows[1].is_err());
        assert_eq!(value(&rows[2], 1), ("title", "four"));
    }

    #[test]
    fn the_header_is_found_below_titles_and_remarks() {
        for text in [
            "sep=;\r\nid;title\r\n1;one\r\n",
            "# Required | the id,# Required\nid,title\n1,one\n",
            "\n\nMy products\nid,title\n1,one\n",
            "id\ttitle\n1\tone\n",
            "id;title\r1;one\r",
        ] {
            let rows = csv(text);
            assert_eq!(value(&rows[0], 0), ("id", "1"), "{text}");
            assert_eq!(value(&rows[0], 1), ("title", "one"), "{text}");
            assert_eq!(rows.len(), 1, "{text}");
        }
    }

    #[test]
    fn an_endless_line_is_no_table() {
        let text = "a".repeat(MOST_ROW_BYTES + 5);
        let Err(reason) = Table::open(text.as_bytes(), None, &|_| 0).unwrap() else {
            panic!("it was taken");
        };
        assert!(reason.contains("longer than 16 MiB"), "{reason}");
    }
}
