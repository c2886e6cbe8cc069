//! The bytes to import: from a file or standard input, unpacked, and counted as they are read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::bounded::Bounded;
use super::read_bytes::ReadBytes;
use super::{archive, columnar, sheets};

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
const PARQUET_MAGIC: &[u8] = b"PAR1";
const BUFFER: usize = 256 * 1024;

/// Unpacked bytes, and how many packed ones they took.
pub(in crate::import) struct Source {
    pub reader: Box<dyn BufRead + Send>,
    pub read: ReadBytes,
    /// Packing, from the outside in, such as `gzip`.
    pub packing: Vec<String>,
    /// True if the bytes were written here, as UTF-8.
    pub is_utf8: bool,
    /// True if numbers with decimals have a mark, as those of a spreadsheet do.
    pub has_number_marks: bool,
}

impl Source {
    /// Returns the length of a file as it lies there; unknown of standard input.
    pub(in crate::import) fn total_of(path: &Path) -> Option<u64> {
        let about = std::fs::metadata(path).ok()?;
        (path.as_os_str() != "-" && about.is_file()).then_some(about.len())
    }

    /// Opens a file, or standard input where the path is `-`.
    ///
    /// # Errors
    /// If it cannot be read, or is a kind of file that is no catalogue.
    pub(in crate::import) fn open(path: &Path, read: ReadBytes) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            return Self::of(io::stdin(), read);
        }
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Self::of(file, read)
    }

    fn of(raw: impl Read + Send + 'static, read: ReadBytes) -> io::Result<Self> {
        let counted = Counted {
            raw,
            read: read.clone(),
        };
        let mut source = Self {
            reader: Box::new(BufReader::with_capacity(BUFFER, counted)),
            read,
            packing: Vec::new(),
            is_utf8: false,
            has_number_marks: false,
        };
        // An archive may hold a workbook, or a packed file.
        for _ in 0..3 {
            if !source.unpack()? {
                break;
            }
        }
        Ok(source)
    }

    /// Takes one packing off, if the first bytes show one.
    fn unpack(&mut self) -> io::Result<bool> {
        let start = self.reader.fill_buf()?;
        let starts = |magic: &[u8]| start.starts_with(magic);
        if starts(GZIP_MAGIC) {
            self.wrap("gzip", |reader| Ok(Box::new(MultiGzDecoder::new(reader))))?;
        } else if starts(ZSTD_MAGIC) {
            self.wrap("zstd", |reader| {
                let decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
                Ok(Box::new(decoder))
            })?;
        } else if starts(ZIP_MAGIC) {
            let whole = self.spool()?;
            let packed = self.read.clone();
            if archive::is_workbook(&whole)? {
                let text = sheets::as_csv(&whole, &packed)?;
                self.replace("XLSX", text, true)?;
                self.has_number_marks = true;
            } else {
                let (name, content) = archive::data_file(&whole, &packed)?;
                self.replace(&format!("ZIP ({name})"), content, false)?;
                return Ok(true);
            }
            return Ok(false);
        } else if starts(PARQUET_MAGIC) {
            let whole = self.spool()?;
            let lines = columnar::as_json_lines(whole, &self.read)?;
            self.replace("Parquet", lines, true)?;
            return Ok(false);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn wrap(
        &mut self,
        packing: &str,
        decoder: impl FnOnce(Box<dyn BufRead + Send>) -> io::Result<Box<dyn Read + Send>>,
    ) -> io::Result<()> {
        let packed = std::mem::replace(&mut self.reader, Box::new(io::empty()));
        let bounded = Bounded::new(decoder(packed)?, self.read.clone());
        self.reader = Box::new(BufReader::with_capacity(BUFFER, bounded));
        self.packing.push(packing.to_owned());
        Ok(())
    }

    fn replace(&mut self, packing: &str, mut content: File, is_utf8: bool) -> io::Result<()> {
        content.seek(SeekFrom::Start(0))?;
        self.reader = Box::new(BufReader::with_capacity(BUFFER, content));
        self.packing.push(packing.to_owned());
        self.is_utf8 = is_utf8;
        Ok(())
    }

    /// Copies the bytes into a temporary file, in which readers can seek.
    fn spool(&mut self) -> io::Result<File> {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut self.reader, &mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

struct Counted<R> {
    raw: R,
    read: ReadBytes,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.raw.read(buffer)?;
        self.read.add(count as u64);
        Ok(count)
    }
}
