//! Offers of a variant by other sellers than the product's own.

use serde::{Deserialize, Serialize};

use crate::{
    Condition, InvalidField, Prices, StockPolicy,
    checks::{MAX_KEY_CHARS, MAX_PRICE, MAX_STOCK, required, tidy_optional},
    parse_slug,
    text::tidy,
};

/// Most offers of a product, those of its own seller's variants included: more than that no index holds.
pub const MAX_OFFERS: usize = 512;

/// Offer of a variant by another seller than the product's own, as it is given with the variant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SellerOffer {
    /// Slug of the seller who offers it.
    pub seller: String,
    /// Seller's own id of the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Prices in minor units of the product's currency, and the dates of a sale.
    #[serde(flatten)]
    pub prices: Prices,
    /// Units in stock; 0 where they are not counted.
    #[serde(default)]
    pub stock: i64,
    /// Meaning of the stock.
    #[serde(default, skip_serializing_if = "StockPolicy::is_tracked")]
    pub stock_policy: StockPolicy,
    /// Condition of the goods.
    #[serde(default, skip_serializing_if = "Condition::is_new")]
    pub condition: Condition,
}

impl SellerOffer {
    /// Trims the keys and refuses what cannot be stored.
    pub(crate) fn check(&mut self) -> Result<(), InvalidField> {
        tidy(&mut self.seller);
        tidy_optional(&mut self.external_id);
        parse_slug(&self.seller).map_err(|error| InvalidField::new("seller", error.to_string()))?;
        if let Some(external_id) = &self.external_id {
            required("external_id", external_id, MAX_KEY_CHARS)?;
        }
        if self.prices.list_price == Some(self.prices.price) {
            // Neither a reduction nor a sale.
            self.prices = Prices::of(self.prices.price);
        }
        self.prices.check(MAX_PRICE)?;
        if !(0..=MAX_STOCK).contains(&self.stock) {
            let message = format!("lies between 0 and {MAX_STOCK}");
            return Err(InvalidField::new("stock", message));
        }
        if self.stock_policy == StockPolicy::Untracked {
            self.stock = 0;
        }
        Ok(())
    }
}
