//! Bounds of Parquet files: sizes of their pages, which are unpacked in memory whole.
//!
//! A reader makes room for a page by the size that the page's own header gives, whatever the metadata say. The headers
//! are read first: structs of Thrift in its compact form.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

/// Most bytes of a page.
const MOST_PAGE_BYTES: u64 = 256 * 1024 * 1024;
/// Most bytes of the largest pages of all columns of a row group, which are in memory together.
const MOST_PAGES_BYTES: u64 = 1024 * 1024 * 1024;
/// Most values of a list's column in a row group: all may belong to one row.
const MOST_LISTED_VALUES: u64 = 20_000_000;
/// Most bytes of a page's header.
const MOST_HEADER_BYTES: u64 = 16 * 1024 * 1024;
/// Most levels of structs in a header.
const MOST_LEVELS: u32 = 16;

/// Checks the pages of all row groups.
///
/// # Errors
/// If a row group needs more memory than a catalogue does, naming it.
pub(super) fn check(file: &File, metadata: &ParquetMetaData) -> io::Result<()> {
    let mut reader = BufReader::new(file.try_clone()?);
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let mut together = 0;
        for column in group.columns() {
            let of_column = measure(&mut reader, column)?;
            let what = || format!("row group {} of the Parquet file", number + 1);
            let path = column.column_path().string();
            if of_column.largest > MOST_PAGE_BYTES {
                return Err(too_large(format!(
                    "{} has a page of {} MiB in column {path}, more than {} MiB",
                    what(),
                    mebibytes(of_column.largest),
                    mebibytes(MOST_PAGE_BYTES)
                )));
            }
            let is_list = column.column_descr().max_rep_level() > 0;
            if is_list && of_column.values > MOST_LISTED_VALUES {
                return Err(too_large(format!(
                    "{} has {} values in the lists of column {path}, more than {MOST_LISTED_VALUES}",
                    what(),
                    of_column.values
                )));
            }
            together += of_column.largest;
            if together > MOST_PAGES_BYTES {
                return Err(too_large(format!(
                    "{} has pages of more than {} MiB together",
                    what(),
                    mebibytes(MOST_PAGES_BYTES)
                )));
            }
        }
    }
    Ok(())
}

fn mebibytes(bytes: u64) -> u64 {
    bytes / 1024 / 1024
}

fn too_large(what: String) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{what}; write it with smaller row groups and pages"),
    )
}

/// Sizes of a column's pages.
#[derive(Debug, Default, PartialEq)]
struct Measured {
    /// Bytes of the largest page, packed or not.
    largest: u64,
    values: u64,
}

/// Measures the pages of a column. What is no header ends it: it ends the reading, too.
fn measure(reader: &mut BufReader<File>, column: &ColumnChunkMetaData) -> io::Result<Measured> {
    let (start, length) = column.byte_range();
    let expected = u64::try_from(column.num_values()).unwrap_or_default();
    measure_pages(reader, start, start.saturating_add(length), expected)
}

fn measure_pages(
    reader: &mut BufReader<File>,
    start: u64,
    end: u64,
    expected: u64,
) -> io::Result<Measured> {
    let mut measured = Measured::default();
    let mut at = start;
    while at < end && measured.values < expected {
        reader.seek(SeekFrom::Start(at))?;
        let mut compact = Compact {
            reader: reader.by_ref().take(MOST_HEADER_BYTES),
        };
        let Ok(header) = compact.page_header() else {
            break;
        };
        let header_bytes = MOST_HEADER_BYTES - compact.reader.limit();
        measured.largest = measured.largest.max(header.unpacked).max(header.packed);
        measured.values += header.values;
        at = at
            .saturating_add(header_bytes)
            .saturating_add(header.packed);
    }
    Ok(measured)
}

/// Sizes in a page's header.
#[derive(Debug, Default)]
struct PageHeader {
    unpacked: u64,
    packed: u64,
    values: u64,
}

/// Reader of Thrift's compact form.
struct Compact<R> {
    reader: R,
}

impl<R: Read> Compact<R> {
    fn page_header(&mut self) -> io::Result<PageHeader> {
        let mut header = PageHeader::default();
        let mut id = 0;
        while let Some(kind) = self.field(&mut id)? {
            match (id, kind) {
                (2, 5) => header.unpacked = self.size()?,
                (3, 5) => header.packed = self.size()?,
                // Pages of data, in both versions.
                (5 | 8, 12) => header.values = self.values()?,
                _ => self.skip(kind, MOST_LEVELS)?,
            }
        }
        Ok(header)
    }

