//! Mapping of imported products to what the catalogue can hold today: the only place that knows both models.
//!
//! Today a variant has one price and a stock number, a product one category and no tags. What is more than that is
//! counted as a loss. A price that the file does not give is looked up in the catalogue by [`super::silence`].

use std::collections::BTreeMap;

use souk_domain::{
    Currency, InvalidField, MAX_IMAGES, MAX_STOCK, ProductInput, ProductStatus, VariantInput,
};

use super::imported::{CategoryStep, Offer, Product, Reference, Status, Stock};
use super::kept_variants::{GivenPrice, MOST_KEY_CHARS, Row, shortened, variants};
use super::losses::{Loss, Losses, lose};

/// Units that stand for a stock that is not counted, or may be sold beyond.
pub(super) const UNTRACKED_UNITS: i64 = 1_000;
const MOST_TITLE_CHARS: usize = 500;
const MOST_DESCRIPTION_CHARS: usize = 50_000;

/// A product in today's model, and the names of what it refers to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub line: u64,
    pub bytes: usize,
    pub product: ProductInput,
    /// From the root to the product's own category; empty if it has none.
    pub category: Vec<CategoryStep>,
    pub fandom: Option<Reference>,
    pub seller: Option<Reference>,
    pub silent: Silent,
}

/// Fields that the file leaves open, and an existing product keeps.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Silent {
    /// True if nothing is open: the file is complete.
    pub nothing: bool,
    pub status: bool,
    pub description: bool,
    /// True if no row is a variant.
    pub variants: bool,
    /// Price of each variant in the file.
    pub prices: Vec<GivenPrice>,
    /// True for each variant without a stock.
    pub stocks: Vec<bool>,
}

/// Values for what files leave open.
#[derive(Debug, Clone)]
pub(super) struct Defaults {
    pub currency: Currency,
    /// Stock of variants that give none.
    pub stock: Option<i64>,
    pub status: ProductStatus,
    /// Milliseconds since 1970 UTC, by which sales are in force or not.
    pub now_ms: i64,
}

/// Maps a product onto today's model.
///
/// # Errors
/// If it cannot be stored, naming the field at fault.
pub(super) fn keep(
    product: Product,
    defaults: &Defaults,
    losses: &mut Losses,
) -> Result<Kept, InvalidField> {
    let complete = product.complete;
    let mut silent = Silent {
        nothing: complete,
        status: product.status.is_none(),
        description: product.description.is_none(),
        ..Silent::default()
    };
    let currency = product
        .variants
        .iter()
        .find_map(|variant| variant.offer.price)
        .map_or(defaults.currency, |price| price.currency);
    if complete
        && product
            .variants
            .iter()
            .any(|variant| variant.offer.price.is_none())
    {
        return Err(InvalidField::new("price", "is required"));
    }
    let status = status(product.status, defaults, losses);
    let mut variants = variants(&product, currency, defaults.now_ms, losses);
    silent.variants = variants.is_empty();
    if silent.variants {
        variants.push(Row {
            input: VariantInput {
                sku: product.id.clone(),
                gtin: None,
                options: BTreeMap::new(),
                price: 0,
                stock: 0,
            },
            price: GivenPrice::Missing,
            stock: Some(Stock::Units(0)),
            backorder: false,
        });
    }
    let mut inputs = Vec::with_capacity(variants.len());
    for Row {
        mut input,
        price,
        stock,
        backorder,
    } in variants
    {
        silent.prices.push(price);
        silent.stocks.push(stock.is_none());
        input.stock = units(stock, backorder, defaults, losses);
        inputs.push(input);
    }
    not_kept(&product, losses);
    let mut images: Vec<String> = product
        .images
        .into_iter()
        .map(|image| image.address)
        .collect();
    lose(
        losses,
        Loss::ManyImages,
        images.len().saturating_sub(MAX_IMAGES),
    );
    images.truncate(MAX_IMAGES);
    let mut shorten = |text: String, most: usize| match complete {
        true => text,
        false => shortened(text, most, losses),
    };
    let input = ProductInput {
        external_id: product.id,
        slug: product.slug,
        title: shorten(product.title, MOST_TITLE_CHARS),
        description: shorten(
            product.description.unwrap_or_default(),
            MOST_DESCRIPTION_CHARS,
        ),
        brand: product.brand.map(|brand| shorten(brand, MOST_KEY_CHARS)),
        status,
        // By name here; the slugs are known when they have been looked up.
        category: None,
        fandom: None,
        seller: None,
        attributes: product.attributes,
        images,
        currency,
        variants: inputs,
        ratings: product.ratings,
        popularity: product.popularity,
        created_at_ms: product.created_at_ms,
    };
    Ok(Kept {
        line: product.line,
        bytes: product.bytes,
        product: input.validated()?,
        category: product.categories.into_iter().next().unwrap_or_default(),
        fandom: product.fandom,
        seller: product.seller,
        silent,
    })
}

fn status(given: Option<Status>, defaults: &Defaults, losses: &mut Losses) -> ProductStatus {
    match given {
        None => defaults.status,
        Some(Status::Active) => ProductStatus::Active,
        Some(Status::Draft) => ProductStatus::Draft,
        Some(Status::Archived) => ProductStatus::Archived,
        Some(Status::Unlisted) => {
            lose(losses, Loss::Unlisted, 1);
            ProductStatus::Draft
        }
        Some(Status::Hidden) => {
            lose(losses, Loss::Hidden, 1);
            ProductStatus::Draft
        }
    }
}

