//! Parts of items that feeds have in common, whatever their form.

use std::borrow::Cow;
use std::collections::HashSet;

use souk_domain::{Currency, Image, Prices, ProductStatus, StockPolicy};
use souk_store::{ProductRecord, VariantRecord};
use xxhash_rust::xxh3::xxh3_64;

use super::omissions::{Omission, Omissions, omit};
use super::shop_url::{ImageBase, ShopLinks};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const MOST_ID_CHARS: usize = 50;

/// The shop that a feed leads to.
#[derive(Debug, Clone)]
pub struct FeedShop {
    /// Name for people.
    pub name: String,
    /// Links to its pages.
    pub links: ShopLinks,
    /// Place of images without a host.
    pub images: ImageBase,
}

/// Returns a product with the terms of its leading offers; none, which is counted, if shoppers do not find it.
pub(super) fn for_sale<'r>(
    record: &'r ProductRecord,
    omissions: &mut Omissions,
) -> Option<Cow<'r, ProductRecord>> {
    if record.status != ProductStatus::Active || record.hidden {
        omit(omissions, Omission::NotForSale, 1);
        return None;
    }
    let is_shared = record.variants.iter().any(|own| !own.offers.is_empty());
    Some(match is_shared {
        true => Cow::Owned(record.clone().with_leading_offers()),
        false => Cow::Borrowed(record),
    })
}

/// Returns the description, or the title in its place.
pub(super) fn description(record: &ProductRecord) -> &str {
    match record.description.trim() {
        "" => &record.title,
        text => text,
    }
}

/// Ids of the products of a feed. Several sellers may have an id: their products after the first are told apart by the
/// seller.
#[derive(Default)]
pub(super) struct ProductIds {
    /// Hashes of the external ids that were written.
    written: HashSet<u64>,
}

impl ProductIds {
    /// Returns the id of the next product.
    pub(super) fn of(&mut self, record: &ProductRecord) -> String {
        match self.written.insert(xxh3_64(record.external_id.as_bytes())) {
            true => record.external_id.clone(),
            false => format!("{}~{}", record.external_id, record.seller.slug),
        }
    }
}

/// Prices of an item in minor units.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Price outside of a sale.
    pub(super) price: i64,
    pub(super) sale: Option<i64>,
    /// First moment of the sale, and the one after it.
    pub(super) dates: Option<(i64, i64)>,
}

impl Offer {
    /// Returns those of a variant; none, which is counted, if it costs nothing.
    pub(super) fn of(
        record: &ProductRecord,
        variant: &VariantRecord,
        now_ms: i64,
        omissions: &mut Omissions,
    ) -> Option<Self> {
        let offer = Self::at(variant.prices, now_ms);
        let is_priced = offer.price > 0 && record.currency != Currency::XXX;
        omit(omissions, Omission::NoPrice, u64::from(!is_priced));
        is_priced.then_some(offer)
    }

    /// Prices as a feed can say them: a sale has both dates or none, so that one with an open end is written while it
    /// lasts.
    fn at(prices: Prices, now_ms: i64) -> Self {
        let Some(regular) = prices.list_price else {
            return Self {
                price: prices.price,
                sale: None,
                dates: None,
            };
        };
        let dates = match (prices.sale_from_ms, prices.sale_until_ms) {
            (_, Some(until)) if until <= now_ms => None,
            (Some(from), None) if from > now_ms => None,
            (Some(from), Some(until)) => Some(Some((from, until))),
            (None, Some(until)) => Some(Some((now_ms - now_ms % DAY_MS, until))),
            (_, None) => Some(None),
        };
        let dates = dates.filter(|_| prices.price > 0);
        Self {
            price: regular,
            sale: dates.map(|_| prices.price),
            dates: dates.flatten(),
        }
    }
}

/// Images of a variant: those that show it and no other first, then those of all.
pub(super) fn images_of<'a>(images: &'a [Image], sku: &str) -> Vec<&'a Image> {
    let own = |image: &&Image| image.names_variant(sku);
    let of_all = |image: &&Image| image.variants.is_empty();
    let own_first = images.iter().filter(own);
    own_first.chain(images.iter().filter(of_all)).collect()
}

pub(super) fn availability(variant: &VariantRecord) -> &'static str {
    match variant.is_available() {
        false => "out_of_stock",
        true if variant.stock_policy == StockPolicy::Backorder && variant.stock <= 0 => "backorder",
        true => "in_stock",
    }
}

/// Id of a product or of its variant, which stays the same in every feed. Long ones end in their hash.
pub(super) fn id(product: &str, sku: Option<&str>) -> String {
    let full = match sku {
        Some(sku) if sku != product => format!("{product}~{sku}"),
        _ => product.to_owned(),
    };
    if full.chars().count() <= MOST_ID_CHARS {
        return full;
    }
    let hash = format!("~{:016x}", xxh3_64(full.as_bytes()));
    let beginning: String = full.chars().take(MOST_ID_CHARS - hash.len()).collect();
    beginning + &hash
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 10 * DAY_MS + 5;

    fn offer(from: Option<i64>, until: Option<i64>) -> (Option<i64>, Option<(i64, i64)>) {
        let prices = Prices {
            price: 800,
            list_price: Some(1_000),
            sale_from_ms: from,
            sale_until_ms: until,
        };
        let offer = Offer::at(prices, NOW);
        assert_eq!(offer.price, 1_000);
        (offer.sale, offer.dates)
    }

    #[test]
    fn sale_has_both_dates_or_none() {
        let sale = Some(800);
        assert_eq!(offer(None, None), (sale, None));
        assert_eq!(offer(Some(1), Some(NOW + 1)), (sale, Some((1, NOW + 1))));
        assert_eq!(offer(Some(1), Some(NOW)), (None, None));
        assert_eq!(offer(Some(NOW), None), (sale, None));
        assert_eq!(offer(Some(NOW + 1), None), (None, None));
        let until = NOW + 1;
        assert_eq!(offer(None, Some(until)), (sale, Some((10 * DAY_MS, until))));
        let plain = Offer::at(Prices::of(700), NOW);
        assert_eq!((plain.price, plain.sale), (700, None));
    }

    #[test]
    fn ids_are_short_and_different() {
        assert_eq!(id("mug", Some("mug")), "mug");
        assert_eq!(id("mug", Some("M-1")), "mug~M-1");
        let long = "x".repeat(200);
        let ids = ["a", "b"].map(|sku| id(&long, Some(sku)));
        assert_ne!(ids[0], ids[1]);
        assert!(ids.iter().all(|id| id.chars().count() == MOST_ID_CHARS));
    }
}