    /// Number of values of a page of data, the first field of its header.
    fn values(&mut self) -> io::Result<u64> {
        let mut values = 0;
        let mut id = 0;
        while let Some(kind) = self.field(&mut id)? {
            match (id, kind) {
                (1, 5) => values = self.size()?,
                _ => self.skip(kind, MOST_LEVELS)?,
            }
        }
        Ok(values)
    }

    /// Type of the next field, whose number is put into `id`; none at the end of the struct.
    fn field(&mut self, id: &mut i64) -> io::Result<Option<u8>> {
        let head = self.byte()?;
        let kind = head & 0x0f;
        if kind == 0 {
            return Ok(None);
        }
        *id = match head >> 4 {
            0 => self.signed()?,
            step => id.saturating_add(i64::from(step)),
        };
        Ok(Some(kind))
    }

    fn skip(&mut self, kind: u8, levels: u32) -> io::Result<()> {
        let deeper = levels.checked_sub(1).ok_or_else(broken)?;
        match kind {
            1 | 2 => {}
            3 => self.skip_bytes(1)?,
            4..=6 => {
                self.varint()?;
            }
            7 => self.skip_bytes(8)?,
            8 => {
                let length = self.varint()?;
                self.skip_bytes(length)?;
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    count => u64::from(count),
                };
                for _ in 0..count {
                    // In lists a truth has a byte.
                    match head & 0x0f {
                        1 | 2 => self.skip_bytes(1)?,
                        kind => self.skip(kind, deeper)?,
                    }
                }
            }
            12 => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, deeper)?;
                }
            }
            _ => return Err(broken()),
        }
        Ok(())
    }

    fn skip_bytes(&mut self, count: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.reader.by_ref().take(count), &mut io::sink())?;
        match skipped == count {
            true => Ok(()),
            false => Err(broken()),
        }
    }

    /// Reads a size, which is never negative.
    fn size(&mut self) -> io::Result<u64> {
        u64::try_from(self.signed()?).map_err(|_| broken())
    }

    fn signed(&mut self) -> io::Result<i64> {
        let number = self.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(broken())
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.reader.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}

fn broken() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    fn parquet(schema: &str, values: &[ByteArray], levels: Option<&[i16]>) -> File {
        let file = tempfile::tempfile().unwrap();
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_data_page_size_limit(usize::MAX)
            .set_write_batch_size(usize::MAX >> 1)
            .build();
        let mut writer =
            SerializedFileWriter::new(file.try_clone().unwrap(), schema, Arc::new(properties))
                .unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<ByteArrayType>()
            .write_batch(values, levels, levels)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        file
    }

    fn checked(file: &File) -> Result<(), String> {
        let reader = SerializedFileReader::new(file.try_clone().unwrap()).unwrap();
        check(file, reader.metadata()).map_err(|error| error.to_string())
    }

    const TITLES: &str = "message products { required binary title (UTF8); }";

    #[test]
    fn pages_of_a_file_are_measured() {
        let values = vec![ByteArray::from("Mug"); 1_000];
        let file = parquet(TITLES, &values, None);
        let reader = SerializedFileReader::new(file.try_clone().unwrap()).unwrap();
        let column = reader.metadata().row_group(0).column(0);
        let measured = measure(&mut BufReader::new(file.try_clone().unwrap()), column).unwrap();
        assert_eq!(measured.values, 1_000);
        assert!(measured.largest >= 7_000, "{measured:?}");
        assert_eq!(checked(&file), Ok(()));
    }

    #[test]
    fn page_that_claims_a_hostile_size_is_refused() {
        let file = parquet(TITLES, &[ByteArray::from("Mug")], None);
        // Fields 1 to 3 of the header: type, unpacked size of 2 GiB less one, packed size of 7.
        let mut header = vec![0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x0e];
        header.extend([0x2c, 0x15, 0x02, 0x00, 0x00]);
        let mut raw = file.try_clone().unwrap();
        raw.seek(SeekFrom::Start(4)).unwrap();
        raw.write_all(&header).unwrap();
        let message = checked(&file).unwrap_err();
        assert!(
            message
                .contains("row group 1 of the Parquet file has a page of 2047 MiB in column title"),
            "{message}"
        );
    }

    #[test]
    fn broken_header_ends_the_measuring() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[0x1d; 64]).unwrap();
        let measured = measure_pages(&mut BufReader::new(file), 0, 64, 10).unwrap();
        assert_eq!(measured, Measured::default());
    }
}
