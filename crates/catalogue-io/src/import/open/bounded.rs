//! Unpacked bytes within bounds: a small file that unpacks to a huge one is refused.

use std::io::{self, Read};

use super::read_bytes::ReadBytes;

/// Unpacked bytes from which on the ratio counts.
const FREE_BYTES: u64 = 64 * 1024 * 1024;
/// Most unpacked bytes for each packed one; catalogues as text reach 50.
const MOST_RATIO: u64 = 250;
/// Most unpacked bytes of a file.
pub(super) const MOST_BYTES: u64 = 32 * 1024 * 1024 * 1024;

/// Reads no more than a sane packed file can hold.
pub(super) struct Bounded<R> {
    raw: R,
    packed: ReadBytes,
    unpacked: u64,
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(raw: R, packed: ReadBytes) -> Self {
        Self {
            raw,
            packed,
            unpacked: 0,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.raw.read(buffer)?;
        self.unpacked += count as u64;
        check(self.unpacked, self.packed.get())?;
        Ok(count)
    }
}

/// Checks how much a file of some packed bytes has become.
///
/// # Errors
/// If it is more than a catalogue can be.
pub(super) fn check(unpacked: u64, packed: u64) -> io::Result<()> {
    let most = packed
        .saturating_mul(MOST_RATIO)
        .clamp(FREE_BYTES, MOST_BYTES);
    if unpacked <= most {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        format!(
            "it unpacks to more than {} MiB, which no catalogue of its size does",
            most / 1024 / 1024
        ),
    ))
}
