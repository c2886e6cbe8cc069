//! Values that a file leaves open: they stay as they are in the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    ExternalKey, Image, ProductInput, ProductStatus, SellerId, VariantInput, is_gtin,
};
use souk_store::{ProductKey, ProductRecord, Products, StoreError, VariantRecord};

use super::keep::{Kept, Silent, SilentVariant};
use super::kept_variants::GivenPrice;
use super::losses::{Loss, Losses, lose};

/// Rules of what is filled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// True if a default stock is given, which is taken for variants without one.
    pub stock_is_given: bool,
    /// True if blank cells clear what is there. Prices stay: there is no product without one.
    pub clear_blank: bool,
    /// Seller that the file replaces: what is archived of it and in the file is not archived any more.
    pub replaced: Option<SellerId>,
}

/// Fills what the file leaves open of products that exist already. Variants whose price is not known then are lost.
///
/// # Errors
/// If the catalogue cannot be read.
pub(super) async fn fill(
    products: &Products,
    batch: &mut [Kept],
    rules: Rules,
    losses: &mut Losses,
) -> Result<(), StoreError> {
    let open: BTreeSet<ExternalKey> = batch
        .iter()
        .filter(|kept| !kept.silent.nothing && leaves_open(kept, rules))
        .map(Kept::key)
        .collect();
    let known = match open.is_empty() {
        true => BTreeMap::new(),
        false => products.ids(&open).await?,
    };
    for kept in batch.iter_mut() {
        if let Some(id) = known.get(&kept.key())
            && let Some(record) = products.get(&ProductKey::Id(*id)).await?
        {
            take_over(&mut kept.silent, &mut kept.product, record, rules);
        }
        settle(kept, losses);
        // The file's variants may be others than those that are stored.
        kept.product.unbind_images();
    }
    Ok(())
}

/// Leaves out variants whose price is not known. A product that has no others becomes a draft, since nothing is sold
/// for nothing.
pub(super) fn settle(kept: &mut Kept, losses: &mut Losses) {
    let open = &mut kept.silent.of_variants;
    if open.iter().all(|open| open.price.loss().is_some()) {
        lose(losses, Loss::NoPrice, 1);
        if kept.product.status == ProductStatus::Active {
            kept.product.status = ProductStatus::Draft;
        }
        return;
    }
    for loss in open.iter().filter_map(|open| open.price.loss()) {
        lose(losses, loss, 1);
    }
    let mut of_variants = open.iter();
    kept.product.variants.retain(|_| {
        of_variants
            .next()
            .is_some_and(|open| open.price.loss().is_none())
    });
    open.retain(|open| open.price.loss().is_none());
}

fn leaves_open(kept: &Kept, rules: Rules) -> bool {
    let silent = &kept.silent;
    let product = &kept.product;
    let prices = silent.variants
        || silent
            .of_variants
            .iter()
            .any(|open| open.price != GivenPrice::Given);
    if rules.clear_blank {
        return prices;
    }
    prices
        || silent.status
        || silent.description
        || (silent.of_variants.iter()).any(|open| open.stock || open.condition)
        || product.brand.is_none()
        || product.category.is_none()
        || product.further_categories.is_empty()
        || product.fandom.is_none()
        || product.further_fandoms.is_empty()
        || product.seller.is_none()
        || product.images.iter().all(Image::is_plain)
        || product.tags.is_empty()
        || product.attributes.is_empty()
        || product
            .variants
            .iter()
            .any(|variant| variant.gtin.is_none() || !variant.measures.is_complete())
}

