//! Feed of Google Merchant Center: RSS 2.0, with an item for each variant that is for sale.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use souk_domain::{Condition, Image, Label, Money, is_gtin};
use souk_store::{ProductRecord, VariantRecord};

use super::axes::Axes;
use super::feed_items::{
    FeedShop, Offer, ProductIds, availability, description, for_sale, id, images_of,
};
use super::omissions::{Omission, Omissions, omit};
use super::pages::path_names;
use super::values::{moment, shortened, tenths};

const NAMESPACE: &str = "http://base.google.com/ns/1.0";
const MOMENT: &str = "%Y-%m-%dT%H:%M:%S%z";

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
    ids: ProductIds,
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
            ids: ProductIds::default(),
        })
    }

    /// Writes an item for each variant of a product; answers whether there is one.
    pub(super) fn write(
        &mut self,
        record: &ProductRecord,
        path: &[Label],
        omissions: &mut Omissions,
    ) -> io::Result<bool> {
        let Some(record) = for_sale(record, omissions) else {
            return Ok(false);
        };
        let record = &*record;
        let images = (self.shop.images).placed(&record.images, usize::MAX, omissions);
        let alts = images.iter().filter(|image| image.alt.is_some());
        omit(omissions, Omission::ImageAlt, alts.count() as u64);
        let product_id = self.ids.of(record);
        let axes = Axes::of(record);
        let differing = axes.differing();
        let mut is_written = false;
        for (index, variant) in record.variants.iter().enumerate() {
            let Some(offer) = Offer::of(record, variant, self.now_ms, omissions) else {
                continue;
            };
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

    /// Returns the target.
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
        let description = description(record);
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

    #[test]
    fn controls_are_dropped() {
        assert_eq!(without_controls("a\u{0}\u{b}\u{85}\u{ffff}b\nc"), "ab\nc");
    }
}
