//! Tags by which cached responses are invalidated.

use std::{fmt, str::FromStr};

use souk_domain::{CategoryId, FandomId, ProductId, SellerId};

/// Dependency of an entry within a tenant. A change invalidates the tag and its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// Everything of the tenant.
    All,
    /// Search index as a whole: totals, facets and result pages. An entry with only `Search` invalidated may be
    /// served for a short time, see [`crate::Cache`].
    Search,
    /// Category tree.
    Categories,
    /// Fandom list.
    Fandoms,
    /// Seller list.
    Sellers,
    /// Product with its variants and reviews.
    Product(ProductId),
    /// A category.
    Category(CategoryId),
    /// A fandom.
    Fandom(FandomId),
    /// A seller.
    Seller(SellerId),
}

/// Invalid tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no tag: `all`, `search`, `categories`, `fandoms`, `sellers`, or such as `product:7`, `category:7`, `fandom:7`, `seller:7`"
)]
pub struct ParseTagError;

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Search => f.write_str("search"),
            Self::Categories => f.write_str("categories"),
            Self::Fandoms => f.write_str("fandoms"),
            Self::Sellers => f.write_str("sellers"),
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
            "sellers" if id.is_empty() => Ok(Self::Sellers),
            "product" => id.parse().map(Self::Product).map_err(|_| ParseTagError),
            "category" => id.parse().map(Self::Category).map_err(|_| ParseTagError),
            "fandom" => id.parse().map(Self::Fandom).map_err(|_| ParseTagError),
            "seller" => id.parse().map(Self::Seller).map_err(|_| ParseTagError),
            _ => Err(ParseTagError),
        }
    }
}

/// Formats tags for messages and Redis, separated by blanks.
pub(crate) fn written(tags: &[Tag]) -> String {
    let texts: Vec<String> = tags.iter().map(Tag::to_string).collect();
    texts.join(" ")
}

/// Parses tags; `None` if one is unknown, as from a newer version.
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
            Tag::Sellers,
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
