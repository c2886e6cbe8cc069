use std::time::Duration;

/// The caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Products' pages.
    Product,
    /// Listings of products, and products alike.
    Listing,
    /// Pages of search results.
    Search,
    /// Values of a facet.
    Facets,
    /// What is offered while someone types.
    Suggestions,
    /// The tree of categories, and the list of fandoms.
    Categories,
    /// Sellers.
    Seller,
}

/// How long an entry lives while nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// So long it is served as it is.
    pub fresh: Duration,
    /// So long after that it is served once more, and renewed meanwhile.
    pub stale: Duration,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Product,
        Self::Listing,
        Self::Search,
        Self::Facets,
        Self::Suggestions,
        Self::Categories,
        Self::Seller,
    ];

    /// Its name in keys and statistics.
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

    /// The lifetime of its entries. Changes drop entries, so this is not about how old an answer may be, but about what
    /// is worth its memory, and how long a change that nobody could know of (of a clock, of an index by hand) lasts.
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
