//! Spreadsheets: the first sheet that holds a table, as CSV.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use calamine::{Cell, DataRef, Reader, Xlsx, XlsxCellReader, XlsxError};

use super::bounded;
use super::read_bytes::ReadBytes;
use super::workbook;
use crate::import::syntax::row::{MOST_COLUMNS, MOST_ROW_BYTES, NUMBER_MARK};

/// Rows in which a sheet that holds a table has at least two filled cells beside one another.
const HEADER_ROWS: usize = 10;

/// Writes a workbook's table as CSV, in which numbers with decimals have the mark of a number. A row of the sheet is a
/// line, so that faults name the row.
///
/// # Errors
/// If the workbook cannot be read, no sheet has a header, or the sheet is larger than a table can be.
pub(super) fn as_csv(file: &File, packed: &ReadBytes) -> io::Result<File> {
    workbook::check(file, packed)?;
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file.try_clone()?))
        .map_err(|error| invalid(format!("the workbook cannot be read: {error}")))?;
    for name in workbook.sheet_names() {
        let cells = match workbook.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A chart on a sheet of its own.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(unreadable(&name, &error)),
        };
        let mut rows = Rows {
            name: &name,
            cells,
            ahead: None,
            finished: false,
        };
        if let Some(text) = write(&mut rows, packed.get())? {
            return Ok(text);
        }
    }
    Err(invalid("no sheet of the workbook has a header".to_owned()))
}

/// Row of a sheet.
#[derive(Debug, Default)]
struct SheetRow {
    /// Number from 0.
    number: u32,
    cells: Vec<String>,
    /// Number of cells that hold a text.
    texts: usize,
}

/// Rows of a sheet that have cells.
struct Rows<'a, R: Read + Seek> {
    name: &'a str,
    cells: XlsxCellReader<'a, R>,
    ahead: Option<Cell<DataRef<'a>>>,
    finished: bool,
}

impl<R: Read + Seek> Rows<'_, R> {
    fn next(&mut self) -> io::Result<Option<SheetRow>> {
        let mut row: Option<SheetRow> = None;
        let mut bytes = 0;
        loop {
            let cell = match self.ahead.take() {
                Some(cell) => Some(cell),
                None if self.finished => None,
                None => self
                    .cells
                    .next_cell()
                    .map_err(|error| unreadable(self.name, &error))?,
            };
            let Some(cell) = cell else {
                self.finished = true;
                return Ok(row);
            };
            let (number, column) = cell.get_position();
            let text = text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            if let Some(row) = &row
                && row.number != number
            {
                if number < row.number {
                    return Err(invalid(format!(
                        "sheet {} cannot be read: row {} comes after row {}",
                        self.name,
                        number + 1,
                        row.number + 1
                    )));
                }
                self.ahead = Some(cell);
                break;
            }
            let column = column as usize;
            if column >= MOST_COLUMNS {
                return Err(invalid(format!(
                    "sheet {} is too wide: row {} has a cell in column {}, and a table has at most {MOST_COLUMNS} columns",
                    self.name,
                    number + 1,
                    column + 1
                )));
            }
            let row = row.get_or_insert_default();
            row.number = number;
            row.texts += usize::from(matches!(
                cell.get_value(),
                DataRef::String(_) | DataRef::SharedString(_)
            ));
            bytes += text.len();
            if bytes > MOST_ROW_BYTES {
                return Err(invalid(format!(
                    "sheet {}: row {} is longer than {} MiB",
                    self.name,
                    number + 1,
                    MOST_ROW_BYTES / 1024 / 1024
                )));
            }
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            row.cells[column] = text;
        }
        Ok(row)
    }
}

/// Writes the rows of a sheet, if it has a header.
fn write<R: Read + Seek>(rows: &mut Rows<'_, R>, packed: u64) -> io::Result<Option<File>> {
    let mut first = Vec::new();
    while first.len() < HEADER_ROWS
        && let Some(row) = rows.next()?
    {
        first.push(row);
    }
    if !first.iter().any(|row| row.texts >= 2) {
        return Ok(None);
    }
    let mut text = Lines {
        writer: BufWriter::new(tempfile::tempfile()?),
        number: 0,
        bytes: 0,
        packed,
    };
    for row in first {
        text.write(&row)?;
    }
    while let Some(row) = rows.next()? {
        text.write(&row)?;
    }
    text.writer
        .into_inner()
        .map(Some)
        .map_err(|error| io::Error::other(error.to_string()))
}

/// Lines of CSV, one for each row of the sheet.
struct Lines {
    writer: BufWriter<File>,
    /// Number of lines so far.
    number: u32,
    bytes: u64,
    /// Length of the workbook.
    packed: u64,
}

impl Lines {
    fn write(&mut self, row: &SheetRow) -> io::Result<()> {
        while self.number < row.number {
            self.writer.write_all(b"\n")?;
            self.number += 1;
        }
        let mut line = String::new();
        for (index, cell) in row.cells.iter().enumerate() {
            if index > 0 {
                line.push(',');
            }
            let is_plain = !cell.contains(['"', ',', '\n', '\r']);
            match is_plain {
                true => line.push_str(cell),
                false => {
                    line.push('"');
                    line.push_str(&cell.replace('"', "\"\""));
                    line.push('"');
                }
            }
        }
        line.push('\n');
        self.number += 1;
        self.bytes += line.len() as u64;
        bounded::check(self.bytes, self.packed)?;
        self.writer.write_all(line.as_bytes())
    }
}

fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        DataRef::Float(number) if number.is_finite() => format!("{NUMBER_MARK}{number}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            without_mark(text)
        }
        DataRef::SharedString(text) => without_mark(text),
    }
}

fn without_mark(text: &str) -> String {
    text.trim_start_matches(NUMBER_MARK).to_owned()
}

fn unreadable(name: &str, error: &XlsxError) -> io::Error {
    invalid(format!("sheet {name} cannot be read: {error}"))
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
