//! Target of an export: a file that appears when it is complete, or standard output.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Writer of the target.
pub struct OutputFile {
    stream: Stream,
    /// The file being written, and what it is called when it is whole.
    place: Option<(PathBuf, PathBuf)>,
}

enum Stream {
    Plain(BufWriter<Box<dyn Write + Send>>),
    Compressed(Box<GzEncoder<BufWriter<Box<dyn Write + Send>>>>),
}

impl OutputFile {
    /// Opens a file, or standard output where the path is `-`.
    pub fn open(path: &Path, compressed: bool) -> io::Result<Self> {
        let (raw, place): (Box<dyn Write + Send>, _) = if path.as_os_str() == "-" {
            (Box::new(io::stdout()), None)
        } else if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
            // A pipe or device is written as it is.
            (Box::new(File::create(path)?), None)
        } else {
            let mut unfinished = OsString::from(path);
            unfinished.push(".part");
            let unfinished = PathBuf::from(unfinished);
            (
                Box::new(File::create(&unfinished)?),
                Some((unfinished, path.to_owned())),
            )
        };
        let buffered = BufWriter::with_capacity(256 * 1024, raw);
        let stream = if compressed {
            Stream::Compressed(Box::new(GzEncoder::new(buffered, Compression::default())))
        } else {
            Stream::Plain(buffered)
        };
        Ok(Self { stream, place })
    }

    /// Writes out what is left, and gives the file its name.
    pub fn finish(self) -> io::Result<()> {
        let mut buffered = match self.stream {
            Stream::Plain(buffered) => buffered,
            Stream::Compressed(encoder) => encoder.finish()?,
        };
        buffered.flush()?;
        match self.place {
            Some((unfinished, whole)) => fs::rename(unfinished, whole),
            None => Ok(()),
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(buffered) => buffered.write(bytes),
            Stream::Compressed(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(buffered) => buffered.flush(),
            Stream::Compressed(encoder) => encoder.flush(),
        }
    }
}
