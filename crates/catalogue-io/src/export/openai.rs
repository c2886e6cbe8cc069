//! Product feed of OpenAI: flat rows of JSON, one for each variant that is for sale.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};
use souk_domain::{BuyBox, Image, Label, Money, is_gtin};
use souk_store::{ProductRecord, VariantRecord};

use super::axes::Axes;
use super::feed_items::{
    FeedShop, Offer, ProductIds, availability, description, for_sale, id, images_of,
};
use super::omissions::{Omission, Omissions, omit};
use super::pages::path_names;
use super::values::shortened;

const MOST_TITLE_CHARS: usize = 150;
const MOST_DESCRIPTION_CHARS: usize = 5_000;
const MOST_SHORT_CHARS: usize = 70;
/// Images beside the main one.
const MOST_FURTHER_IMAGES: usize = 10;

/// Edition of the feed's description, and the fields that each row must have in it.
#[derive(Debug)]
pub struct OpenAiEdition {
    /// Name of the edition.
    pub name: &'static str,
    /// Fields without which a row is refused.
    pub required: &'static [&'static str],
}

/// Editions that were published, the newest first. Rows of the newest are written.
pub const OPENAI_EDITIONS: [OpenAiEdition; 2] = [
    OpenAiEdition {
        name: "2026-11",
        required: &[
            "item_id",
            "title",
            "description",
            "url",
            "brand",
            "image_url",
            "price",
            "availability",
            "seller_name",
            "target_countries",
            "store_country",
        ],
    },
    OpenAiEdition {
        name: "2026-02",
        required: &[
            "item_id",
            "title",
            "description",
            "url",
            "brand",
            "image_url",
            "price",
            "availability",
            "is_eligible_search",
            "is_eligible_checkout",
            "group_id",
            "listing_has_variations",
            "seller_name",
            "seller_url",
            "return_policy",
            "target_countries",
            "store_country",
        ],
    },
];

/// Facts of the shop that a feed tells and the catalogue does not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenAiTerms {
    /// Country of the shop, by ISO 3166-1.
    pub store_country: String,
    /// Countries that it sells to.
    pub target_countries: Vec<String>,
    /// Address of its return policy.
    pub return_policy: Option<String>,
}

/// Writes products as rows.
pub(super) struct RowWriter<W: Write> {
    target: W,
    shop: FeedShop,
    terms: OpenAiTerms,
    now_ms: i64,
    ids: ProductIds,
}

impl<W: Write> RowWriter<W> {
    pub(super) fn new(target: W, shop: FeedShop, terms: OpenAiTerms, now_ms: i64) -> Self {
        Self {
            target,
            shop,
            terms,
            now_ms,
            ids: ProductIds::default(),
        }
    }

    /// Returns the target.
    pub(super) fn target(&mut self) -> &mut W {
        &mut self.target
    }

    pub(super) fn finish(self) -> W {
        self.target
    }

