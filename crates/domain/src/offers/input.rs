//! Further sellers' offers as writers give them.

use serde::{Deserialize, Serialize};

use crate::{
    Change, Condition, InvalidField, MAX_KEY_CHARS, MAX_PRICE, MAX_STOCK, Prices, StockPolicy,
    parse_slug,
    product::{required, tidy_optional},
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

/// Offer of the variant with a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferInput {
    /// Stock keeping unit of the variant within its product.
    pub sku: String,
    /// The offer.
    pub offer: SellerOffer,
}

/// Change of a further seller's offer. `None` leaves a property as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfferPatch {
    /// Seller's own id of the offer.
    pub external_id: Change<String>,
    /// Price that is charged, in a sale or always, in minor units.
    pub price: Option<i64>,
    /// Regular price in minor units.
    pub list_price: Change<i64>,
    /// First moment of the sale, in milliseconds since 1970 UTC.
    pub sale_from_ms: Change<i64>,
    /// Moment after the sale, in milliseconds since 1970 UTC.
    pub sale_until_ms: Change<i64>,
    /// Units in stock.
    pub stock: Option<i64>,
    /// Meaning of the stock.
    pub stock_policy: Option<StockPolicy>,
    /// Condition of the goods.
    pub condition: Option<Condition>,
}

impl OfferInput {
    /// Trims the keys and refuses what cannot be stored.
    ///
    /// # Errors
    /// Naming the first field at fault.
    pub fn validated(mut self) -> Result<Self, InvalidField> {
        tidy(&mut self.sku);
        required("sku", &self.sku, MAX_KEY_CHARS)?;
        self.offer.check()?;
        Ok(self)
    }
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

impl OfferPatch {
    /// Applies the change to an offer as it is.
    ///
    /// # Errors
    /// Naming the first field at fault.
    pub fn applied(self, offer: SellerOffer) -> Result<SellerOffer, InvalidField> {
        let prices = offer.prices;
        let mut patched = SellerOffer {
            external_id: changed(self.external_id, offer.external_id),
            prices: Prices {
                price: self.price.unwrap_or(prices.price),
                list_price: changed(self.list_price, prices.list_price),
                sale_from_ms: changed(self.sale_from_ms, prices.sale_from_ms),
                sale_until_ms: changed(self.sale_until_ms, prices.sale_until_ms),
            },
            stock: self.stock.unwrap_or(offer.stock),
            stock_policy: self.stock_policy.unwrap_or(offer.stock_policy),
            condition: self.condition.unwrap_or(offer.condition),
            ..offer
        };
        patched.check()?;
        Ok(patched)
    }
}

fn changed<T>(change: Change<T>, current: Option<T>) -> Option<T> {
    match change {
        Change::Keep => current,
        Change::Remove => None,
        Change::Set(new) => Some(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer() -> OfferInput {
        OfferInput {
            sku: " A ".to_owned(),
            offer: SellerOffer {
                seller: "attic".to_owned(),
                external_id: Some("7".to_owned()),
                prices: Prices {
                    list_price: Some(900),
                    ..Prices::of(800)
                },
                stock: 3,
                stock_policy: StockPolicy::Tracked,
                condition: Condition::Used,
            },
        }
    }

    #[test]
    fn offer_with_a_fault_names_the_field() {
        let blamed = |change: fn(&mut OfferInput)| {
            let mut offer = offer();
            change(&mut offer);
            Some(offer.validated().err()?.field.into_owned())
        };
        assert_eq!(blamed(|_| {}), None);
        type Fault = (&'static str, fn(&mut OfferInput));
        let faults: [Fault; 6] = [
            ("sku", |offer| offer.sku = " ".to_owned()),
            ("seller", |input| {
                input.offer.seller = "The Attic".to_owned()
            }),
            ("external_id", |input| {
                input.offer.external_id = Some(String::new())
            }),
            ("price", |input| input.offer.prices.price = -1),
            ("list_price", |input| {
                input.offer.prices.list_price = Some(1)
            }),
            ("stock", |input| input.offer.stock = -1),
        ];
        for (field, change) in faults {
            assert_eq!(blamed(change).as_deref(), Some(field));
        }
    }

    #[test]
    fn patch_changes_what_it_names() {
        let patch = OfferPatch {
            price: Some(700),
            external_id: Change::Remove,
            stock_policy: Some(StockPolicy::Untracked),
            ..OfferPatch::default()
        };
        let patched = patch.applied(offer().offer).unwrap();
        assert_eq!(patched.prices.list_price, Some(900));
        assert_eq!((patched.prices.price, patched.external_id), (700, None));
        assert_eq!((patched.stock, patched.condition), (0, Condition::Used));
        let above = OfferPatch {
            price: Some(901),
            ..OfferPatch::default()
        };
        assert_eq!(
            above.applied(offer().offer).unwrap_err().field,
            "list_price"
        );
    }
}
