//! Names of attributes, as front ends write them.

use souk_domain::FacetName;

/// Separator of the labels of a category's path.
pub(crate) const PATH_SEPARATOR: &str = " > ";
/// Levels of the category tree that are told of.
pub(crate) const LEVELS: usize = 10;

/// Attribute that is filtered by or counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// `categories.lvl0`, `categories.lvl1`, ...: paths of labels.
    CategoryLevel(usize),
    /// `category_slug`: slugs of categories at any level.
    CategorySlug,
    /// `brand`
    Brand,
    /// `fandom`: names.
    Fandom,
    /// `fandom_slug`
    FandomSlug,
    /// `seller`: names.
    Seller,
    /// `seller_slug`
    SellerSlug,
    /// `price`, in major units.
    Price,
    /// `rating`
    Rating,
    /// `in_stock`: `true` or `false`.
    InStock,
    /// `attributes.color`
    Named(String),
    /// `objectID`
    ObjectId,
}

/// Part of the filters that an attribute belongs to. What is selected in one does not narrow its own counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// A facet of its own.
    Facet(FacetName),
    /// An attribute of products.
    Named(String),
}

impl Attribute {
    /// Reads a name; none if there is no such attribute.
    pub(crate) fn read(name: &str) -> Option<Self> {
        Some(match name {
            "brand" => Self::Brand,
            "fandom" => Self::Fandom,
            "fandom_slug" => Self::FandomSlug,
            "seller" => Self::Seller,
            "seller_slug" => Self::SellerSlug,
            "category_slug" => Self::CategorySlug,
            "price" => Self::Price,
            "rating" => Self::Rating,
            "in_stock" => Self::InStock,
            "objectID" => Self::ObjectId,
            super::filters::TAGS => Self::Named(souk_domain::TAGS.to_owned()),
            name => {
                if let Some(level) = name.strip_prefix("categories.lvl") {
                    let level = level.parse().ok().filter(|level| *level < LEVELS)?;
                    return Some(Self::CategoryLevel(level));
                }
                let named = name.strip_prefix("attributes.")?;
                if named.is_empty() {
                    return None;
                }
                Self::Named(named.to_owned())
            }
        })
    }

    /// Returns the family; none for an id, which no facet counts.
    pub(crate) fn family(&self) -> Option<Family> {
        let facet = match self {
            Self::CategoryLevel(_) | Self::CategorySlug => FacetName::Category,
            Self::Brand => FacetName::Brand,
            Self::Fandom | Self::FandomSlug => FacetName::Fandom,
            Self::Seller | Self::SellerSlug => FacetName::Seller,
            Self::Price => FacetName::Price,
            Self::Rating => FacetName::Rating,
            Self::InStock => FacetName::Availability,
            Self::Named(name) => return Some(Family::Named(name.clone())),
            Self::ObjectId => return None,
        };
        Some(Family::Facet(facet))
    }
}

impl Family {
    /// Returns the facet that counts it.
    pub(crate) fn facet(&self) -> FacetName {
        match self {
            Self::Facet(facet) => *facet,
            Self::Named(_) => FacetName::Attributes,
        }
    }
}