    /// Writes a row for each variant of a product; answers whether there is one.
    pub(super) fn write(
        &mut self,
        record: &ProductRecord,
        path: &[Label],
        omissions: &mut Omissions,
    ) -> io::Result<bool> {
        let Some(sold) = for_sale(record, omissions) else {
            return Ok(false);
        };
        let sellers = sellers(record);
        let record = &*sold;
        let images = (self.shop.images).placed(&record.images, usize::MAX, omissions);
        let product_id = self.ids.of(record);
        let axes = Axes::of(record);
        let mut is_written = false;
        for (place, variant) in record.variants.iter().enumerate() {
            let Some(offer) = Offer::of(record, variant, self.now_ms, omissions) else {
                continue;
            };
            let options = axes.names.iter().zip(&axes.values[place]);
            let options: Vec<(&str, &str)> = options
                .filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)))
                .collect();
            let mut row = self.row(record, variant, &offer, (&product_id, &options, &images));
            let seller = sellers.get(variant.sku.as_str());
            row.insert(
                "seller_name".to_owned(),
                json!(short(seller.unwrap_or(&record.seller.name))),
            );
            if !path.is_empty() {
                row.insert("product_category".to_owned(), json!(path_names(path)));
            }
            if !is_complete(&row) {
                omit(omissions, Omission::Incomplete, 1);
                continue;
            }
            serde_json::to_writer(&mut self.target, &row)?;
            self.target.write_all(b"\n")?;
            is_written = true;
        }
        Ok(is_written)
    }

    fn row(
        &self,
        record: &ProductRecord,
        variant: &VariantRecord,
        offer: &Offer,
        (product_id, options, images): (&str, &[(&str, &str)], &[Image]),
    ) -> Map<String, Value> {
        let is_group = record.variants.len() > 1;
        let own_sku = (variant.sku != record.external_id).then_some(variant.sku.as_str());
        let sku = is_group.then_some(variant.sku.as_str());
        let money = |minor| Money::new(minor, record.currency).to_string();
        let images = images_of(images, &variant.sku);
        let further: Vec<&str> = images
            .iter()
            .skip(1)
            .take(MOST_FURTHER_IMAGES)
            .map(|image| image.url.as_str())
            .collect();
        let mut row = Map::new();
        let mut put = |name: &str, value: Value| {
            let is_empty = match &value {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Array(values) => values.is_empty(),
                Value::Object(fields) => fields.is_empty(),
                _ => false,
            };
            if !is_empty {
                row.insert(name.to_owned(), value);
            }
        };
        put("item_id", json!(id(product_id, own_sku)));
        put("group_id", json!(id(product_id, None)));
        put("listing_has_variations", json!(is_group));
        put("title", json!(shortened(&record.title, MOST_TITLE_CHARS).0));
        put(
            "description",
            json!(shortened(description(record), MOST_DESCRIPTION_CHARS).0),
        );
        put("url", json!(self.shop.links.product(&record.slug, sku)));
        put("brand", json!(record.brand.as_deref().map(short)));
        put("image_url", json!(images.first().map(|image| &image.url)));
        put("additional_image_urls", json!(further));
        put("price", json!(money(offer.price)));
        put("sale_price", json!(offer.sale.map(money)));
        put("availability", json!(availability(variant)));
        put("condition", json!(variant.condition.as_str()));
        put(
            "gtin",
            json!(variant.gtin.as_deref().filter(|gtin| is_gtin(gtin))),
        );
        let distinct: BTreeMap<&str, &str> = options.iter().copied().collect();
        put("variant_dict", json!(distinct));
        if let Some(rating) = record.rating {
            let rating = (f64::from(rating) * 100.0).round() / 100.0;
            put("star_rating", json!(rating));
            put("review_count", json!(record.rating_count));
        }
        put("is_eligible_search", json!(true));
        // Nothing can be bought through an agent yet.
        put("is_eligible_checkout", json!(false));
        put("seller_url", json!(self.shop.links.home()));
        put("return_policy", json!(self.terms.return_policy));
        put("store_country", json!(self.terms.store_country));
        put("target_countries", json!(self.terms.target_countries));
        row
    }
}

/// Sellers of the leading offers, by SKU, of a product that several sellers offer.
fn sellers(record: &ProductRecord) -> BTreeMap<String, String> {
    let leading = |variant: &VariantRecord| {
        let offers = record.open_offers(variant);
        let leading = BuyBox::of(&offers)?.leading();
        let seller = leading.seller.as_ref()?;
        Some((variant.sku.clone(), seller.name.clone()))
    };
    record.variants.iter().filter_map(leading).collect()
}

/// Reports whether a row has what the newest edition requires.
fn is_complete(row: &Map<String, Value>) -> bool {
    let [newest, ..] = &OPENAI_EDITIONS;
    newest.required.iter().all(|field| row.contains_key(*field))
}

fn short(text: &str) -> &str {
    shortened(text, MOST_SHORT_CHARS).0
}
