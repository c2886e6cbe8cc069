//! Places of a product: categories and fandoms, of which it has a main one and further ones.

/// Kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Category,
    Fandom,
}

impl Place {
    /// Column of a product's main place, and of further places in their table.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Category => "category_id",
            Self::Fandom => "fandom_id",
        }
    }

    /// Table of products' further places.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Category => "product_categories",
            Self::Fandom => "product_fandoms",
        }
    }
}
