//! The bytes to import: from a file or standard input, unpacked, and counted as they are read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BUFFER: usize = 256 * 1024;

/// Unpacked bytes, and how many packed ones they took.
pub(super) struct Source {
    pub reader: Box<dyn BufRead + Send>,
    /// Length of the file as it lies there; unknown of standard input.
    pub total: Option<u64>,
    pub read: ReadBytes,
}

/// Bytes of the file that were read so far.
#[derive(Clone, Default)]
pub(super) struct ReadBytes(Arc<AtomicU64>);

impl ReadBytes {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Source {
    /// Opens a file, or standard input where the path is `-`.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            return Self::of(io::stdin(), None);
        }
        let file = File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Self::of(file, about.is_file().then_some(about.len()))
    }

    /// Reads from anything, unpacking what its first bytes show to be gzip.
    pub(super) fn of(raw: impl Read + Send + 'static, total: Option<u64>) -> io::Result<Self> {
        let read = ReadBytes::default();
        let counted = CountingReader {
            raw,
            read: read.clone(),
        };
        let mut compressed = BufReader::with_capacity(BUFFER, counted);
        let reader: Box<dyn BufRead + Send> = if compressed.fill_buf()?.starts_with(&GZIP_MAGIC) {
            Box::new(BufReader::with_capacity(
                BUFFER,
                MultiGzDecoder::new(compressed),
            ))
        } else {
            Box::new(compressed)
        };
        Ok(Self {
            reader,
            total,
            read,
        })
    }
}

struct CountingReader<R> {
    raw: R,
    read: ReadBytes,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.raw.read(buffer)?;
        self.read.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