fn units(stock: Option<Stock>, backorder: bool, defaults: &Defaults, losses: &mut Losses) -> i64 {
    match stock {
        Some(Stock::Untracked) => {
            lose(losses, Loss::Untracked, 1);
            UNTRACKED_UNITS
        }
        Some(Stock::Units(units)) if units <= 0 && backorder => {
            lose(losses, Loss::Backorder, 1);
            UNTRACKED_UNITS
        }
        Some(Stock::Units(units)) => units.min(MAX_STOCK),
        None => {
            lose(losses, Loss::DefaultStock, 1);
            defaults.stock.unwrap_or_default()
        }
    }
}

/// Counts what today's model has no place for.
fn not_kept(product: &Product, losses: &mut Losses) {
    let count = |has: fn(&Offer) -> bool| {
        product
            .variants
            .iter()
            .filter(|variant| has(&variant.offer))
            .count()
    };
    lose(
        losses,
        Loss::ListPrice,
        count(|offer| offer.list_price.is_some()),
    );
    lose(
        losses,
        Loss::FurtherCategories,
        product.categories.len().saturating_sub(1),
    );
    lose(losses, Loss::Tags, product.tags.len());
    lose(
        losses,
        Loss::AltTexts,
        product
            .images
            .iter()
            .filter(|image| image.alt.is_some())
            .count(),
    );
}

#[cfg(test)]
mod tests {
    use souk_domain::{Attributes, Money};

    use super::*;
    use crate::import::imported::{Sale, Variant};

    fn tee(offer: Offer) -> Product {
        Product {
            line: 2,
            bytes: 10,
            id: "tee".into(),
            slug: None,
            title: "Tee".into(),
            description: None,
            brand: None,
            status: None,
            categories: vec![
                vec![CategoryStep::named("A")],
                vec![CategoryStep::named("B")],
            ],
            tags: vec!["new".into()],
            fandom: None,
            seller: None,
            images: vec![],
            attributes: Attributes::new(),
            variants: vec![Variant {
                offer,
                ..Variant::default()
            }],
            ratings: None,
            popularity: None,
            created_at_ms: None,
            complete: false,
        }
    }

    fn kept(product: Product) -> (Kept, Losses) {
        let defaults = Defaults {
            currency: Currency::EUR,
            stock: None,
            status: ProductStatus::Active,
            now_ms: 1_000,
        };
        let mut losses = Losses::new();
        (keep(product, &defaults, &mut losses).unwrap(), losses)
    }

    fn euro(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn a_sale_is_the_price_only_while_it_is_in_force() {
        let offer = |from_ms, to_ms| Offer {
            price: Some(euro(2_000)),
            sale: Some(Sale {
                price: euro(1_500),
                from_ms,
                to_ms,
            }),
            stock: Some(Stock::Untracked),
            ..Offer::default()
        };
        for (from, to, price) in [
            (None, None, 1_500),
            (Some(1_000), None, 1_500),
            (Some(1_001), None, 2_000),
            (None, Some(1_000), 2_000),
        ] {
            let (found, losses) = kept(tee(offer(from, to)));
            assert_eq!(found.product.variants[0].price, price);
            assert_eq!(found.product.variants[0].stock, UNTRACKED_UNITS);
            assert_eq!(
                (losses[&Loss::Tags], losses[&Loss::FurtherCategories]),
                (1, 1)
            );
        }
    }

    #[test]
    fn variant_without_a_usable_price_stays_and_leaves_it_open() {
        let dollars = Money::new(900, Currency::USD);
        let prices = [Some(euro(500)), None, Some(dollars)];
        let variants = prices.iter().enumerate().map(|(number, price)| Variant {
            sku: Some(format!("T-{number}")),
            offer: Offer {
                price: *price,
                ..Offer::default()
            },
            ..Variant::default()
        });
        let (found, losses) = kept(Product {
            variants: variants.collect(),
            ..tee(Offer::default())
        });
        assert_eq!(
            found.silent.prices,
            [GivenPrice::Given, GivenPrice::Missing, GivenPrice::Foreign]
        );
        assert_eq!(found.product.variants.len(), 3);
        assert!(!losses.contains_key(&Loss::NoVariantPrice), "{losses:?}");
        assert!(!losses.contains_key(&Loss::FurtherCurrency), "{losses:?}");
    }

    #[test]
    fn repeated_sku_without_a_price_adds_no_variant() {
        let variant = |price| Variant {
            sku: Some("T".into()),
            offer: Offer {
                price,
                ..Offer::default()
            },
            ..Variant::default()
        };
        let (found, losses) = kept(Product {
            variants: vec![variant(None), variant(Some(euro(500)))],
            ..tee(Offer::default())
        });
        let variants = &found.product.variants;
        assert_eq!((variants.len(), variants[0].sku.as_str()), (1, "T"));
        assert_eq!(losses[&Loss::NoVariantPrice], 1);
    }

    #[test]
    fn hidden_or_unlisted_product_becomes_a_draft() {
        for status in [Status::Hidden, Status::Unlisted, Status::Draft] {
            let offer = Offer {
                price: Some(euro(1)),
                ..Offer::default()
            };
            let (found, _) = kept(Product {
                status: Some(status),
                ..tee(offer)
            });
            assert_eq!(found.product.status, ProductStatus::Draft);
        }
    }
}
