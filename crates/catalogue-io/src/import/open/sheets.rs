//! Spreadsheets: the first sheet that holds a table, as CSV.

use std::fs::File;
use std::io::{self, BufWriter};

use calamine::{Data, Range, Reader, Xlsx};

use super::archive;
use super::read_bytes::ReadBytes;

/// Rows in which a sheet that holds a table has at least two filled cells beside one another.
const HEADER_ROWS: usize = 10;

/// Writes a workbook's table as CSV.
///
/// # Errors
/// If the workbook cannot be read, or no sheet has a header.
pub(super) fn as_csv(file: &File, packed: &ReadBytes) -> io::Result<File> {
    archive::check_size(file, packed)?;
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let mut workbook: Xlsx<_> = Xlsx::new(io::BufReader::new(file.try_clone()?))
        .map_err(|error| invalid(format!("the workbook cannot be read: {error}")))?;
    for name in workbook.sheet_names() {
        let range = workbook
            .worksheet_range(&name)
            .map_err(|error| invalid(format!("sheet {name} cannot be read: {error}")))?;
        if has_header(&range) {
            return write(&range);
        }
    }
    Err(invalid("no sheet of the workbook has a header".to_owned()))
}

fn has_header(range: &Range<Data>) -> bool {
    range.rows().take(HEADER_ROWS).any(|row| {
        row.iter()
            .filter(|cell| matches!(cell, Data::String(_)))
            .count()
            >= 2
    })
}

fn write(range: &Range<Data>) -> io::Result<File> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(BufWriter::new(tempfile::tempfile()?));
    for row in range.rows() {
        writer.write_record(row.iter().map(text))?;
    }
    let buffered = writer
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))?;
    buffered
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}
