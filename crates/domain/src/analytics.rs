//! What shoppers do with what they find.

use std::{fmt, str::FromStr};

use crate::ProductId;

/// What a shopper did with a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Opened its page.
    Click,
    /// Put it into the cart.
    AddToCart,
    /// Bought it.
    Purchase,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Click, Self::AddToCart, Self::Purchase];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::AddToCart => "add_to_cart",
            Self::Purchase => "purchase",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|action| action.as_str() == name);
        known.ok_or_else(|| "is `click`, `add_to_cart` or `purchase`".to_owned())
    }
}

/// What a shopper did with a product, and where it stood in the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HitEvent {
    /// What was done.
    pub action: Action,
    /// With which product.
    pub product: ProductId,
    /// Its place in the result, from 1.
    pub position: u32,
    /// How many pieces of it.
    pub quantity: u32,
    /// What was paid for them, in minor units of the marketplace's currency; nothing but for a purchase.
    pub revenue: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}
