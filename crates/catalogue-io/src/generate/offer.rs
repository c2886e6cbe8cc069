//! Variants, prices and stock of a generated product.

use std::collections::BTreeMap;

use souk_domain::{Currency, VariantInput, currency_exponent};

use super::dice::Dice;
use super::family::Sizes;
use super::tree::ProductType;
use crate::gtin::gtin13;

/// Trade item numbers that begin so are free for use within a shop.
const IN_STORE_GTINS: u64 = 200_000_000_000;
const GTINS_PER_PRODUCT: u64 = 64;
const PRICE_DEVIATION: f64 = 0.28;
const SOLD_OUT_PERCENT: usize = 4;
const VARIANT_SOLD_OUT_PERCENT: usize = 7;

/// The variants of the product of this number.
pub(super) fn variants(
    product_type: &ProductType,
    number: u64,
    currency: Currency,
    dice: &mut Dice,
) -> Vec<VariantInput> {
    let sizes = sizes(product_type.family.sizes, dice);
    let colours = colours(product_type, dice);
    let euros = f64::from(product_type.euros) * dice.log_normal(PRICE_DEVIATION);
    let ending = *dice.pick(&[99, 99, 99, 99, 95, 95, 0, 50]);
    let sold_out = dice.chance(SOLD_OUT_PERCENT);

    let mut variants = Vec::with_capacity(sizes.len() * colours.len());
    for colour in &colours {
        for (size, percent) in &sizes {
            let mut sku = format!("{}-{number:06}", product_type.code);
            let mut options = BTreeMap::new();
            if let Some(size) = size {
                sku.extend(
                    ['-']
                        .into_iter()
                        .chain(size.chars().filter(|c| c.is_alphanumeric())),
                );
                options.insert("size".to_owned(), (*size).to_owned());
            }
            if let Some(colour) = colour {
                sku.push('-');
                sku.push_str(&colour[..3].to_uppercase());
                options.insert("colour".to_owned(), (*colour).to_owned());
            }
            let gtin = IN_STORE_GTINS + number * GTINS_PER_PRODUCT + variants.len() as u64;
            variants.push(VariantInput {
                sku,
                gtin: Some(gtin13(gtin)),
                options,
                price: price(euros * f64::from(*percent) / 100.0, ending, currency),
                ..VariantInput::default()
            });
        }
    }
    if !sold_out {
        fill_stock(&mut variants, dice);
    }
    variants
}

fn sizes(sizes: Sizes, dice: &mut Dice) -> Vec<(Option<&'static str>, u32)> {
    let ladder = sizes.ladder();
    if ladder.is_empty() {
        return vec![(None, 100)];
    }
    let (first, last) = match sizes {
        // Most garments lack the extremes.
        Sizes::Clothing => (usize::from(dice.chance(80)), 4 + dice.below(3)),
        Sizes::Phone | Sizes::Foot => (0, ladder.len() - 1),
        _ => (0, dice.below(ladder.len())),
    };
    ladder[first..=last]
        .iter()
        .map(|(name, percent)| (Some(*name), *percent))
        .collect()
}

fn colours(product_type: &ProductType, dice: &mut Dice) -> Vec<Option<&'static str>> {
    let palette = product_type.family.colours.palette();
    if palette.is_empty() {
        return vec![None];
    }
    let count = match dice.below(100) {
        0..65 => 1,
        65..90 => 2,
        _ => 3,
    };
    dice.pick_several(palette, count)
        .into_iter()
        .map(|name| Some(*name))
        .collect()
}

/// A price as shops write it: whole euros less a little.
fn price(euros: f64, ending: i64, currency: Currency) -> i64 {
    let whole = (euros.round() as i64).max(1);
    let cents = match ending {
        0 => whole * 100,
        ending => whole * 100 - 100 + ending,
    };
    match currency_exponent(currency) {
        0 => cents,
        digits => cents * 10_i64.pow(digits) / 100,
    }
}

/// Fills shelves, leaving a variant empty here and there but never all.
fn fill_stock(variants: &mut [VariantInput], dice: &mut Dice) {
    let several = variants.len() > 1;
    for variant in variants.iter_mut() {
        let empty = several && dice.chance(VARIANT_SOLD_OUT_PERCENT);
        let plenty = dice.unit();
        variant.stock = if empty {
            0
        } else {
            1 + (plenty * plenty * 150.0) as i64
        };
    }
    if variants.iter().all(|variant| variant.stock == 0) {
        variants[0].stock = 1;
    }
}