fn take_over(silent: &mut Silent, product: &mut ProductInput, record: ProductRecord, rules: Rules) {
    take_prices(silent, product, &record, rules);
    if rules.clear_blank {
        return;
    }
    let comes_back = record.status == ProductStatus::Archived
        && rules.replaced == Some(record.references.seller);
    if silent.status && !comes_back {
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
    for (given, known) in [
        (&mut product.further_categories, record.further_categories),
        (&mut product.further_fandoms, record.further_fandoms),
    ] {
        if given.is_empty() {
            given.extend(known.into_iter().map(|label| label.slug));
        }
    }
    product.seller = product.seller.take().or(Some(record.seller.slug));
    if product.images.is_empty() {
        product.images = record.images;
    } else {
        take_words(&mut product.images, record.images);
    }
    if product.tags.is_empty() {
        product.tags = record.tags;
    }
    for (name, values) in record.attributes {
        product.attributes.entry(name).or_insert(values);
    }
    for (variant, open) in product.variants.iter_mut().zip(&silent.of_variants) {
        let Some(known) = known(&record.variants, &variant.sku) else {
            continue;
        };
        // A stored one may be older than the check of its digits.
        let known_gtin = known.gtin.clone().filter(|gtin| is_gtin(gtin));
        variant.gtin = variant.gtin.take().or(known_gtin);
        variant.measures = variant.measures.or(known.measures);
        if open.stock && !rules.stock_is_given {
            variant.stock = known.stock;
            variant.stock_policy = known.stock_policy;
        }
        if open.condition {
            variant.condition = known.condition;
        }
    }
}

/// Takes what the file leaves open of images that are there already.
fn take_words(images: &mut [Image], known: Vec<Image>) {
    let mut known: BTreeMap<String, Image> = known
        .into_iter()
        .map(|image| (image.url.clone(), image))
        .collect();
    for image in images {
        let Some(known) = known.remove(&image.url) else {
            continue;
        };
        image.alt = image.alt.take().or(known.alt);
        if image.variants.is_empty() {
            image.variants = known.variants;
        }
    }
}

/// Takes prices that the file leaves open, and the variants themselves if it names none.
fn take_prices(
    silent: &mut Silent,
    product: &mut ProductInput,
    record: &ProductRecord,
    rules: Rules,
) {
    // Drafts without a price are stored at 0; what is on sale at 0 is free on purpose.
    let is_price = |price: i64| price > 0 || record.status == ProductStatus::Active;
    if silent.variants && !record.variants.is_empty() {
        let price_of = |known: &VariantRecord| match is_price(known.prices.price) {
            true => GivenPrice::Given,
            false => GivenPrice::Missing,
        };
        let open = record.variants.iter().map(price_of);
        silent.of_variants = open.map(SilentVariant::priced).collect();
        product.variants = record
            .variants
            .iter()
            .cloned()
            .map(VariantInput::from)
            .collect();
        product.currency = record.currency;
        return;
    }
    if (silent.of_variants.iter()).all(|open| open.price.loss().is_some()) {
        product.currency = record.currency;
    }
    if product.currency != record.currency {
        return;
    }
    let head = silent
        .of_variants
        .iter()
        .position(|open| open.price == GivenPrice::Given);
    let head_price = head
        .and_then(|head| known(&record.variants, &product.variants[head].sku))
        .map(|known| known.prices.price);
    for (variant, open) in product.variants.iter_mut().zip(&mut silent.of_variants) {
        let own =
            known(&record.variants, &variant.sku).filter(|known| is_price(known.prices.price));
        let Some(known) = own else {
            continue;
        };
        let keeps = match open.price {
            GivenPrice::Given => false,
            // One price for all goes on as one; a price of its own stays.
            GivenPrice::Inherited => {
                !rules.clear_blank
                    && head_price.is_some_and(|of_head| of_head != known.prices.price)
            }
            GivenPrice::Missing | GivenPrice::Foreign => true,
        };
        if keeps {
            variant.set_prices(known.prices);
            open.price = GivenPrice::Given;
        }
    }
}

fn known<'a>(variants: &'a [VariantRecord], sku: &str) -> Option<&'a VariantRecord> {
    variants.iter().find(|known| known.sku == sku)
}

#[cfg(test)]
mod tests {
    use souk_domain::{Currency, ProductInput};

    use super::*;

    fn kept(prices: &[(GivenPrice, i64)]) -> Kept {
        let variants = prices.iter().enumerate().map(|(number, (_, price))| {
            serde_json::json!({"sku": number.to_string(), "price": price, "stock": 1})
        });
        let product: ProductInput = serde_json::from_value(serde_json::json!({
            "external_id": "tee", "title": "Tee", "status": "active", "currency": "EUR",
            "variants": variants.collect::<Vec<_>>(),
        }))
        .unwrap();
        assert_eq!(product.currency, Currency::EUR);
        Kept {
            line: 1,
            bytes: 1,
            product,
            category: vec![],
            further_categories: vec![],
            fandom: None,
            further_fandoms: vec![],
            seller: None,
            further_sellers: vec![],
            silent: Silent {
                of_variants: prices
                    .iter()
                    .map(|(given, _)| SilentVariant::priced(*given))
                    .collect(),
                ..Silent::default()
            },
        }
    }

    #[test]
    fn variant_whose_price_nobody_knows_is_left_out_and_counted() {
        let mut kept = kept(&[
            (GivenPrice::Missing, 0),
            (GivenPrice::Given, 500),
            (GivenPrice::Foreign, 0),
        ]);
        let mut losses = Losses::new();
        settle(&mut kept, &mut losses);
        let skus: Vec<_> = kept
            .product
            .variants
            .iter()
            .map(|variant| &variant.sku)
            .collect();
        assert_eq!(skus, ["1"]);
        assert_eq!(kept.silent.of_variants.len(), 1);
        assert_eq!(kept.product.status, ProductStatus::Active);
        let counted = [
            losses[&Loss::NoVariantPrice],
            losses[&Loss::FurtherCurrency],
        ];
        assert_eq!(counted, [1, 1]);
    }

    #[test]
    fn product_whose_price_nobody_knows_becomes_a_draft() {
        let mut kept = kept(&[(GivenPrice::Missing, 0), (GivenPrice::Missing, 0)]);
        let mut losses = Losses::new();
        settle(&mut kept, &mut losses);
        assert_eq!(kept.product.variants.len(), 2);
        assert_eq!(kept.product.status, ProductStatus::Draft);
        assert_eq!(losses, Losses::from([(Loss::NoPrice, 1)]));
    }
}
