//! Buy box: the rule by which one offer of a variant leads the others.
//!
//! Among the offers that pass the conditions of a search, one that can be bought comes first, then the lowest price, then
//! new goods, then the older offer. Documents list offers from the oldest on, so the first of equals leads.

use serde::{Deserialize, Serialize};

use crate::VariantDocument;

/// Property by which an offer leads the next best one of its variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuyBoxReason {
    /// Availability: the other cannot be bought.
    InStock,
    /// Lower price.
    LowestPrice,
    /// New goods: those of the other are not.
    Condition,
    /// Age: the other was made later.
    Older,
}

impl BuyBoxReason {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InStock => "in_stock",
            Self::LowestPrice => "lowest_price",
            Self::Condition => "condition",
            Self::Older => "older",
        }
    }
}

/// Offers of one variant, the leading one first.
#[derive(Debug, Clone, PartialEq)]
pub struct BuyBox<'o> {
    /// Offers by the rule, the best first; at least one.
    pub offers: Vec<&'o VariantDocument>,
    /// Property by which the first leads; none if it is the only one.
    pub reason: Option<BuyBoxReason>,
}

impl<'o> BuyBox<'o> {
    /// Orders offers of one variant, given from the oldest on. Returns `None` without any.
    pub fn of(offers: impl IntoIterator<Item = &'o VariantDocument>) -> Option<Self> {
        let mut offers: Vec<&VariantDocument> = offers.into_iter().collect();
        // Stable, so that the older one stays first among equals.
        offers.sort_by_key(|offer| rank(offer));
        let leading = offers.first()?;
        let reason = offers.get(1).map(|other| reason(leading, other));
        Some(Self { offers, reason })
    }

    /// Returns the offer that leads.
    pub fn leading(&self) -> &'o VariantDocument {
        self.offers[0]
    }
}

impl VariantDocument {
    /// Offers of the variant that stands for its product, by the rule of the buy box. The variant is the cheapest; of
    /// several one that can be bought, and the first of those.
    pub fn leading<'v, V>(offers: V) -> Option<BuyBox<'v>>
    where
        V: IntoIterator<Item = &'v Self>,
        V::IntoIter: Clone,
    {
        let offers = offers.into_iter();
        let mut others = offers.clone();
        let first = others.next()?;
        let best = others.fold(first, |best, other| {
            match (other.price, !other.available) < (best.price, !best.available) {
                true => other,
                false => best,
            }
        });
        BuyBox::of(offers.filter(|offer| offer.id == best.id))
    }
}

fn rank(offer: &VariantDocument) -> (bool, i64, bool) {
    (!offer.available, offer.price, !offer.condition.is_new())
}

fn reason(leading: &VariantDocument, other: &VariantDocument) -> BuyBoxReason {
    let (own, others) = (rank(leading), rank(other));
    if own.0 != others.0 {
        BuyBoxReason::InStock
    } else if own.1 != others.1 {
        BuyBoxReason::LowestPrice
    } else if own.2 != others.2 {
        BuyBoxReason::Condition
    } else {
        BuyBoxReason::Older
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Condition, Label, VariantId};

    fn offer(seller: &str, price: i64, available: bool, condition: Condition) -> VariantDocument {
        VariantDocument {
            id: VariantId(1),
            sku: "A".to_owned(),
            options: BTreeMap::new(),
            numbers: BTreeMap::new(),
            price,
            list_price: None,
            lowest_price_30d: None,
            stock: i64::from(available),
            available,
            image: None,
            image_alt: None,
            seller: Some(Label::new(seller, seller)),
            condition,
        }
    }

    fn led_by(offers: &[VariantDocument]) -> (String, Option<BuyBoxReason>) {
        let boxed = BuyBox::of(offers).unwrap();
        let seller = boxed.leading().seller.as_ref().unwrap();
        (seller.slug.clone(), boxed.reason)
    }

    #[test]
    fn each_property_decides_where_those_before_are_equal() {
        let (new, used) = (Condition::New, Condition::Used);
        let old = offer("old", 900, true, used);
        let cases = [
            (
                offer("sold-out", 100, false, new),
                "old",
                BuyBoxReason::InStock,
            ),
            (
                offer("dear", 901, true, new),
                "old",
                BuyBoxReason::LowestPrice,
            ),
            (
                offer("cheap", 899, true, used),
                "cheap",
                BuyBoxReason::LowestPrice,
            ),
            (offer("new", 900, true, new), "new", BuyBoxReason::Condition),
            (
                offer("refurbished", 900, true, Condition::Refurbished),
                "old",
                BuyBoxReason::Older,
            ),
        ];
        for (other, leading, reason) in cases {
            let led = led_by(&[old.clone(), other]);
            assert_eq!(led, (leading.to_owned(), Some(reason)));
        }
    }

    #[test]
    fn only_offer_leads_without_a_reason() {
        let only = offer("only", 1, false, Condition::Damaged);
        assert_eq!(led_by(&[only]), ("only".to_owned(), None));
        assert_eq!(BuyBox::of([]), None);
    }
}
