//! Response bodies and their compressed forms, one per requested content coding.

use std::{
    any::Any,
    io::{self, Write},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use xxhash_rust::xxh3::xxh3_128;

/// Smallest body that is compressed, in bytes.
pub const MIN_COMPRESSED_BODY: usize = 1_024;

/// Quality that is fast enough for a request.
const BROTLI_QUALITY: u32 = 5;
const BROTLI_WINDOW: u32 = 20;
const ZSTD_LEVEL: i32 = 3;

/// A content coding, as `Accept-Encoding` and `Content-Encoding` name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `gzip`
    Gzip,
    /// `br`
    Brotli,
    /// `zstd`
    Zstd,
}

impl Coding {
    /// All codings, in order of preference.
    pub const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// Returns the name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// Returns the preferred coding that an `Accept-Encoding` header accepts.
    pub fn accepted(header: &str) -> Option<Self> {
        let weight_of = |coding: Self| {
            let choices = header.split(',').filter_map(|choice| {
                let mut parts = choice.split(';').map(str::trim);
                let name = parts.next()?;
                let weight = parts
                    .find_map(|part| part.strip_prefix("q="))
                    .map_or(Some(1.0), |weight| weight.parse::<f32>().ok())?;
                (name.eq_ignore_ascii_case(coding.name()) || name == "*")
                    .then_some((name == "*", weight))
            });
            // What names the coding counts before what means any.
            choices
                .min_by_key(|(any, _)| *any)
                .map_or(0.0, |(_, weight)| weight)
        };
        let mut best: Option<(Self, f32)> = None;
        for coding in Self::ALL {
            let weight = weight_of(coding);
            if weight > best.map_or(0.0, |(_, weight)| weight) {
                best = Some((coding, weight));
            }
        }
        best.map(|(coding, _)| coding)
    }

    /// Compresses a body.
    ///
    /// # Errors
    /// If an encoder fails, which those for memory do not.
    pub fn compress(self, body: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(body)?;
                encoder.finish()
            }
            Self::Brotli => {
                let mut compressed = Vec::new();
                let mut encoder = brotli::CompressorWriter::new(
                    &mut compressed,
                    body.len().clamp(1, 1 << 16),
                    BROTLI_QUALITY,
                    BROTLI_WINDOW,
                );
                encoder.write_all(body)?;
                drop(encoder);
                Ok(compressed)
            }
            Self::Zstd => zstd::bulk::compress(body, ZSTD_LEVEL),
        }
    }
}

/// Response body with its entity tag and lazily compressed forms.
#[derive(Debug)]
pub struct Page {
    body: Bytes,
    etag: String,
    compressed: [OnceLock<Option<Bytes>>; 3],
    derived: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Page {
    /// Creates a page.
    pub fn new(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self {
            etag: format!("{:032x}", xxh3_128(&body)),
            body,
            compressed: Default::default(),
            derived: OnceLock::new(),
        }
    }

    /// Returns a value derived from the bytes, computed on the first call. `None` if a value of another type is
    /// stored.
    pub fn derived<T: Any + Send + Sync>(&self, find_out: impl FnOnce(&[u8]) -> T) -> Option<&T> {
        let derived = self.derived.get_or_init(|| Box::new(find_out(&self.body)));
        derived.downcast_ref()
    }

    /// Returns the uncompressed bytes.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the entity tag of the uncompressed bytes, without quotes. Each coding needs a tag of its own; see
    /// [`Self::compressed`].
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Returns the compressed bytes, computed on the first call. `None` below [`MIN_COMPRESSED_BODY`].
    pub fn compressed(&self, coding: Coding) -> Option<&Bytes> {
        if self.body.len() < MIN_COMPRESSED_BODY {
            return None;
        }
        let form = self.compressed[coding as usize]
            .get_or_init(|| coding.compress(&self.body).ok().map(Bytes::from));
        form.as_ref()
    }

    /// Returns the upper bound of its memory, compressed forms included.
    pub(crate) fn weight(&self) -> usize {
        let compressed = if self.body.len() < MIN_COMPRESSED_BODY {
            0
        } else {
            // Three forms, a third each at worst for what we send; made later, when nobody weighs any more.
            self.body.len()
        };
        self.body.len() + compressed + self.etag.len()
    }
}

/// Cached content.
#[derive(Debug, Clone)]
pub enum Content {
    /// Response body.
    Page(Arc<Page>),
    /// Resource that does not exist, with its type.
    Absent(&'static str),
    /// Resource that has another slug now.
    Moved(Arc<str>),
}

impl From<Bytes> for Content {
    fn from(body: Bytes) -> Self {
        Self::Page(Arc::new(Page::new(body)))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn clients_get_the_best_that_they_take() {
        for (header, coding) in [
            ("", None),
            ("identity", None),
            ("gzip", Some(Coding::Gzip)),
            ("gzip, deflate, br", Some(Coding::Brotli)),
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("GZIP;q=1.0, br;q=0.5", Some(Coding::Gzip)),
            ("br;q=0, *", Some(Coding::Zstd)),
            ("zstd;q=0, br; q=0, *;q=0.1", Some(Coding::Gzip)),
            ("*;q=0", None),
            ("br;q=nonsense", None),
        ] {
            assert_eq!(Coding::accepted(header), coding, "{header}");
        }
    }

    #[test]
    fn compressed_page_decompresses_to_the_original() {
        let body = b"again and ".repeat(1_000);
        let page = Page::new(body.clone());
        for coding in Coding::ALL {
            let compressed = page.compressed(coding).unwrap();
            assert!(compressed.len() < body.len() / 3, "{}", coding.name());
            let mut unpacked = Vec::new();
            match coding {
                Coding::Gzip => flate2::read::GzDecoder::new(&compressed[..])
                    .read_to_end(&mut unpacked)
                    .map(drop),
                Coding::Brotli => brotli::Decompressor::new(&compressed[..], 4_096)
                    .read_to_end(&mut unpacked)
                    .map(drop),
                Coding::Zstd => zstd::stream::copy_decode(&compressed[..], &mut unpacked),
            }
            .unwrap();
            assert_eq!(unpacked, body);
        }
        assert!(
            Page::new(b"short".to_vec())
                .compressed(Coding::Gzip)
                .is_none()
        );
    }

    #[test]
    fn a_gist_is_found_out_once() {
        let page = Page::new(b"abc".to_vec());
        assert_eq!(page.derived(<[u8]>::len), Some(&3));
        assert_eq!(page.derived(|_| 0_usize), Some(&3));
        assert_eq!(page.derived(|_| "another type"), None);
    }

    #[test]
    fn other_bytes_have_another_tag() {
        let etag = |body: &str| Page::new(body.to_owned()).etag().to_owned();
        assert_eq!(etag("a"), etag("a"));
        assert_ne!(etag("a"), etag("b"));
    }
}
