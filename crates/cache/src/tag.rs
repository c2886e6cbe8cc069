use std::{fmt, str::FromStr};

use souk_domain::{CategoryId, FandomId, ProductId, SellerId};

/// What an entry was made from, within a tenant. When that changes, the tag is dropped, and with it the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// Whatever the tenant has.
    All,
    /// The search index as a whole: totals, facets, and who is on a page. An entry whose `Search` was dropped may still
    /// be served for a moment, see [`crate::Cache`]; one that lost any other tag may not.
    Search,
    /// The tree of categories.
    Categories,
    /// The list of fandoms.
    Fandoms,
    /// A product with its variants and reviews.
    Product(ProductId),
    /// A category.
    Category(CategoryId),
    /// A fandom.
    Fandom(FandomId),
    /// A seller.
    Seller(SellerId),
}

/// A text that names no tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no tag: `all`, `search`, `categories`, `fandoms`, or such as `product:7`, `category:7`, `fandom:7`, `seller:7`"
)]
pub struct ParseTagError;

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Search => f.write_str("search"),
            Self::Categories => f.write_str("categories"),
            Self::Fandoms => f.write_str("fandoms"),
            Self::Product(id) => write!(f, "product:{id}"),
            Self::Category(id) => write!(f, "category:{id}"),
            Self::Fandom(id) => write!(f, "fandom:{id}"),
            Self::Seller(id) => write!(f, "seller:{id}"),
        }
    }
}

impl FromStr for Tag {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "all" if id.is_empty() => Ok(Self::All),
            "search" if id.is_empty() => Ok(Self::Search),
            "categories" if id.is_empty() => Ok(Self::Categories),
            "fandoms" if id.is_empty() => Ok(Self::Fandoms),
            "product" => id.parse().map(Self::Product).map_err(|_| ParseTagError),
            "category" => id.parse().map(Self::Category).map_err(|_| ParseTagError),
            "fandom" => id.parse().map(Self::Fandom).map_err(|_| ParseTagError),
            "seller" => id.parse().map(Self::Seller).map_err(|_| ParseTagError),
            _ => Err(ParseTagError),
        }
    }
}

/// Tags as messages and Redis hold them: with a blank between.
pub(crate) fn written(tags: &[Tag]) -> String {
    let texts: Vec<String> = tags.iter().map(Tag::to_string).collect();
    texts.join(" ")
}

/// The tags of a text; none if any of them is unknown, as from a newer version.
pub(crate) fn read(text: &str) -> Option<Vec<Tag>> {
    text.split_ascii_whitespace()
        .map(|tag| tag.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_as_it_is_written() {
        let tags = [
            Tag::All,
            Tag::Search,
            Tag::Categories,
            Tag::Fandoms,
            Tag::Product(ProductId(7)),
            Tag::Category(CategoryId(8)),
            Tag::Fandom(FandomId(9)),
            Tag::Seller(SellerId(10)),
        ];
        assert_eq!(read(&written(&tags)).unwrap(), tags);
        for other in [
            "",
            "product",
            "product:",
            "product:x",
            "search:1",
            "tenant:1",
        ] {
            assert_eq!(other.parse::<Tag>(), Err(ParseTagError), "{other}");
        }
    }
}
