//! Bodies that were packed for their way.

use std::{borrow::Cow, io::Read};

use flate2::read::MultiGzDecoder;

use crate::error::ApiError;

/// Packing of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// None.
    Identity,
    /// Gzip (RFC 1952).
    Gzip,
}

impl Packing {
    /// Reads a `Content-Encoding` header.
    ///
    /// # Errors
    /// If it names anything but `gzip` or `identity`.
    pub(super) fn of(header: Option<&str>) -> Result<Self, ApiError> {
        let header = header.unwrap_or_default().trim();
        if header.is_empty() || header.eq_ignore_ascii_case("identity") {
            Ok(Self::Identity)
        } else if header.eq_ignore_ascii_case("gzip") || header.eq_ignore_ascii_case("x-gzip") {
            Ok(Self::Gzip)
        } else {
            Err(ApiError::UnsupportedContentEncoding)
        }
    }

    /// Unpacks at most `max_bytes`.
    ///
    /// # Errors
    /// If there are more, or the bytes are not of this packing.
    pub(super) fn unpacked(
        self,
        bytes: &[u8],
        max_bytes: usize,
    ) -> Result<Cow<'_, [u8]>, ApiError> {
        if self == Self::Identity {
            return Ok(Cow::Borrowed(bytes));
        }
        let mut unpacked = Vec::new();
        let limit = u64::try_from(max_bytes)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        MultiGzDecoder::new(bytes)
            .take(limit)
            .read_to_end(&mut unpacked)
            .map_err(|_| ApiError::BadGzip)?;
        if unpacked.len() > max_bytes {
            return Err(ApiError::TooLarge(max_bytes));
        }
        Ok(Cow::Owned(unpacked))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_unpacked_up_to_the_limit() {
        let packed = gzip(&[b' '; 5_000]);
        let packing = Packing::of(Some("GZIP")).unwrap();
        assert_eq!(packing.unpacked(&packed, 5_000).unwrap().len(), 5_000);
        let large = packing.unpacked(&packed, 4_999).unwrap_err();
        assert!(matches!(large, ApiError::TooLarge(4_999)), "{large}");
        let cut = packing
            .unpacked(&packed[..packed.len() - 4], 5_000)
            .unwrap_err();
        assert!(matches!(cut, ApiError::BadGzip), "{cut}");
    }

    #[test]
    fn other_packings_are_refused() {
        for header in ["br", "deflate", "gzip, gzip", "zstd"] {
            let refused = Packing::of(Some(header)).unwrap_err();
            assert!(
                matches!(refused, ApiError::UnsupportedContentEncoding),
                "{header}"
            );
        }
        assert_eq!(Packing::of(None).unwrap(), Packing::Identity);
        assert_eq!(Packing::of(Some("identity")).unwrap(), Packing::Identity);
    }
}
