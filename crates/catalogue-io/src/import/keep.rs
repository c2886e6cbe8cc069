//! Mapping of imported products to what the catalogue can hold today: the only place that knows both models.
//!
//! A variant has one price, or two while it is in a sale. What is more than that is counted as a loss. A price that the file does not give is looked up in the catalogue by [`super::silence`].

use std::collections::BTreeMap;

use souk_domain::{
    Currency, ExternalKey, Image, InvalidField, Label, MAX_ALT_CHARS, MAX_FURTHER, MAX_IMAGES,
    MAX_STOCK, MAX_TAGS, MAX_VALUE_CHARS, ProductInput, ProductStatus, StockPolicy, VariantInput,
};

use super::imported::{self, CategoryStep, Product, Reference, Status, Stock};
use super::kept_variants::{GivenPrice, MOST_KEY_CHARS, Row, shortened, variants};
use super::losses::{Loss, Losses, lose};

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
    /// Further ones, each from the root.
    pub further_categories: Vec<Vec<CategoryStep>>,
    pub fandom: Option<Reference>,
    pub further_fandoms: Vec<Reference>,
    pub seller: Option<Reference>,
    /// Sellers of further offers.
    pub further_sellers: Vec<Label>,
    pub silent: Silent,
}

impl Kept {
    /// External id and seller, by which the product is found again.
    pub(super) fn key(&self) -> ExternalKey {
        let named = || self.seller.as_ref().map(|seller| &seller.label.slug);
        ExternalKey {
            seller: self.product.seller.as_ref().or_else(named).cloned(),
            external_id: self.product.external_id.clone(),
        }
    }
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
    /// Open values of each variant in the file.
    pub of_variants: Vec<SilentVariant>,
}

/// Values of a variant that the file leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SilentVariant {
    pub price: GivenPrice,
    pub stock: bool,
    pub condition: bool,
}

impl SilentVariant {
    /// Variant of which only the price may be open.
    pub(super) fn priced(price: GivenPrice) -> Self {
        Self {
            price,
            stock: false,
            condition: false,
        }
    }
}

/// Values for what files leave open.
#[derive(Debug, Clone)]
pub(super) struct Defaults {
    pub currency: Currency,
    /// Stock of variants that give none.
    pub stock: Option<i64>,
    pub status: ProductStatus,
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
    let mut variants = variants(&product, currency, losses);
    silent.variants = variants.is_empty();
    if silent.variants {
        variants.push(Row {
            number: usize::MAX,
            input: VariantInput {
                sku: product.id.clone(),
                ..VariantInput::default()
            },
            price: GivenPrice::Missing,
            stock: Some(Stock::Units(0)),
            backorder: false,
            is_condition_open: false,
        });
    }
    let mut inputs = Vec::with_capacity(variants.len());
    let mut skus = BTreeMap::new();
    for Row {
        number,
        mut input,
        price,
        stock,
        backorder,
        is_condition_open,
    } in variants
    {
        silent.of_variants.push(SilentVariant {
            price,
            stock: stock.is_none(),
            condition: is_condition_open,
        });
        (input.stock, input.stock_policy) = units(stock, backorder, defaults, losses);
        skus.insert(number, input.sku.clone());
        inputs.push(input);
    }
    not_kept(&product, losses);
    let tags = tags(product.tags, complete, losses);
    let mut images = images(product.images, &skus, complete, losses);
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
        further_categories: Vec::new(),
        fandom: None,
        further_fandoms: Vec::new(),
        seller: None,
        attributes: product.attributes,
        tags,
        images,
        currency,
        variants: inputs,
        ratings: product.ratings,
        popularity: product.popularity,
        created_at_ms: product.created_at_ms,
    };
    let mut categories = product.categories.into_iter();
    Ok(Kept {
        line: product.line,
        bytes: product.bytes,
        product: input.validated()?,
        category: categories.next().unwrap_or_default(),
        further_categories: categories.take(MAX_FURTHER).collect(),
        fandom: product.fandom,
        further_fandoms: product.further_fandoms,
        seller: product.seller,
        further_sellers: product.further_sellers,
        silent,
    })
}

fn status(given: Option<Status>, defaults: &Defaults, losses: &mut Losses) -> ProductStatus {
    match given {
        None => defaults.status,
        Some(Status::Active) => ProductStatus::Active,
        Some(Status::Draft) => ProductStatus::Draft,
        Some(Status::Archived) => ProductStatus::Archived,
        Some(Status::Unlisted) => ProductStatus::Unlisted,
        Some(Status::Hidden) => {
            lose(losses, Loss::Hidden, 1);
            ProductStatus::Draft
        }
    }
}

