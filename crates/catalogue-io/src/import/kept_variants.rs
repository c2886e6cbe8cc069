//! Variants in the catalogue's model: each has a stock keeping unit of its own, and its prices.

use std::collections::HashSet;

use souk_domain::{Currency, MAX_PRICE, Prices, VariantInput, slugify};

use super::imported::{Offer, Product, Stock, Variant};
use super::losses::{Loss, Losses, lose};

const MOST_VARIANTS: usize = 500;
pub(super) const MOST_KEY_CHARS: usize = 200;
const MOST_OPTION_CHARS: usize = 500;

/// Price of a variant, as far as the file gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GivenPrice {
    Given,
    /// Another variant's, since its own cell is blank.
    Inherited,
    Missing,
    /// In another currency than its product's.
    Foreign,
}

impl GivenPrice {
    /// Loss of a variant whose price is not known; none if it is given.
    pub(super) fn loss(self) -> Option<Loss> {
        match self {
            Self::Given | Self::Inherited => None,
            Self::Missing => Some(Loss::NoVariantPrice),
            Self::Foreign => Some(Loss::FurtherCurrency),
        }
    }
}

fn given(variant: &Variant, currency: Currency) -> GivenPrice {
    match variant.offer.price {
        Some(price) if price.currency == currency => match variant.offer.inherits {
            true => GivenPrice::Inherited,
            false => GivenPrice::Given,
        },
        Some(_) => GivenPrice::Foreign,
        None => GivenPrice::Missing,
    }
}

/// A variant on its way into the store.
pub(super) struct Row {
    /// Number of the variant in the file's product.
    pub number: usize,
    pub input: VariantInput,
    pub price: GivenPrice,
    pub stock: Option<Stock>,
    pub backorder: bool,
    /// True if the file does not say in which condition the goods are.
    pub is_condition_open: bool,
}

/// Maps the variants of a product whose prices are in a currency. Those without a price in it leave the price open.
pub(super) fn variants(product: &Product, currency: Currency, losses: &mut Losses) -> Vec<Row> {
    let several = product.variants.len() > 1;
    let numbered = || product.variants.iter().enumerate();
    let is_priced = |variant: &Variant| given(variant, currency).loss().is_none();
    let priced_skus: HashSet<String> = numbered()
        .filter(|(_, variant)| is_priced(variant))
        .map(|(number, variant)| sku(product, variant, number, several))
        .collect();
    // Those with a price come first to the room that there is.
    let mut room = MOST_VARIANTS;
    let priced = numbered().filter(|(_, variant)| is_priced(variant)).count();
    let mut open_room = MOST_VARIANTS.saturating_sub(priced);
    let mut skus: HashSet<String> = HashSet::new();
    let mut rows = Vec::new();
    for (number, variant) in numbered() {
        let offer = &variant.offer;
        let given = given(variant, currency);
        let sku = sku(product, variant, number, several);
        if let Some(loss) = given.loss()
            && priced_skus.contains(&sku)
        {
            // A variant of that name has a price, so nothing is left open.
            lose(losses, loss, 1);
            continue;
        }
        let room = match given {
            GivenPrice::Given | GivenPrice::Inherited => &mut room,
            GivenPrice::Missing | GivenPrice::Foreign => &mut open_room,
        };
        if *room == 0 && !product.complete {
            lose(losses, Loss::ManyVariants, 1);
            continue;
        }
        *room = room.saturating_sub(1);
        let sku = match skus.contains(&sku) && !product.complete {
            true => {
                lose(losses, Loss::RepeatedSku, 1);
                distinct(&sku, &skus)
            }
            false => sku,
        };
        skus.insert(sku.clone());
        let options = match product.complete {
            true => variant.options.clone(),
            false => variant
                .options
                .iter()
                .map(|(name, value)| {
                    let name = name.replace(':', " ").trim().to_owned();
                    (
                        shortened(name, MOST_KEY_CHARS, losses),
                        shortened(value.clone(), MOST_OPTION_CHARS, losses),
                    )
                })
                .filter(|(name, _)| !name.is_empty())
                .collect(),
        };
        let prices = match given {
            GivenPrice::Given | GivenPrice::Inherited => prices(offer, losses),
            GivenPrice::Missing | GivenPrice::Foreign => Prices::default(),
        };
        let mut input = VariantInput {
            sku,
            gtin: variant.gtin.clone(),
            options,
            condition: variant.offer.condition.unwrap_or_default(),
            offers: variant.further_offers.clone(),
            measures: variant.measures,
            ..VariantInput::default()
        };
        input.set_prices(prices);
        rows.push(Row {
            number,
            input,
            price: given,
            stock: offer.stock,
            backorder: offer.backorder,
            is_condition_open: offer.condition.is_none(),
        });
    }
    rows
}

fn sku(product: &Product, variant: &Variant, number: usize, several: bool) -> String {
    if let Some(sku) = &variant.sku {
        return match product.complete {
            true => sku.clone(),
            false => sku.chars().take(MOST_KEY_CHARS).collect(),
        };
    }
    if !several {
        return product.id.clone();
    }
    let values: Vec<&str> = variant.options.values().map(String::as_str).collect();
    let mut ending = slugify(&values.join(" "));
    if ending.is_empty() {
        ending = (number + 1).to_string();
    }
    format!("{}-{ending}", product.id)
        .chars()
        .take(MOST_KEY_CHARS)
        .collect()
}

fn distinct(sku: &str, taken: &HashSet<String>) -> String {
    let base: String = sku.chars().take(MOST_KEY_CHARS - 8).collect();
    (2..)
        .map(|number| format!("{base}-{number}"))
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or(base)
}

/// The price, and the regular one beside it: while there is a sale, that is the price outside of it.
fn prices(offer: &Offer, losses: &mut Losses) -> Prices {
    let Some(regular) = offer.price else {
        return Prices::default();
    };
    let list_price = offer
        .list_price
        .filter(|list_price| list_price.currency == regular.currency);
    let Some(sale) = offer.sale else {
        return Prices {
            list_price: list_price.map(|list_price| list_price.minor),
            ..Prices::of(regular.minor)
        };
    };
    lose(losses, Loss::ListPrice, usize::from(list_price.is_some()));
    let dates = sale.from_ms.zip(sale.to_ms);
    let prices = Prices {
        price: sale.price.minor,
        list_price: Some(regular.minor),
        sale_from_ms: sale.from_ms,
        sale_until_ms: sale.to_ms,
    };
    if sale.price.currency != regular.currency
        || dates.is_some_and(|(from, to)| to <= from)
        || prices.check(MAX_PRICE).is_err()
    {
        lose(losses, Loss::SaleUnread, 1);
        return Prices::of(regular.minor);
    }
    prices
}

/// Cuts a text to what a field may have.
pub(super) fn shortened(text: String, most: usize, losses: &mut Losses) -> String {
    if text.chars().count() <= most {
        return text;
    }
    lose(losses, Loss::LongText, 1);
    text.chars().take(most).collect()
}
