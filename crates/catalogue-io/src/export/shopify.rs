//! Product CSV of Shopify: a line for each variant, and one for each image beyond them.
//!
//! A column stands on the first line of a product only, unless it is about the variant or the image of the line.

use std::io;

use souk_domain::{Image, Label, ProductStatus, StockPolicy};
use souk_store::{ProductRecord, VariantRecord};

use super::axes::Axes;
use super::omissions::{Omission, Omissions, omit};
use super::shop::Shop;
use super::values::{amount, paragraphs, shortened};
use crate::output_file::OutputFile;

const HEADER: [&str; 31] = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "Gift Card",
    "Variant Image",
    "Variant Weight Unit",
    "Status",
];

const MOST_OPTIONS: usize = 3;
const MOST_TITLE_CHARS: usize = 255;
const MOST_IMAGES: usize = 250;

/// Writes products as Shopify takes them.
pub(super) struct ShopifyWriter {
    csv: csv::Writer<OutputFile>,
    shop: Shop,
}

/// A line of the file, which is blank but for what it is about.
#[derive(Default)]
struct Line<'a> {
    handle: &'a str,
    product: Option<Product<'a>>,
    variant: Option<Variant<'a>>,
    /// Image and its position, from 1.
    image: Option<(&'a Image, usize)>,
}

/// Cells of a product.
struct Product<'a> {
    title: &'a str,
    body: String,
    vendor: &'a str,
    kind: &'a str,
    tags: String,
    published: bool,
    status: ProductStatus,
    option_names: Vec<&'a str>,
}

/// Cells of a variant.
struct Variant<'a> {
    record: &'a VariantRecord,
    options: Vec<&'a str>,
    price: String,
    compare_at: String,
    /// Address of its image.
    image: &'a str,
}

impl ShopifyWriter {
    pub(super) fn begin(file: OutputFile, shop: Shop) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(HEADER)?;
        Ok(Self { csv, shop })
    }

    /// Writes a product, unless it has another currency or no variant.
    pub(super) fn write(
        &mut self,
        record: &ProductRecord,
        path: &[Label],
        omissions: &mut Omissions,
    ) -> io::Result<bool> {
        if let Some(omission) = self.shop.leaves_out(record) {
            omit(omissions, omission, 1);
            return Ok(false);
        }
        Shop::omit_offers(record, omissions);
        let mut axes = Axes::of(record);
        omit(omissions, Omission::OptionAdded, u64::from(axes.added));
        omit(omissions, Omission::OptionBlank, axes.blanks());
        let is_joined = axes.join(MOST_OPTIONS);
        omit(omissions, Omission::OptionsJoined, u64::from(is_joined));
        axes.fill();
        if axes.names.is_empty() {
            // The form's way to say that there are no options.
            axes.names.push("Title".to_owned());
            axes.values[0].push(Some("Default Title".to_owned()));
        }
        let images = (self.shop.images).placed(&record.images, MOST_IMAGES, omissions);
        let product = product(record, path, &axes, omissions);
        let mut lines = vec![Line {
            product: Some(product),
            ..Line::default()
        }];
        let count = record.variants.len().max(images.len());
        lines.resize_with(count, Line::default);
        for (index, variant) in record.variants.iter().enumerate() {
            let size = variant.measures.has_size();
            omit(omissions, Omission::Size, u64::from(size));
            let is_dated = variant.prices.has_dates();
            omit(omissions, Omission::SaleDates, u64::from(is_dated));
            let written = |minor| amount(minor, record.currency);
            lines[index].variant = Some(Variant {
                record: variant,
                options: axes.values[index]
                    .iter()
                    .flatten()
                    .map(String::as_str)
                    .collect(),
                price: written(variant.current_price),
                compare_at: variant.reduced_from.map(written).unwrap_or_default(),
                image: image_of(&images, variant, omissions),
            });
        }
        for (index, image) in images.iter().enumerate() {
            lines[index].image = Some((image, index + 1));
        }
        for mut line in lines {
            line.handle = &record.slug;
            self.csv.write_record(line.cells())?;
        }
        Ok(true)
    }

    pub(super) fn finish(self) -> io::Result<()> {
        let file = self.csv.into_inner().map_err(|error| error.into_error())?;
        file.finish()
    }
}

