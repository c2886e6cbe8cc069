//! Bytes of an XML text as they are read: counted, and bounded for each text and tag.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::row::MOST_ROW_BYTES;

/// Counts of what was read.
#[derive(Clone, Default)]
pub(in crate::import) struct Watch {
    lines: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
    event_bytes: Arc<AtomicU64>,
}

impl Watch {
    pub(in crate::import) fn line(&self) -> u64 {
        self.lines.load(Ordering::Relaxed) + 1
    }

    pub(in crate::import) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(in crate::import) fn begin_event(&self) {
        self.event_bytes.store(0, Ordering::Relaxed);
    }
}

/// Bytes with their count; a text or tag without an end must not fill the memory.
pub(in crate::import) struct Watched<R> {
    inner: R,
    watch: Watch,
}

impl<R> Watched<R> {
    pub(in crate::import) fn new(inner: R, watch: Watch) -> Self {
        Self { inner, watch }
    }
}

impl<R: BufRead> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.watch.event_bytes.load(Ordering::Relaxed) > MOST_ROW_BYTES as u64 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "a text or tag near line {} is longer than {} MiB",
                    self.watch.line(),
                    MOST_ROW_BYTES / 1024 / 1024
                ),
            ));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Ok(available) = self.inner.fill_buf() {
            let taken = &available[..count.min(available.len())];
            let lines = taken.iter().filter(|&&byte| byte == b'\n').count();
            self.watch.lines.fetch_add(lines as u64, Ordering::Relaxed);
        }
        self.watch.bytes.fetch_add(count as u64, Ordering::Relaxed);
        self.watch
            .event_bytes
            .fetch_add(count as u64, Ordering::Relaxed);
        self.inner.consume(count);
    }
}
