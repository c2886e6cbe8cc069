//! Options of the CDN.

use souk_cache::{ParseTagHeaderError, TagHeader};
use souk_config::CdnConfig;

use crate::cdn::{BadMediaBase, MediaBase};

/// An unusable setting of the CDN.
#[derive(Debug, thiserror::Error)]
pub enum BadCdn {
    /// An invalid base URL of images.
    #[error("CDN_URL {0}")]
    Media(#[from] BadMediaBase),
    /// An unknown header for tags.
    #[error("CDN_TAG_HEADER {0}")]
    TagHeader(#[from] ParseTagHeaderError),
}

/// Conversions of the `cdn` section.
pub trait CdnSection {
    /// Returns the base URL of images.
    ///
    /// # Errors
    /// If the URL is invalid.
    fn media(&self) -> Result<MediaBase, BadCdn>;

    /// Returns the response header for cache tags; `None` if responses carry none.
    ///
    /// # Errors
    /// If the header is unknown.
    fn tag_header(&self) -> Result<Option<TagHeader>, BadCdn>;
}

impl CdnSection for CdnConfig {
    fn media(&self) -> Result<MediaBase, BadCdn> {
        if self.url.is_empty() {
            return Ok(MediaBase::default());
        }
        Ok(MediaBase::parse(&self.url)?)
    }

    fn tag_header(&self) -> Result<Option<TagHeader>, BadCdn> {
        if self.tag_header.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.tag_header.parse()?))
    }
}
