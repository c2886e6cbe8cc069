//! Kinds of cached responses and their lifetimes.

use std::time::Duration;

/// Kinds of cached responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Product details, and reviews of a product.
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
    /// Sellers, and the list of them.
    Seller,
}

/// Lifetimes of entries whose tags are not invalidated, by kind. An entry is served as it is for its lifetime, and for
/// as long again while it is renewed.
///
/// Changes invalidate entries, so the lifetime bounds memory use and the effect of changes without an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes([Duration; Kind::ALL.len()]);

impl Lifetimes {
    /// Creates lifetimes from that of each kind.
    pub fn new(of: impl Fn(Kind) -> Duration) -> Self {
        Self(Kind::ALL.map(of))
    }

    /// Returns the lifetime of a kind.
    pub fn of(&self, kind: Kind) -> Duration {
        self.0[kind as usize]
    }
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
}
