//! Hits on the wire.

use std::collections::BTreeMap;

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{Currency, Highlights, Hit, HitVariant};

use super::{ConditionName, LabelView, MoneyView, ReasonName, Timestamp, version_text};

/// A product in a result list.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Hit", skip_serializing_if_is_none)]
pub struct HitView {
    /// The product.
    pub id: i64,
    /// Slug, as in `/api/products/{slug}`.
    pub slug: String,
    /// Name, as displayed.
    pub title: String,
    /// Brand, as displayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Address of its first image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Text that stands for that image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_alt: Option<String>,
    /// The price of the cheapest variant that passes the filters: what sorts go by.
    pub price: MoneyView,
    /// The price of the dearest variant that passes the filters, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_max: Option<MoneyView>,
    /// List price of the leading variant, where it is above that variant's price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<MoneyView>,
    /// Lowest price that was charged for the leading variant in the 30 days before it was reduced; absent if it was never
    /// charged before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<MoneyView>,
    /// True if any variant that passes the filters can be bought: is in stock, not counted, or sold beyond its stock.
    pub in_stock: bool,
    /// Units in stock over the variants that pass the filters.
    pub stock: i64,
    /// Leading variant of those that pass the filters: the cheapest; of several, one that can be bought, and the first of
    /// those. Of several sellers' offers of it the best: one that can be bought, then the cheapest, then new goods, then the
    /// oldest. Prices and stock above are of the passing offers alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<HitVariantView>,
    /// Mean rating from 1 to 5, to two decimals; absent while nobody has rated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<f64>,
    /// Number of ratings.
    pub rating_count: u32,
    /// Main category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<LabelView>,
    /// Fandom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fandom: Option<LabelView>,
    /// Seller of the leading offer.
    pub seller: LabelView,
    /// Number of variants.
    pub variants: u32,
    /// Creation time.
    pub created_at: Timestamp,
    /// Matched parts of the texts.
    pub highlights: HighlightsView,
    /// Relevance, when ordered by it; comparable within one answer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// The variant that a hit stands for.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "HitVariant", skip_serializing_if_is_none)]
pub struct HitVariantView {
    /// The variant.
    pub id: i64,
    /// Stock keeping unit.
    pub sku: String,
    /// Options of the variant, such as `size: M`.
    pub options: BTreeMap<String, String>,
    /// Current price.
    pub price: MoneyView,
    /// True if it can be bought.
    pub in_stock: bool,
    /// Address of its own image; absent if no image names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Text that stands for that image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_alt: Option<String>,
    /// Condition of the goods; absent for new ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionName>,
    /// Tells the terms of the offer from others: price, condition and whether it can be bought.
    pub version: String,
    /// Property by which this offer leads those of other sellers that pass the filters; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonName>,
}

impl HitVariantView {
    fn new(variant: HitVariant, currency: Currency) -> Self {
        Self {
            version: version_text(variant.version()),
            condition: (!variant.condition.is_new()).then(|| variant.condition.into()),
            reason: variant.reason.map(ReasonName::from),
            id: variant.id.0,
            sku: variant.sku,
            options: variant.options,
            price: MoneyView::new(variant.price, currency),
            in_stock: variant.available,
            image: variant.image,
            image_alt: variant.image_alt,
        }
    }
}

/// Text with matches between `<mark>` and `</mark>`; all else is HTML-escaped.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Highlights", skip_serializing_if_is_none)]
pub struct HighlightsView {
    /// The whole title, if it matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The most telling part of the description, if it matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl From<Hit> for HitView {
    fn from(hit: Hit) -> Self {
        let price = hit.price;
        let money = |amount| MoneyView::new(amount, price.currency);
        Self {
            id: hit.id.0,
            slug: hit.slug,
            title: hit.title,
            brand: hit.brand,
            image: hit.image,
            image_alt: hit.image_alt,
            price: money(price.min),
            price_max: (price.max != price.min).then(|| money(price.max)),
            list_price: hit.list_price.map(money),
            lowest_price_30d: hit.lowest_price_30d.map(money),
            in_stock: hit.available,
            stock: hit.stock,
            variant: hit
                .variant
                .map(|variant| HitVariantView::new(variant, price.currency)),
            rating: hit.rating.map(two_decimals),
            rating_count: hit.rating_count,
            category: hit.category.map(LabelView::from),
            fandom: hit.fandom.map(LabelView::from),
            seller: hit.seller.into(),
            variants: hit.variants,
            created_at: Timestamp::from_ms(hit.created_at_ms),
            highlights: hit.highlights.into(),
            score: hit.score.map(f64::from).map(round),
        }
    }
}

impl From<Highlights> for HighlightsView {
    fn from(highlights: Highlights) -> Self {
        Self {
            title: highlights.title,
            description: highlights.description,
        }
    }
}

/// A rating as people read it.
pub fn two_decimals(rating: f32) -> f64 {
    (f64::from(rating) * 100.0).round() / 100.0
}

fn round(score: f64) -> f64 {
    (score * 10_000.0).round() / 10_000.0
}
