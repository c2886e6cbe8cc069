//! Kinds of entities that outbox rows refer to.

use std::{fmt, str::FromStr};

/// Kind of entity that an outbox row refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// A product, its variants or its reviews.
    Product,
    /// A category: every product in it or below it may look different.
    Category,
    /// A fandom: every product about it may look different.
    Fandom,
    /// A seller: every product of it may look different.
    Seller,
    /// An attribute of products: every product that has it may look different.
    Attribute,
}

impl Entity {
    /// Returns the name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Category => "category",
            Self::Fandom => "fandom",
            Self::Seller => "seller",
            Self::Attribute => "attribute",
        }
    }

    /// Returns the table that its ids are of.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Product => "products",
            Self::Category => "categories",
            Self::Fandom => "fandoms",
            Self::Seller => "sellers",
            Self::Attribute => "attribute_names",
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Entity {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        const ALL: [Entity; 5] = [
            Entity::Product,
            Entity::Category,
            Entity::Fandom,
            Entity::Seller,
            Entity::Attribute,
        ];
        ALL.into_iter()
            .find(|entity| entity.as_str() == name)
            .ok_or_else(|| format!("no entity `{name}`"))
    }
}
