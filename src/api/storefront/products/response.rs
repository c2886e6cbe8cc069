//! Products on the wire.

use std::collections::BTreeMap;

use std::time::Duration;

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{BuyBox, Currency, Hit, Label, PageRequest, SearchPage};
use souk_search_service::EngineResponse;
use souk_store::{ProductRecord, VariantRecord};

use crate::api::views::{
    EngineName, HitView, ImageView, LabelView, MoneyView, OfferView, PageView, Timestamp,
    milliseconds, two_decimals,
};

/// A product as shoppers see it.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Product", skip_serializing_if_is_none)]
pub struct ProductView {
    /// The product.
    pub id: i64,
    /// URL slug.
    pub slug: String,
    /// Name, as displayed.
    pub title: String,
    /// Plain text; may be empty.
    pub description: String,
    /// Brand, as displayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Main category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<LabelView>,
    /// Further categories, in which it is found as well.
    pub further_categories: Vec<LabelView>,
    /// Leading fandom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fandom: Option<LabelView>,
    /// Further fandoms, under which it is found as well.
    pub further_fandoms: Vec<LabelView>,
    /// Seller.
    pub seller: LabelView,
    /// Attributes: values by name.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Free keywords.
    pub tags: Vec<String>,
    /// Images, the main one first.
    pub images: Vec<ImageView>,
    /// The price of its cheapest variant.
    pub price: MoneyView,
    /// The price of its dearest variant, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_max: Option<MoneyView>,
    /// List price of the cheapest variant, where it is above that variant's price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<MoneyView>,
    /// Lowest price that was charged for the cheapest variant in the 30 days before it was reduced; absent if it was never
    /// charged before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<MoneyView>,
    /// True if any variant can be bought: is in stock, not counted, or sold beyond its stock.
    pub in_stock: bool,
    /// Units in stock over all variants.
    pub stock: i64,
    /// Mean rating from 1 to 5, to two decimals; absent while nobody has rated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<f64>,
    /// Number of ratings.
    pub rating_count: u32,
    /// Variants, in order.
    pub variants: Vec<VariantView>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// A sellable form of a product: one size, one colour.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Variant", skip_serializing_if_is_none)]
pub struct VariantView {
    /// The variant.
    pub id: i64,
    /// Stock keeping unit (SKU).
    pub sku: String,
    /// Global trade item number (GTIN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// Option values that tell the variant apart, such as `size: M`.
    pub options: BTreeMap<String, String>,
    /// Price charged now.
    pub price: MoneyView,
    /// List price, where it is above the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<MoneyView>,
    /// Lowest price that was charged in the 30 days before it was reduced; absent if it was never charged before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<MoneyView>,
    /// True if it can be bought: is in stock, not counted, or sold beyond its stock.
    pub in_stock: bool,
    /// Units in stock.
    pub stock: i64,
    /// Addresses of those images that show it and not all variants.
    pub images: Vec<String>,
    /// Weight in grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<i64>,
    /// Length in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_mm: Option<i64>,
    /// Width in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_mm: Option<i64>,
    /// Height in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_mm: Option<i64>,
    /// Offers of it, the leading one first, whose price and stock are those above. Absent if no other than the product's
    /// own seller offers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offers: Option<Vec<OfferView>>,
}

impl From<ProductRecord> for ProductView {
    fn from(record: ProductRecord) -> Self {
        let currency = record.currency;
        let price = record.price;
        let variants = record.variants.iter().filter_map(|variant| {
            let images = record.images_of(&variant.sku);
            let images = images.map(|image| image.url.clone()).collect();
            let offers = record.open_offers(variant);
            let offers = BuyBox::of(&offers)?;
            let view = VariantView::new(variant.clone(), &offers, images, currency);
            Some(view)
        });
        let variants = variants.collect();
        Self {
            id: record.id.0,
            slug: record.slug,
            title: record.title,
            description: record.description,
            brand: record.brand,
            category: record.category.map(LabelView::from),
            further_categories: labels(record.further_categories),
            fandom: record.fandom.map(LabelView::from),
            further_fandoms: labels(record.further_fandoms),
            seller: record.seller.into(),
            attributes: record.attributes,
            tags: record.tags,
            images: record.images.into_iter().map(ImageView::from).collect(),
            price: MoneyView::new(price.min, currency),
            price_max: (price.max != price.min).then(|| MoneyView::new(price.max, currency)),
            list_price: record
                .list_price
                .map(|amount| MoneyView::new(amount, currency)),
            lowest_price_30d: record
                .lowest_price_30d
                .map(|amount| MoneyView::new(amount, currency)),
            in_stock: record.available,
            stock: record.stock,
            rating: record.rating.map(two_decimals),
            rating_count: record.rating_count,
            variants,
            created_at: Timestamp::from_ms(record.created_at_ms),
            updated_at: Timestamp::from_ms(record.updated_at_ms),
        }
    }
}

fn labels(labels: Vec<Label>) -> Vec<LabelView> {
    labels.into_iter().map(LabelView::from).collect()
}

impl VariantView {
    fn new(
        record: VariantRecord,
        offers: &BuyBox<'_>,
        images: Vec<String>,
        currency: Currency,
    ) -> Self {
        let leading = offers.leading();
        Self {
            id: record.id.0,
            in_stock: leading.available,
            sku: record.sku,
            gtin: record.gtin,
            options: record.options,
            price: MoneyView::new(leading.price, currency),
            list_price: leading
                .list_price
                .map(|amount| MoneyView::new(amount, currency)),
            lowest_price_30d: leading
                .lowest_price_30d
                .map(|amount| MoneyView::new(amount, currency)),
            stock: leading.stock,
            offers: leading
                .seller
                .is_some()
                .then(|| OfferView::list(offers, currency)),
            images,
            weight_g: record.measures.weight_g,
            length_mm: record.measures.length_mm,
            width_mm: record.measures.width_mm,
            height_mm: record.measures.height_mm,
        }
    }
}

/// Page of a product listing.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Listing", skip_serializing_if_is_none)]
pub struct Listing {
    /// The products, in order.
    pub products: Vec<HitView>,
    /// Total number.
    pub total: u64,
    /// Position of this page.
    pub page: PageView,
    /// Give it as `cursor` for the next page; absent after the last product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Processing time in milliseconds.
    pub took_ms: u64,
    /// Engine that produced the response.
    pub engine: EngineName,
    /// True if the database answered because the engine was unavailable.
    pub degraded: bool,
}

/// Products like a given one.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
pub struct Similar {
    /// Most similar first.
    pub products: Vec<HitView>,
    /// Processing time in milliseconds.
    pub took_ms: u64,
    /// Engine that produced the response.
    pub engine: EngineName,
    /// True if the database answered because the engine was unavailable.
    pub degraded: bool,
}

impl Listing {
    /// The answer to a listing of `page`.
    pub fn new(answered: EngineResponse<SearchPage>, page: &PageRequest, took: Duration) -> Self {
        let found = answered.value;
        Self {
            products: found.hits.into_iter().map(HitView::from).collect(),
            total: found.total,
            page: page.into(),
            next_cursor: found.next.map(|cursor| cursor.to_string()),
            took_ms: milliseconds(took),
            engine: answered.engine.into(),
            degraded: answered.degraded,
        }
    }
}

impl Similar {
    /// The answer to what is like a product.
    pub fn new(answered: EngineResponse<Vec<Hit>>, took: Duration) -> Self {
        Self {
            products: answered.value.into_iter().map(HitView::from).collect(),
            took_ms: milliseconds(took),
            engine: answered.engine.into(),
            degraded: answered.degraded,
        }
    }
}
