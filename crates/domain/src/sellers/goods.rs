//! Goods as their own seller writes them: what is the marketplace's to say, a seller does not.

use crate::{
    InvalidField,
    changes::{ProductPatch, VariantPatch},
    product::ProductInput,
};

/// Returns a change of a product of the seller with this slug, if the seller may make it.
///
/// # Errors
/// Naming the field that is the marketplace's or another seller's to set.
pub fn own_patch(mut patch: ProductPatch, seller: &str) -> Result<ProductPatch, InvalidField> {
    own_seller(patch.seller.as_deref(), seller)?;
    not_set("ratings", patch.ratings.is_some())?;
    not_set("popularity", patch.popularity.is_some())?;
    not_set("created_at", patch.created_at_ms.is_some())?;
    let offers = patch
        .variants
        .iter()
        .map(|variant| variant.offers.is_some());
    no_offers(offers)?;
    patch.seller = Some(seller.to_owned());
    Ok(patch)
}

/// Returns a whole product of the seller with this slug, if the seller may write it.
///
/// # Errors
/// As [`own_patch`].
pub fn own_product(mut product: ProductInput, seller: &str) -> Result<ProductInput, InvalidField> {
    own_seller(product.seller.as_deref(), seller)?;
    not_set("ratings", product.ratings.is_some())?;
    not_set("popularity", product.popularity.is_some())?;
    not_set("created_at", product.created_at_ms.is_some())?;
    let offers = product
        .variants
        .iter()
        .map(|variant| variant.offers.is_some());
    no_offers(offers)?;
    product.seller = Some(seller.to_owned());
    Ok(product)
}

/// True if a change is of stocks and nothing else.
#[must_use]
pub fn changes_stocks_alone(patch: &ProductPatch) -> bool {
    let stocks = patch.variants.iter().map(|variant| VariantPatch {
        sku: variant.sku.clone(),
        stock: variant.stock,
        ..VariantPatch::default()
    });
    let stocks = ProductPatch {
        variants: stocks.collect(),
        ..ProductPatch::default()
    };
    *patch == stocks
}

fn own_seller(named: Option<&str>, own: &str) -> Result<(), InvalidField> {
    match named {
        Some(other) if other != own => Err(InvalidField::new("seller", "must be your own")),
        _ => Ok(()),
    }
}

fn no_offers(offers: impl Iterator<Item = bool>) -> Result<(), InvalidField> {
    for (index, has_offers) in offers.enumerate() {
        not_set(&format!("variants[{index}].offers"), has_offers)?;
    }
    Ok(())
}

fn not_set(field: &str, is_set: bool) -> Result<(), InvalidField> {
    match is_set {
        true => Err(InvalidField::new(
            field.to_owned(),
            "must be left out: the marketplace sets it",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RatingTotals;

    fn of_stock(stock: i64) -> ProductPatch {
        let variant = VariantPatch {
            sku: "vase".to_owned(),
            stock: Some(stock),
            ..VariantPatch::default()
        };
        ProductPatch {
            variants: vec![variant],
            ..ProductPatch::default()
        }
    }

    #[test]
    fn patch_gets_the_sellers_own_name() {
        let patch = own_patch(of_stock(3), "pottery").unwrap();
        assert_eq!(patch.seller.as_deref(), Some("pottery"));
        assert_eq!(own_patch(patch.clone(), "pottery"), Ok(patch.clone()));
        assert_eq!(own_patch(patch, "acme").unwrap_err().field, "seller");
    }

    #[test]
    fn ratings_and_offers_of_others_are_not_the_sellers() {
        let rated = ProductPatch {
            ratings: Some(RatingTotals { count: 9, sum: 45 }),
            ..ProductPatch::default()
        };
        assert_eq!(own_patch(rated, "pottery").unwrap_err().field, "ratings");
        let mut offered = of_stock(1);
        offered.variants[0].offers = Some(Vec::new());
        let refused = own_patch(offered, "pottery").unwrap_err();
        assert_eq!(refused.field, "variants[0].offers");
    }

    #[test]
    fn change_of_stocks_is_told_from_others() {
        assert!(changes_stocks_alone(&of_stock(3)));
        let mut priced = of_stock(3);
        priced.variants[0].price = Some(1);
        assert!(!changes_stocks_alone(&priced));
        let titled = ProductPatch {
            title: Some("Vase".to_owned()),
            ..of_stock(3)
        };
        assert!(!changes_stocks_alone(&titled));
    }
}
