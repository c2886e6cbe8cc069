//! State of a product as whoever watches it is told of it.

use serde::Serialize;
use souk_domain::{BuyBox, ProductId, VariantId};
use souk_store::ProductRecord;

/// Price and stock of a product.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct ProductState {
    id: i64,
    /// False if nobody can see it, or there is no such product; then nothing else is told.
    is_listed: bool,
    #[serde(flatten)]
    terms: Option<ListedTerms>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ListedTerms {
    price: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_price: Option<i64>,
    currency: String,
    in_stock: bool,
    stock: i64,
    variants: Vec<VariantState>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct VariantState {
    id: i64,
    price: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_price: Option<i64>,
    in_stock: bool,
    stock: i64,
}

impl ProductState {
    /// Returns the state of a product that nobody can see.
    pub(super) fn unlisted(id: ProductId) -> Self {
        Self {
            id: id.0,
            is_listed: false,
            terms: None,
        }
    }

    /// Returns the state of a product.
    pub(super) fn of(record: &ProductRecord) -> Self {
        if !record.is_public() {
            return Self::unlisted(record.id);
        }
        let variants = record.variants.iter().filter_map(|variant| {
            let offers = record.open_offers(variant);
            let leading = BuyBox::of(&offers)?.leading();
            Some(VariantState {
                id: variant.id.0,
                price: leading.price,
                list_price: leading.list_price,
                in_stock: leading.available,
                stock: leading.stock,
            })
        });
        let terms = ListedTerms {
            price: record.price.min,
            list_price: record.list_price,
            currency: record.currency.code().to_owned(),
            in_stock: record.available,
            stock: record.stock,
            variants: variants.collect(),
        };
        Self {
            id: record.id.0,
            is_listed: true,
            terms: Some(terms),
        }
    }

    /// Returns the price of the product or of a variant, and whether it can be bought. None if it is not on sale.
    pub(super) fn terms_of(&self, variant: Option<VariantId>) -> Option<(i64, bool)> {
        let terms = self.terms.as_ref()?;
        match variant {
            None => Some((terms.price, terms.in_stock)),
            Some(variant) => {
                let mut variants = terms.variants.iter();
                let own = variants.find(|own| own.id == variant.0)?;
                Some((own.price, own.in_stock))
            }
        }
    }

    /// Returns the state as JSON.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Returns the price of a product or of a variant as shoppers see it, and whether it can be bought. None if it is not on sale.
pub fn terms_of(record: &ProductRecord, variant: Option<VariantId>) -> Option<(i64, bool)> {
    ProductState::of(record).terms_of(variant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_that_nobody_can_see_has_no_price() {
        let state = ProductState::unlisted(ProductId(7));
        assert_eq!(state.json(), r#"{"id":7,"is_listed":false}"#);
    }
}
