//! Feed of Google Merchant Center: RSS 2.0, with an item for each variant that is for sale.

use std::collections::HashSet;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use souk_domain::{
    Condition, Currency, Image, Label, Money, Prices, ProductStatus, StockPolicy, is_gtin,
};
use souk_store::{ProductRecord, VariantRecord};
use xxhash_rust::xxh3::xxh3_64;

use super::axes::Axes;
use super::omissions::{Omission, Omissions, omit};
use super::pages::path_names;
use super::shop_url::{ImageBase, ShopLinks};
use super::values::{moment, shortened, tenths};

const NAMESPACE: &str = "http://base.google.com/ns/1.0";
const MOMENT: &str = "%Y-%m-%dT%H:%M:%S%z";
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

const MOST_ID_CHARS: usize = 50;
const MOST_TITLE_CHARS: usize = 150;
const MOST_DESCRIPTION_CHARS: usize = 5_000;
const MOST_SHORT_CHARS: usize = 100;
const MOST_TYPE_CHARS: usize = 750;
/// Images beside the main one.
const MOST_FURTHER_IMAGES: usize = 10;

/// Elements for options of these names.
const OPTIONS: [(&str, &str); 6] = [
    ("color", "g:color"),
    ("colour", "g:color"),
    ("size", "g:size"),
    ("material", "g:material"),
    ("pattern", "g:pattern"),
    ("gender", "g:gender"),
];

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

/// Condition in the words of the feed, which knows none for damaged goods.
fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "new",
        Condition::Refurbished => "refurbished",
        Condition::Used | Condition::Damaged => "used",
    }
}

/// Writes products as items of a feed.
pub(super) struct FeedWriter<W: Write> {
    xml: Writer<W>,
    shop: FeedShop,
    now_ms: i64,
    /// Hashes of the external ids that were written.
    written: HashSet<u64>,
}

impl<W: Write> FeedWriter<W> {
    pub(super) fn begin(target: W, shop: FeedShop, now_ms: i64) -> io::Result<Self> {
        let mut xml = Writer::new_with_indent(target, b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let rss =
            BytesStart::new("rss").with_attributes([("version", "2.0"), ("xmlns:g", NAMESPACE)]);
        xml.write_event(Event::Start(rss))?;
        xml.write_event(Event::Start(BytesStart::new("channel")))?;
        element(&mut xml, "title", &shop.name)?;
        element(&mut xml, "link", shop.links.home())?;
        element(&mut xml, "description", &shop.name)?;
        Ok(Self {
            xml,
            shop,
            now_ms,
            written: HashSet::new(),
        })
    }

    /// Writes an item for each variant of a product; answers whether there is one.
    pub(super) fn write(
        &mut self,
        record: &ProductRecord,
        path: &[Label],
        omissions: &mut Omissions,
    ) -> io::Result<bool> {
        if record.status != ProductStatus::Active || record.hidden {
            omit(omissions, Omission::NotForSale, 1);
            return Ok(false);
        }
        let is_shared = record.variants.iter().any(|own| !own.offers.is_empty());
        let leading = is_shared.then(|| record.clone().with_leading_offers());
        let record = leading.as_ref().unwrap_or(record);
        let images = (self.shop.images).placed(&record.images, usize::MAX, omissions);
        let alts = images.iter().filter(|image| image.alt.is_some());
        omit(omissions, Omission::ImageAlt, alts.count() as u64);
        // Several sellers may have an id: their products after the first are told apart by the seller.
        let is_first = self.written.insert(xxh3_64(record.external_id.as_bytes()));
        let product_id = match is_first {
            true => record.external_id.clone(),
            false => format!("{}~{}", record.external_id, record.seller.slug),
        };
        let axes = Axes::of(record);
        let differing = axes.differing();
        let mut is_written = false;
        for (index, variant) in record.variants.iter().enumerate() {
            let offer = Offer::at(variant.prices, self.now_ms);
            if offer.price <= 0 || record.currency == Currency::XXX {
                omit(omissions, Omission::NoPrice, 1);
                continue;
            }
            let item = Item {
                record,
                product_id: &product_id,
                variant,
                offer,
                options: axes.names.iter().zip(&axes.values[index]),
                differing: &differing,
                images: &images,
                path,
                shop: &self.shop,
            };
            item.write(&mut self.xml, omissions)?;
            is_written = true;
        }
        Ok(is_written)
    }

    /// What it is written to.
    pub(super) fn target(&mut self) -> &mut W {
        self.xml.get_mut()
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.xml.write_event(Event::End(BytesEnd::new("channel")))?;
        self.xml.write_event(Event::End(BytesEnd::new("rss")))?;
        let mut target = self.xml.into_inner();
        target.write_all(b"\n")?;
        Ok(target)
    }
}

/// Prices of an item in minor units.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Price outside of a sale.
    pub(super) price: i64,
    pub(super) sale: Option<i64>,
    /// First moment of the sale, and the one after it.
    dates: Option<(i64, i64)>,
}