/// Address of the image that shows one variant, of which the form takes one.
fn image_of<'a>(
    images: &'a [Image],
    variant: &VariantRecord,
    omissions: &mut Omissions,
) -> &'a str {
    let mut shown = images
        .iter()
        .filter(|image| image.names_variant(&variant.sku));
    let first = shown.next();
    omit(omissions, Omission::VariantImages, shown.count() as u64);
    first.map_or("", |image| image.url.as_str())
}

fn product<'a>(
    record: &'a ProductRecord,
    path: &'a [Label],
    axes: &'a Axes,
    omissions: &mut Omissions,
) -> Product<'a> {
    let is_closed = record.hidden && record.status.is_public();
    omit(omissions, Omission::Hidden, u64::from(is_closed));
    let status = match is_closed {
        true => ProductStatus::Draft,
        false => record.status,
    };
    let with_comma = record.tags.iter().filter(|tag| tag.contains(','));
    omit(omissions, Omission::TagComma, with_comma.count() as u64);
    let tags: Vec<String> = record.tags.iter().map(|tag| without_commas(tag)).collect();
    let (title, is_long) = shortened(&record.title, MOST_TITLE_CHARS);
    omit(omissions, Omission::LongText, u64::from(is_long));
    Product {
        title,
        body: paragraphs(&record.description),
        vendor: record.brand.as_deref().unwrap_or_default(),
        kind: path.last().map_or("", |category| category.name.as_str()),
        tags: tags.join(", "),
        published: status.is_public(),
        status,
        option_names: axes.names.iter().map(String::as_str).collect(),
    }
}

fn without_commas(tag: &str) -> String {
    let words: Vec<&str> = tag
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

impl Line<'_> {
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![String::new(); HEADER.len()];
        let mut set = |name: &str, value: &str| {
            if let Some(place) = HEADER.iter().position(|known| *known == name) {
                value.clone_into(&mut cells[place]);
            }
        };
        set("Handle", self.handle);
        if let Some(product) = &self.product {
            set("Title", product.title);
            set("Body (HTML)", &product.body);
            set("Vendor", product.vendor);
            set("Type", product.kind);
            set("Tags", &product.tags);
            set("Published", flag(product.published));
            set("Gift Card", flag(false));
            set("Status", product.status.as_str());
            for (number, name) in (1..).zip(&product.option_names) {
                set(&format!("Option{number} Name"), name);
            }
        }
        if let Some(variant) = &self.variant {
            for (number, value) in (1..).zip(&variant.options) {
                set(&format!("Option{number} Value"), value);
            }
            let record = variant.record;
            set("Variant SKU", &record.sku);
            let policy = match record.stock_policy {
                StockPolicy::Backorder => "continue",
                StockPolicy::Tracked | StockPolicy::Untracked => "deny",
            };
            set("Variant Inventory Policy", policy);
            if record.stock_policy != StockPolicy::Untracked {
                set("Variant Inventory Tracker", "shopify");
                set("Variant Inventory Qty", &record.stock.to_string());
            }
            set("Variant Fulfillment Service", "manual");
            if let Some(weight_g) = record.measures.weight_g {
                set("Variant Grams", &weight_g.to_string());
                set("Variant Weight Unit", "g");
            }
            set("Variant Image", variant.image);
            set("Variant Price", &variant.price);
            set("Variant Compare At Price", &variant.compare_at);
            set("Variant Requires Shipping", flag(true));
            set("Variant Taxable", flag(true));
            set(
                "Variant Barcode",
                record.gtin.as_deref().unwrap_or_default(),
            );
        }
        if let Some((image, position)) = self.image {
            set("Image Src", &image.url);
            set("Image Alt Text", image.alt.as_deref().unwrap_or_default());
            set("Image Position", &position.to_string());
        }
        cells
    }
}

fn flag(truth: bool) -> &'static str {
    if truth { "TRUE" } else { "FALSE" }
}
