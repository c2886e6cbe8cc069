//! Parquet files: a JSON object a row.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use parquet::file::reader::{FileReader, SerializedFileReader};

/// Writes the rows of a Parquet file as JSON Lines.
///
/// # Errors
/// If the file cannot be read, or the disk is full.
pub(super) fn as_json_lines(file: File) -> io::Result<File> {
    let invalid = |error| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("the Parquet file cannot be read: {error}"),
        )
    };
    let reader = SerializedFileReader::new(file).map_err(invalid)?;
    let mut writer = BufWriter::new(tempfile::tempfile()?);
    for row in reader.get_row_iter(None).map_err(invalid)? {
        let value = row.map_err(invalid)?.to_json_value();
        serde_json::to_writer(&mut writer, &value)?;
        writer.write_all(b"\n")?;
    }
    writer
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}
