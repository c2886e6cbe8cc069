//! Further sellers' offers as writers give them.

use crate::{
    Change, Condition, InvalidField, Prices, SellerOffer, StockPolicy,
    checks::{MAX_KEY_CHARS, required},
    text::tidy,
};

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
