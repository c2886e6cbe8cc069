//! What a file leaves open stays as it is in the catalogue.

use std::collections::BTreeSet;

use souk_domain::{ProductInput, ProductStatus};
use souk_store::{ProductKey, ProductRecord, Products, StoreError};

use super::keep::{Kept, Silent};

/// Fills what the file leaves open of products that exist already.
///
/// # Errors
/// If the catalogue cannot be read.
pub(super) async fn fill(
    products: &Products,
    batch: &mut [Kept],
    stock_is_given: bool,
) -> Result<(), StoreError> {
    let open: BTreeSet<&str> = batch
        .iter()
        .filter(|kept| !kept.silent.nothing && leaves_open(kept))
        .map(|kept| kept.product.external_id.as_str())
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let known = products.ids(&open).await?;
    for kept in batch.iter_mut() {
        let Some(id) = known.get(&kept.product.external_id) else {
            continue;
        };
        if let Some(record) = products.get(&ProductKey::Id(*id)).await? {
            take_over(&kept.silent, &mut kept.product, record, stock_is_given);
        }
    }
    Ok(())
}

fn leaves_open(kept: &Kept) -> bool {
    let silent = &kept.silent;
    let product = &kept.product;
    silent.status
        || silent.description
        || silent.prices.contains(&true)
        || silent.stocks.contains(&true)
        || product.brand.is_none()
        || product.category.is_none()
        || product.fandom.is_none()
        || product.seller.is_none()
        || product.images.is_empty()
        || product.attributes.is_empty()
        || product
            .variants
            .iter()
            .any(|variant| variant.gtin.is_none())
}

fn take_over(
    silent: &Silent,
    product: &mut ProductInput,
    record: ProductRecord,
    stock_is_given: bool,
) {
    if silent.status {
        product.status = record.status;
    }
    if silent.description {
        product.description = record.description;
    }
    product.brand = product.brand.take().or(record.brand);
    product.category = product
        .category
        .take()
        .or(record.category.map(|category| category.slug));
    product.fandom = product
        .fandom
        .take()
        .or(record.fandom.map(|fandom| fandom.slug));
    product.seller = product.seller.take().or(Some(record.seller.slug));
    if product.images.is_empty() {
        product.images = record.images;
    }
    for (name, values) in record.attributes {
        product.attributes.entry(name).or_insert(values);
    }
    let same_currency = product.currency == record.currency;
    let all_silent = silent.prices.iter().all(|silent| *silent);
    let mut unpriced = false;
    for (index, variant) in product.variants.iter_mut().enumerate() {
        let Some(known) = record
            .variants
            .iter()
            .find(|known| known.sku == variant.sku)
        else {
            unpriced |= silent.prices.get(index) == Some(&true);
            continue;
        };
        variant.gtin = variant.gtin.take().or(known.gtin.clone());
        if silent.prices.get(index) == Some(&true) && (same_currency || all_silent) {
            variant.price = known.price;
        }
        if silent.stocks.get(index) == Some(&true) && !stock_is_given {
            variant.stock = known.stock;
        }
    }
    if all_silent {
        product.currency = record.currency;
    }
    if unpriced {
        // Neither the file nor the catalogue has a price of it, and nothing is sold for nothing.
        product.status = ProductStatus::Draft;
    }
}