/// Units in stock, and what they mean.
fn units(
    stock: Option<Stock>,
    backorder: bool,
    defaults: &Defaults,
    losses: &mut Losses,
) -> (i64, StockPolicy) {
    let policy = match backorder {
        true => StockPolicy::Backorder,
        false => StockPolicy::Tracked,
    };
    match stock {
        Some(Stock::Untracked) => (0, StockPolicy::Untracked),
        Some(Stock::Units(units)) => (units.min(MAX_STOCK), policy),
        None => {
            lose(losses, Loss::DefaultStock, 1);
            (defaults.stock.unwrap_or_default(), policy)
        }
    }
}

/// Tags that a product may have.
fn tags(mut tags: Vec<String>, complete: bool, losses: &mut Losses) -> Vec<String> {
    if complete {
        return tags;
    }
    let given = tags.len();
    tags.retain(|tag| tag.chars().count() <= MAX_VALUE_CHARS);
    tags.truncate(MAX_TAGS);
    lose(losses, Loss::Tags, given - tags.len());
    tags
}

/// Counts what today's model has no place for.
fn not_kept(product: &Product, losses: &mut Losses) {
    lose(
        losses,
        Loss::FurtherCategories,
        product.categories.len().saturating_sub(1 + MAX_FURTHER),
    );
}

/// Images with the stock keeping units of the variants that they show: none for one that shows them all.
fn images(
    given: Vec<imported::Image>,
    skus: &BTreeMap<usize, String>,
    complete: bool,
    losses: &mut Losses,
) -> Vec<Image> {
    let image = |image: imported::Image| {
        let numbered = image.variants.iter().filter_map(|number| skus.get(number));
        let mut variants: Vec<String> = numbered.cloned().collect();
        variants.extend(image.skus);
        if variants.len() == skus.len() && !complete {
            variants.clear();
        }
        let alt = match complete {
            true => image.alt,
            false => image.alt.map(|alt| shortened(alt, MAX_ALT_CHARS, losses)),
        };
        Image {
            url: image.address,
            alt,
            variants,
        }
    };
    given.into_iter().map(image).collect()
}

#[cfg(test)]
mod tests {
    use souk_domain::{Attributes, Money, Prices};

    use super::*;
    use crate::import::imported::{Offer, Sale, Variant};

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
            further_fandoms: vec![],
            seller: None,
            further_sellers: vec![],
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
        };
        let mut losses = Losses::new();
        (keep(product, &defaults, &mut losses).unwrap(), losses)
    }

    fn euro(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn sale_keeps_its_dates_and_the_regular_price() {
        let offer = |from_ms, to_ms| Offer {
            price: Some(euro(2_000)),
            list_price: Some(euro(2_500)),
            sale: Some(Sale {
                price: euro(1_500),
                from_ms,
                to_ms,
            }),
            stock: Some(Stock::Untracked),
            ..Offer::default()
        };
        for (from, to) in [(None, None), (Some(1), None), (Some(1), Some(2))] {
            let (found, losses) = kept(tee(offer(from, to)));
            let variant = &found.product.variants[0];
            let expected = Prices {
                price: 1_500,
                list_price: Some(2_000),
                sale_from_ms: from,
                sale_until_ms: to,
            };
            assert_eq!(variant.prices(), expected);
            assert_eq!(variant.stock_policy, StockPolicy::Untracked);
            assert_eq!(found.product.tags, ["new"]);
            assert_eq!(found.further_categories, [[CategoryStep::named("B")]]);
            assert_eq!(losses[&Loss::ListPrice], 1);
        }
        let (found, losses) = kept(tee(offer(Some(2), Some(2))));
        assert_eq!(found.product.variants[0].price, 2_000);
        assert_eq!(losses[&Loss::SaleUnread], 1);
    }

    #[test]
    fn list_price_and_backorder_are_kept() {
        let offer = Offer {
            price: Some(euro(2_000)),
            list_price: Some(euro(2_500)),
            stock: Some(Stock::Units(0)),
            backorder: true,
            ..Offer::default()
        };
        let (found, _) = kept(tee(offer));
        let variant = &found.product.variants[0];
        assert_eq!((variant.price, variant.list_price), (2_000, Some(2_500)));
        assert_eq!(
            (variant.stock, variant.stock_policy),
            (0, StockPolicy::Backorder)
        );
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
        let open = found.silent.of_variants.iter().map(|open| open.price);
        assert_eq!(
            open.collect::<Vec<_>>(),
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
    fn only_an_active_or_unlisted_product_can_be_bought() {
        for (status, expected) in [
            (Status::Hidden, ProductStatus::Draft),
            (Status::Draft, ProductStatus::Draft),
            (Status::Unlisted, ProductStatus::Unlisted),
            (Status::Active, ProductStatus::Active),
        ] {
            let offer = Offer {
                price: Some(euro(1)),
                ..Offer::default()
            };
            let (found, _) = kept(Product {
                status: Some(status),
                ..tee(offer)
            });
            assert_eq!(found.product.status, expected);
        }
    }
}
