//! Tags in the form of a CDN, and the response header that carries them.

use std::{fmt, str::FromStr};

use souk_domain::TenantId;

use crate::tag::Tag;

/// Response header that carries the tags to a CDN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagHeader {
    /// `Cache-Tag`, separated by commas: Cloudflare and CloudFront.
    CacheTag,
    /// `Surrogate-Key`, separated by blanks: Fastly and Varnish.
    SurrogateKey,
}

/// Invalid name of a tag header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is `cache-tag` or `surrogate-key`")]
pub struct ParseTagHeaderError;

impl FromStr for TagHeader {
    type Err = ParseTagHeaderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "cache-tag" => Ok(Self::CacheTag),
            "surrogate-key" => Ok(Self::SurrogateKey),
            _ => Err(ParseTagHeaderError),
        }
    }
}

impl TagHeader {
    /// Returns the header name.
    pub fn name(self) -> &'static str {
        match self {
            Self::CacheTag => "cache-tag",
            Self::SurrogateKey => "surrogate-key",
        }
    }

    /// Returns the header value for the tags of a response.
    ///
    /// It stays short, whatever is on a page: CDNs read a bounded number of tags (CloudFront 50) and proxies a bounded
    /// header. A page of hits has the tag `search`, which is purged with every product, so its products are left out.
    pub fn value(self, tenant: TenantId, tags: &[Tag]) -> String {
        let separator = match self {
            Self::CacheTag => ",",
            Self::SurrogateKey => " ",
        };
        let is_search = tags.contains(&Tag::Search);
        let sent = tags
            .iter()
            .filter(|tag| !(is_search && matches!(tag, Tag::Product(_))))
            .map(|tag| surrogate(tenant, *tag));
        let mut all = vec![surrogate(tenant, Tag::All)];
        all.extend(sent);
        all.join(separator)
    }
}

impl fmt::Display for TagHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Returns a tag with its tenant: `1:product:7`.
pub(super) fn surrogate(tenant: TenantId, tag: Tag) -> String {
    format!("{tenant}:{tag}")
}

#[cfg(test)]
mod tests {
    use souk_domain::{CategoryId, ProductId, SellerId};

    use super::*;

    const TENANT: TenantId = TenantId(3);

    #[test]
    fn a_page_of_hits_does_not_list_them() {
        let mut tags: Vec<Tag> = (1..=100).map(|id| Tag::Product(ProductId(id))).collect();
        tags.extend([Tag::Search, Tag::Seller(SellerId(2))]);
        let value = TagHeader::CacheTag.value(TENANT, &tags);
        assert_eq!(value, "3:all,3:search,3:seller:2");
    }

    #[test]
    fn a_product_says_what_it_is_made_from() {
        let tags = [Tag::Product(ProductId(7)), Tag::Category(CategoryId(8))];
        let value = TagHeader::SurrogateKey.value(TENANT, &tags);
        assert_eq!(value, "3:all 3:product:7 3:category:8");
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for header in [TagHeader::CacheTag, TagHeader::SurrogateKey] {
            assert_eq!(header.name().parse(), Ok(header));
        }
        assert_eq!("Cache-Tag".parse(), Ok(TagHeader::CacheTag));
        assert_eq!("x-tags".parse::<TagHeader>(), Err(ParseTagHeaderError));
    }
}
