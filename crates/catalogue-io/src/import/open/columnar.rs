//! Parquet files: a JSON object a row.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Map, Number, Value};

use super::read_bytes::ReadBytes;
use super::{bounded, pages};

/// Writes the rows of a Parquet file as JSON Lines.
///
/// # Errors
/// If the file cannot be read, a row group is too large for a memory, or the disk is full.
pub(super) fn as_json_lines(file: File, packed: &ReadBytes) -> io::Result<File> {
    let reader = SerializedFileReader::new(file.try_clone()?).map_err(invalid)?;
    pages::check(&file, reader.metadata())?;
    let mut writer = Counted {
        writer: BufWriter::new(tempfile::tempfile()?),
        bytes: 0,
        packed: packed.get(),
    };
    for row in reader.get_row_iter(None).map_err(invalid)? {
        let value = object(&row.map_err(invalid)?);
        serde_json::to_writer(&mut writer, &value)?;
        writer.write_all(b"\n")?;
    }
    writer
        .writer
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}

fn invalid(error: parquet::errors::ParquetError) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("the Parquet file cannot be read: {error}"),
    )
}

/// Writes no more than a sane packed file can hold.
struct Counted {
    writer: BufWriter<File>,
    bytes: u64,
    /// Length of the packed file.
    packed: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.writer.write(bytes)?;
        self.bytes += count as u64;
        bounded::check(self.bytes, self.packed)?;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

fn object(row: &Row) -> Value {
    let members: Map<String, Value> = row
        .get_column_iter()
        .map(|(name, field)| (name.clone(), value(field)))
        .collect();
    Value::Object(members)
}

/// JSON of a value. Decimals are numbers, so that their point is never read as a mark of thousands.
fn value(field: &Field) -> Value {
    match field {
        Field::Decimal(_) => {
            let text = field.to_string();
            match serde_json::from_str::<Number>(&text) {
                Ok(number) => Value::Number(number),
                Err(_) => Value::String(text),
            }
        }
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => other.to_json_value(),
    }
}

#[cfg(test)]
mod tests {
    use parquet::data_type::Decimal;

    use super::*;

    #[test]
    fn decimal_is_a_number() {
        let decimal = Field::Decimal(Decimal::from_i32(12_345, 9, 3));
        assert_eq!(value(&decimal), serde_json::json!(12.345));
    }

    #[test]
    fn rows_that_unpack_to_far_more_are_refused() {
        let mut writer = Counted {
            writer: BufWriter::new(tempfile::tempfile().unwrap()),
            bytes: 0,
            packed: 1_000,
        };
        let chunk = vec![b'x'; 1024 * 1024];
        let written = (0..100).try_for_each(|_| writer.write_all(&chunk));
        let message = written.unwrap_err().to_string();
        assert!(message.contains("unpacks to more than 64 MiB"), "{message}");
    }
}
