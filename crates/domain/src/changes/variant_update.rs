//! Change of a variant's price and stock alone.

use crate::{
    InvalidField, MAX_KEY_CHARS, MAX_PRICE, MAX_STOCK,
    checks::{required, tidy_optional},
    parse_slug,
    text::tidy,
};

/// New price or stock, or both, of the variant with a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantUpdate {
    /// Stock keeping unit of the variant.
    pub sku: String,
    /// External id of its product; required where several products have the SKU.
    pub external_id: Option<String>,
    /// Slug of the product's seller; required where several sellers have the external id.
    pub seller: Option<String>,
    /// Slug of the seller whose offer changes; the product's own if absent.
    pub offered_by: Option<String>,
    /// Minor units of the product's currency; unchanged if absent.
    pub price: Option<i64>,
    /// Units in stock; unchanged if absent.
    pub stock: Option<i64>,
}

impl VariantUpdate {
    /// Trims the keys and rejects values that cannot be stored.
    ///
    /// # Errors
    /// Naming the first field at fault.
    pub fn validated(mut self) -> Result<Self, InvalidField> {
        tidy(&mut self.sku);
        tidy_optional(&mut self.external_id);
        required("sku", &self.sku, MAX_KEY_CHARS)?;
        if let Some(external_id) = &self.external_id {
            required("external_id", external_id, MAX_KEY_CHARS)?;
        }
        if let Some(seller) = &self.seller {
            parse_slug(seller).map_err(|error| InvalidField::new("seller", error.to_string()))?;
            if self.external_id.is_none() {
                return Err(InvalidField::new(
                    "external_id",
                    "is required with `seller`",
                ));
            }
        }
        if let Some(seller) = &self.offered_by {
            parse_slug(seller)
                .map_err(|error| InvalidField::new("offered_by", error.to_string()))?;
        }
        if self.price.is_none() && self.stock.is_none() {
            return Err(InvalidField::new("price", "is required without `stock`"));
        }
        within("price", self.price, MAX_PRICE)?;
        within("stock", self.stock, MAX_STOCK)?;
        Ok(self)
    }
}

fn within(field: &'static str, value: Option<i64>, most: i64) -> Result<(), InvalidField> {
    match value {
        Some(value) if !(0..=most).contains(&value) => Err(InvalidField::new(
            field,
            format!("lies between 0 and {most}"),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Fault = fn(&mut VariantUpdate);

    fn blamed(change: impl FnOnce(&mut VariantUpdate)) -> Option<String> {
        let mut update = VariantUpdate {
            sku: " A ".into(),
            external_id: Some("mug".into()),
            seller: Some("acme".into()),
            offered_by: Some("attic".into()),
            price: Some(1),
            stock: None,
        };
        change(&mut update);
        let invalid = update.validated().err()?;
        Some(invalid.field.into_owned())
    }

    #[test]
    fn update_with_a_fault_names_the_field() {
        assert_eq!(blamed(|_| {}), None);
        let faults: [(&str, Fault); 10] = [
            ("sku", |u| u.sku = " ".into()),
            ("sku", |u| u.sku = "a\0".into()),
            ("external_id", |u| u.external_id = Some(String::new())),
            ("external_id", |u| u.external_id = None),
            ("seller", |u| u.seller = Some("No Slug".into())),
            ("offered_by", |u| u.offered_by = Some("No Slug".into())),
            ("price", |u| u.price = None),
            ("price", |u| u.price = Some(-1)),
            ("price", |u| u.price = Some(MAX_PRICE + 1)),
            ("stock", |u| u.stock = Some(MAX_STOCK + 1)),
        ];
        for (field, change) in faults {
            assert_eq!(blamed(change).as_deref(), Some(field));
        }
    }
}
