//! CDN settings: image URLs, tag header, purging.

use std::{fmt, sync::Arc};

use souk_cache::{Purger, TagHeader};
use souk_domain::Hit;

/// A CDN, as far as there is one.
#[derive(Debug, Clone, Default)]
pub struct Cdn {
    /// Base URL of images.
    pub media: MediaBase,
    /// The header in which public answers tell what they were made from.
    pub tags: Option<TagHeader>,
    /// Purger of cached pages.
    pub purger: Option<Purger>,
}

/// Base of relative image URLs.
#[derive(Debug, Clone, Default)]
pub struct MediaBase(Option<Arc<str>>);

/// An address that none could be relative to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "is an http:// or https:// address without query and fragment, such as https://cdn.example"
)]
pub struct BadMediaBase;

impl MediaBase {
    /// An address, with or without a path.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(address: &str) -> Result<Self, BadMediaBase> {
        let parsed: reqwest::Url = address.parse().map_err(|_| BadMediaBase)?;
        let is_plain = matches!(parsed.scheme(), "http" | "https")
            && parsed.query().is_none()
            && parsed.fragment().is_none()
            && parsed.username().is_empty()
            && parsed.password().is_none();
        if !is_plain {
            return Err(BadMediaBase);
        }
        Ok(Self(Some(parsed.as_str().trim_end_matches('/').into())))
    }

    /// Makes an address absolute that has no host of its own.
    pub fn place(&self, address: &mut String) {
        if let Some(base) = &self.0
            && address.starts_with('/')
            && !address.starts_with("//")
        {
            address.insert_str(0, base);
        }
    }

    /// The same for the images of hits.
    pub fn place_hits<'a>(&self, hits: impl IntoIterator<Item = &'a mut Hit>) {
        for image in hits.into_iter().filter_map(|hit| hit.image.as_mut()) {
            self.place(image);
        }
    }
}

impl fmt::Display for MediaBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(base: &MediaBase, address: &str) -> String {
        let mut address = address.to_owned();
        base.place(&mut address);
        address
    }

    #[test]
    fn only_what_has_no_host_is_placed() {
        for (base, expected) in [
            ("https://cdn.example", "https://cdn.example/media/a.svg"),
            ("https://cdn.example/", "https://cdn.example/media/a.svg"),
            (
                "http://cdn.example:81/s/",
                "http://cdn.example:81/s/media/a.svg",
            ),
        ] {
            let base = MediaBase::parse(base).unwrap();
            assert_eq!(placed(&base, "/media/a.svg"), expected);
            for elsewhere in ["https://img.example/a.svg", "//img.example/a.svg"] {
                assert_eq!(placed(&base, elsewhere), elsewhere);
            }
        }
        assert_eq!(placed(&MediaBase::default(), "/a.svg"), "/a.svg");
    }

    #[test]
    fn invalid_base_url_is_rejected() {
        for address in [
            "cdn.example",
            "/media",
            "ftp://cdn.example",
            "https://cdn.example/?a=b",
            "https://user:secret@cdn.example",
        ] {
            assert!(MediaBase::parse(address).is_err(), "{address}");
        }
    }
}
