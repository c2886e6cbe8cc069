//! A CDN in front; see docs/CDN.md. `souk-indexer` takes `CDN_PURGE_URL` and `CDN_PURGE_TOKEN`, too.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `cdn.url` | `CDN_URL` | empty: relative addresses of images are answered as they are |
//! | `cdn.tag_header` | `CDN_TAG_HEADER` | empty: answers do not tell what they were made from; `cache-tag` or `surrogate-key` |
//! | `cdn.purge_url` | `CDN_PURGE_URL` | unset: nothing is purged |
//! | `cdn.purge_token` | `CDN_PURGE_TOKEN` | unset |

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use souk_cache::{InvalidPurgeOptions, ParseTagHeaderError, PurgeOptions, TagHeader};

use super::Secret;
use crate::cdn::{BadMediaBase, MediaBase};

/// A CDN in front.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CdnConfig {
    /// Base URL of images with a relative URL; empty: the URL of the request.
    pub url: String,
    /// The header in which answers tell what they were made from; empty: in none.
    pub tag_header: String,
    /// URL that purges the CDN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purge_url: Option<Secret>,
    /// Bearer token for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purge_token: Option<Secret>,
}

/// A CDN that cannot be used as described.
#[derive(Debug, thiserror::Error)]
pub enum BadCdn {
    /// No address for images.
    #[error("CDN_URL {0}")]
    Media(#[from] BadMediaBase),
    /// No header.
    #[error("CDN_TAG_HEADER {0}")]
    TagHeader(#[from] ParseTagHeaderError),
    /// No CDN.
    #[error("CDN_PURGE_URL {0}")]
    Purge(#[from] InvalidPurgeOptions),
}

impl CdnConfig {
    /// Base URL of relative image URLs.
    ///
    /// # Errors
    /// If the address is none.
    pub fn media(&self) -> Result<MediaBase, BadCdn> {
        if self.url.is_empty() {
            return Ok(MediaBase::default());
        }
        Ok(MediaBase::parse(&self.url)?)
    }

    /// The header in which answers tell what they were made from, if they do.
    ///
    /// # Errors
    /// If it is none of those.
    pub fn tag_header(&self) -> Result<Option<TagHeader>, BadCdn> {
        if self.tag_header.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.tag_header.parse()?))
    }

    /// Purge options, if the CDN is purged.
    ///
    /// # Errors
    /// If the address is none.
    pub fn purging(&self) -> Result<Option<PurgeOptions>, BadCdn> {
        let Some(url) = &self.purge_url else {
            return Ok(None);
        };
        let token = self.purge_token.as_ref();
        let options = PurgeOptions {
            token: token.map(|token| SecretString::from(token.expose().to_owned())),
            ..PurgeOptions::new(url.expose())
        };
        options.check()?;
        Ok(Some(options))
    }
}