impl Offer {
    /// Prices as a feed can say them: a sale has both dates or none, so that one with an open end is written while it
    /// lasts.
    pub(super) fn at(prices: Prices, now_ms: i64) -> Self {
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

/// An item of a feed.
struct Item<'a, O> {
    record: &'a ProductRecord,
    /// Id of the product within the feed.
    product_id: &'a str,
    variant: &'a VariantRecord,
    offer: Offer,
    options: O,
    /// Names of the options in which the product's variants differ.
    differing: &'a [&'a str],
    images: &'a [Image],
    path: &'a [Label],
    shop: &'a FeedShop,
}

impl<'a, O: Iterator<Item = (&'a String, &'a Option<String>)>> Item<'a, O> {
    fn write<W: Write>(self, xml: &mut Writer<W>, omissions: &mut Omissions) -> io::Result<()> {
        let (record, variant) = (self.record, self.variant);
        let options: Vec<(&str, &str)> = self
            .options
            .filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)))
            .collect();
        let is_group = record.variants.len() > 1;
        let images = images_of(self.images, &variant.sku);
        let too_many = images.len().saturating_sub(1 + MOST_FURTHER_IMAGES);
        omit(omissions, Omission::ManyImages, too_many as u64);
        let mut cut = |text: &'a str, most: usize| {
            let (text, is_long) = shortened(text, most);
            omit(omissions, Omission::LongText, u64::from(is_long));
            text
        };
        xml.write_event(Event::Start(BytesStart::new("item")))?;
        let own_sku = (variant.sku != record.external_id).then_some(variant.sku.as_str());
        element(xml, "g:id", &id(self.product_id, own_sku))?;
        if is_group {
            element(xml, "g:item_group_id", &id(self.product_id, None))?;
        }
        let apart: Vec<&str> = options
            .iter()
            .filter(|(name, _)| self.differing.contains(name))
            .map(|(_, value)| *value)
            .collect();
        let title = match apart.is_empty() {
            true => record.title.clone(),
            false => format!("{} - {}", record.title, apart.join(", ")),
        };
        element(xml, "g:title", shortened(&title, MOST_TITLE_CHARS).0)?;
        let description = match record.description.trim() {
            "" => &record.title,
            text => text,
        };
        element(
            xml,
            "g:description",
            cut(description, MOST_DESCRIPTION_CHARS),
        )?;
        let sku = is_group.then_some(variant.sku.as_str());
        element(xml, "g:link", &self.shop.links.product(&record.slug, sku))?;
        for (index, image) in images.iter().take(1 + MOST_FURTHER_IMAGES).enumerate() {
            let name = match index {
                0 => "g:image_link",
                _ => "g:additional_image_link",
            };
            element(xml, name, &image.url)?;
        }
        element(xml, "g:availability", availability(variant))?;
        let money = |minor| Money::new(minor, record.currency).to_string();
        element(xml, "g:price", &money(self.offer.price))?;
        if let Some(sale) = self.offer.sale {
            element(xml, "g:sale_price", &money(sale))?;
        }
        if let Some((from, until)) = self.offer.dates {
            let dates = format!("{}/{}", moment(from, MOMENT), moment(until, MOMENT));
            element(xml, "g:sale_price_effective_date", &dates)?;
        }
        if let Some(brand) = &record.brand {
            element(xml, "g:brand", cut(brand, MOST_SHORT_CHARS))?;
        }
        match variant.gtin.as_deref().filter(|gtin| is_gtin(gtin)) {
            Some(gtin) => element(xml, "g:gtin", gtin)?,
            None => element(xml, "g:identifier_exists", "no")?,
        }
        if !self.path.is_empty() {
            let names = path_names(self.path);
            element(xml, "g:product_type", shortened(&names, MOST_TYPE_CHARS).0)?;
        }
        element(xml, "g:condition", condition(variant.condition))?;
        let measures = variant.measures;
        if let Some(weight_g) = measures.weight_g.filter(|&weight_g| weight_g > 0) {
            element(xml, "g:shipping_weight", &format!("{weight_g} g"))?;
        }
        for (name, millimetres) in [
            ("g:shipping_length", measures.length_mm),
            ("g:shipping_width", measures.width_mm),
            ("g:shipping_height", measures.height_mm),
        ] {
            if let Some(millimetres) = millimetres.filter(|&it| it > 0) {
                element(xml, name, &format!("{} cm", tenths(millimetres)))?;
            }
        }
        let mut written: Vec<&str> = Vec::new();
        for (name, value) in options {
            let named = OPTIONS
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            if let Some((_, tag)) = named.filter(|(_, tag)| !written.contains(tag)) {
                element(xml, tag, shortened(value, MOST_SHORT_CHARS).0)?;
                written.push(tag);
            }
        }
        xml.write_event(Event::End(BytesEnd::new("item")))
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

fn element<W: Write>(xml: &mut Writer<W>, name: &str, text: &str) -> io::Result<()> {
    let text = without_controls(text);
    xml.create_element(name)
        .write_text_content(BytesText::new(&text))?;
    Ok(())
}

/// Text without the characters that XML has no way to write, and other controls.
fn without_controls(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\t' | '\n'))
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
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

    #[test]
    fn controls_are_dropped() {
        assert_eq!(without_controls("a\u{0}\u{b}\u{85}\u{ffff}b\nc"), "ab\nc");
    }
}
