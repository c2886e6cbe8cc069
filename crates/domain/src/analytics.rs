//! Events of shoppers on hits: clicks, carts, purchases.

use std::{fmt, str::FromStr};

use crate::ProductId;

/// Action of a shopper on a hit.
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

/// Event of a shopper on a product of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HitEvent {
    /// Kind of event.
    pub action: Action,
    /// With which product.
    pub product: ProductId,
    /// Position in the result, from 1, if it is known.
    pub position: Option<u32>,
    /// Number of pieces.
    pub quantity: u32,
    /// Amount paid, in minor units of the tenant's currency; 0 unless it is a purchase.
    pub revenue: i64,
    /// Time in milliseconds since 1970 UTC.
    pub at_ms: i64,
}
