//! Kinds of cached responses and their lifetimes.

use std::time::Duration;

/// Kinds of cached responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Product details.
    Product,
    /// Listings of products, and products alike.
    Listing,
    /// Pages of search results.
    Search,
    /// Values of a facet.
    Facets,
    /// Search suggestions.
    Suggestions,
    /// The tree of categories, and the list of fandoms.
    Categories,
    /// Sellers.
    Seller,
}

/// Lifetime of an entry whose tags are not invalidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Time in which it is served as it is.
    pub fresh: Duration,
    /// Time after that in which it is served once more while it is renewed.
    pub stale: Duration,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Product,
        Self::Listing,
        Self::Search,
        Self::Facets,
        Self::Suggestions,
        Self::Categories,
        Self::Seller,
    ];

    /// Returns the name in keys and statistics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Listing => "listing",
            Self::Search => "search",
            Self::Facets => "facets",
            Self::Suggestions => "suggestions",
            Self::Categories => "categories",
            Self::Seller => "seller",
        }
    }

    /// Returns the lifetime of entries. Changes invalidate entries, so the lifetime bounds memory use and the effect
    /// of changes without an event.
    pub fn lifetime(self) -> Lifetime {
        let seconds = |fresh, stale| Lifetime {
            fresh: Duration::from_secs(fresh),
            stale: Duration::from_secs(stale),
        };
        match self {
            Self::Product | Self::Categories | Self::Seller => seconds(300, 300),
            Self::Listing | Self::Search | Self::Facets => seconds(60, 60),
            Self::Suggestions => seconds(120, 120),
        }
    }
}
