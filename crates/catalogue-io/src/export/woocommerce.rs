//! Product CSV of WooCommerce: a line for each product, and one for each variation of those that have options.
//!
//! A product without options is `simple`; any other is `variable`, and its variations name it by its SKU. There are as
//! many columns of attributes as the product with most of them needs, which is known at the end only: lines wait in a
//! temporary file.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek};

use souk_domain::{Currency, Image, Label, Prices, ProductStatus, StockPolicy};
use souk_store::{ProductRecord, VariantRecord};

use super::axes::Axes;
use super::omissions::{Omission, Omissions, omit};
use super::shop::Shop;
use super::values::{amount, escaped, moment, tenths, thousandths};
use crate::output_file::OutputFile;

const HEADER: [&str; 26] = [
    "Type",
    "SKU",
    "GTIN, UPC, EAN, or ISBN",
    "Name",
    "Published",
    "Is featured?",
    "Visibility in catalog",
    "Description",
    "Date sale price starts",
    "Date sale price ends",
    "Tax status",
    "In stock?",
    "Stock",
    "Backorders allowed?",
    "Weight (kg)",
    "Length (cm)",
    "Width (cm)",
    "Height (cm)",
    "Sale price",
    "Regular price",
    "Categories",
    "Tags",
    "Images",
    "Parent",
    "Position",
    "Brands",
];

/// Moments in UTC: without a zone they would be taken in that of the shop.
const MOMENT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Writes products as WooCommerce takes them.
pub(super) struct WooWriter {
    lines: csv::Writer<BufWriter<File>>,
    file: OutputFile,
    shop: Shop,
    /// SKUs so far, which are unique in a shop there.
    skus: HashSet<String>,
    most_attributes: usize,
}

/// An attribute of a product, or the option of a variation.
struct Attribute {
    name: String,
    values: String,
    is_visible: bool,
}

/// A line of the file.
#[derive(Default)]
struct Line<'a> {
    kind: &'static str,
    sku: String,
    name: String,
    published: &'static str,
    is_hidden: bool,
    product: Option<&'a ProductRecord>,
    variant: Option<&'a VariantRecord>,
    categories: String,
    images: String,
    parent: String,
    position: usize,
    attributes: Vec<Attribute>,
}

impl WooWriter {
    pub(super) fn begin(file: OutputFile, shop: Shop) -> io::Result<Self> {
        let lines = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(BufWriter::new(tempfile::tempfile()?));
        Ok(Self {
            lines,
            file,
            shop,
            skus: HashSet::new(),
            most_attributes: 0,
        })
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
        let skus = self.distinct_skus(record, omissions);
        let images = (self.shop.images).placed(&record.images, usize::MAX, omissions);
        let (published, is_hidden) = published(record, omissions);
        let steps: Vec<String> = path.iter().map(|step| listed(&step.name)).collect();
        // A comma would end the address.
        let listed_url = |image: &Image| image.url.replace(',', "%2C");
        let alts = images.iter().filter(|image| image.alt.is_some());
        omit(omissions, Omission::ImageAlt, alts.count() as u64);
        let urls: Vec<String> = images.iter().map(listed_url).collect();
        let mut head = Line {
            name: record.title.clone(),
            published,
            is_hidden,
            product: Some(record),
            categories: steps.join(" > "),
            images: urls.join(", "),
            ..Line::default()
        };
        let axes = Axes::of(record);
        let attributes = record
            .attributes
            .iter()
            .filter(|(name, _)| !axes.names.contains(name))
            .map(|(name, values)| Attribute {
                name: name.clone(),
                values: list(values),
                is_visible: true,
            });
        if axes.names.is_empty() {
            head.kind = "simple";
            head.sku = skus.into_iter().next().unwrap_or_default();
            head.variant = record.variants.first();
            head.attributes = attributes.collect();
            return self.line(&head, record.currency).map(|()| true);
        }
        omit(omissions, Omission::OptionAdded, u64::from(axes.added));
        head.kind = "variable";
        head.sku = self.parent_sku(&record.external_id);
        head.attributes = options_of_all(&axes).chain(attributes).collect();
        self.line(&head, record.currency)?;
        for (index, (variant, sku)) in record.variants.iter().zip(skus).enumerate() {
            let values = &axes.values[index];
            let shown: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
            let options = axes
                .names
                .iter()
                .zip(values)
                .map(|(name, value)| Attribute {
                    name: name.clone(),
                    // Blank: any value.
                    values: value.as_deref().map(listed).unwrap_or_default(),
                    is_visible: false,
                });
            let shows = |image: &&Image| image.names_variant(&variant.sku);
            let mut own = images.iter().filter(shows);
            let image = own.next().map(listed_url).unwrap_or_default();
            omit(omissions, Omission::VariantImages, own.count() as u64);
            let line = Line {
                kind: "variation",
                sku,
                name: format!("{} - {}", record.title, shown.join(", ")),
                published: "1",
                variant: Some(variant),
                parent: head.sku.clone(),
                position: index + 1,
                images: image,
                attributes: options.collect(),
                ..Line::default()
            };
            self.line(&line, record.currency)?;
        }
        Ok(true)
    }

    /// SKUs of a product's variants that no line before has.
    fn distinct_skus(&mut self, record: &ProductRecord, omissions: &mut Omissions) -> Vec<String> {
        let mut repeated = 0;
        let skus = record.variants.iter().map(|variant| {
            if self.skus.insert(variant.sku.clone()) {
                return variant.sku.clone();
            }
            repeated += 1;
            self.unused(&format!("{}-{}", record.external_id, variant.sku))
        });
        let skus = skus.collect();
        omit(omissions, Omission::RepeatedSku, repeated);
        skus
    }

    /// SKU of a variable product: its own id, unless that is another line's.
    fn parent_sku(&mut self, id: &str) -> String {
        match self.skus.insert(id.to_owned()) {
            true => id.to_owned(),
            false => self.unused(&format!("{id}-parent")),
        }
    }

    fn unused(&mut self, base: &str) -> String {
        let mut sku = base.to_owned();
        let mut number = 2;
        while !self.skus.insert(sku.clone()) {
            sku = format!("{base}-{number}");
            number += 1;
        }
        sku
    }

    fn line(&mut self, line: &Line<'_>, currency: Currency) -> io::Result<()> {
        self.most_attributes = self.most_attributes.max(line.attributes.len());
        Ok(self.lines.write_record(line.cells(currency))?)
    }

    /// Writes the header, and below it every line with as many cells.
    pub(super) fn finish(self) -> io::Result<()> {
        let lines = self
            .lines
            .into_inner()
            .map_err(|error| error.into_error())?;
        let mut lines = lines.into_inner().map_err(|error| error.into_error())?;
        lines.rewind()?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(BufReader::new(lines));
        let mut csv = csv::Writer::from_writer(self.file);
        let mut header: Vec<String> = HEADER.iter().map(|name| (*name).to_owned()).collect();
        for number in 1..=self.most_attributes {
            for of_attribute in ["name", "value(s)", "visible", "global"] {
                header.push(format!("Attribute {number} {of_attribute}"));
            }
        }
        csv.write_record(&header)?;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            while record.len() < header.len() {
                record.push_field("");
            }
            csv.write_record(&record)?;
        }
        csv.into_inner()
            .map_err(|error| error.into_error())?
            .finish()
    }
}

/// The word for a product's status, and whether the catalogue there hides it.
fn published(record: &ProductRecord, omissions: &mut Omissions) -> (&'static str, bool) {
    const PUBLIC: &str = "1";
    const PRIVATE: &str = "0";
    const DRAFT: &str = "-1";
    match record.status {
        ProductStatus::Draft => (DRAFT, false),
        ProductStatus::Archived => {
            omit(omissions, Omission::Archived, 1);
            (PRIVATE, true)
        }
        ProductStatus::Active | ProductStatus::Unlisted if record.hidden => {
            omit(omissions, Omission::Hidden, 1);
            (PRIVATE, true)
        }
        ProductStatus::Active => (PUBLIC, false),
        ProductStatus::Unlisted => (PUBLIC, true),
    }
}

/// The options of a variable product, each with the values of all its variations.
fn options_of_all(axes: &Axes) -> impl Iterator<Item = Attribute> {
    axes.names.iter().enumerate().map(|(place, name)| {
        let mut values: Vec<String> = Vec::new();
        for value in axes
            .values
            .iter()
            .filter_map(|values| values[place].as_ref())
        {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        Attribute {
            name: name.clone(),
            values: list(&values),
            is_visible: true,
        }
    })
}

/// Values of a list; a comma within one of them is escaped.
fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| listed(value)).collect();
    values.join(", ")
}

fn listed(value: &str) -> String {
    value.replace(',', "\\,")
}

impl Line<'_> {
    fn cells(&self, currency: Currency) -> Vec<String> {
        let mut cells = vec![String::new(); HEADER.len()];
        let mut set = |name: &str, value: &str| {
            if let Some(place) = HEADER.iter().position(|known| *known == name) {
                value.clone_into(&mut cells[place]);
            }
        };
        set("Type", self.kind);
        set("SKU", &self.sku);
        set("Name", &self.name);
        set("Published", self.published);
        set("Is featured?", "0");
        let visibility = if self.is_hidden { "hidden" } else { "visible" };
        set("Visibility in catalog", visibility);
        set("Tax status", "taxable");
        set("Categories", &self.categories);
        set("Images", &self.images);
        set("Parent", &self.parent);
        set("Position", &self.position.to_string());
        if let Some(product) = self.product {
            let description = escaped(&product.description);
            set("Description", &description.replace('\n', "\\n"));
            set("Tags", &list(&product.tags));
            let brand = product.brand.as_deref().map(listed);
            set("Brands", &brand.unwrap_or_default());
            let in_stock = if product.available { "1" } else { "0" };
            set("In stock?", in_stock);
        }
        if let Some(variant) = self.variant {
            set(
                "GTIN, UPC, EAN, or ISBN",
                variant.gtin.as_deref().unwrap_or_default(),
            );
            let (in_stock, stock, backorders) = stock(variant);
            set("In stock?", in_stock);
            set("Stock", &stock);
            set("Backorders allowed?", backorders);
            let measures = variant.measures;
            let weight = measures.weight_g.map(thousandths);
            set("Weight (kg)", &weight.unwrap_or_default());
            for (name, millimetres) in [
                ("Length (cm)", measures.length_mm),
                ("Width (cm)", measures.width_mm),
                ("Height (cm)", measures.height_mm),
            ] {
                set(name, &millimetres.map(tenths).unwrap_or_default());
            }
            let Prices {
                price,
                list_price,
                sale_from_ms,
                sale_until_ms,
            } = variant.prices;
            set(
                "Regular price",
                &amount(list_price.unwrap_or(price), currency),
            );
            if list_price.is_some() {
                set("Sale price", &amount(price, currency));
                let written = |time_ms: Option<i64>| {
                    time_ms
                        .map(|time_ms| moment(time_ms, MOMENT))
                        .unwrap_or_default()
                };
                set("Date sale price starts", &written(sale_from_ms));
                set("Date sale price ends", &written(sale_until_ms));
            }
        }
        for attribute in &self.attributes {
            cells.push(attribute.name.clone());
            cells.push(attribute.values.clone());
            cells.push(if attribute.is_visible { "1" } else { "" }.to_owned());
            cells.push("0".to_owned());
        }
        cells
    }
}

/// Cells about the stock of a variant: its state, its units, and whether it is sold beyond them.
fn stock(variant: &VariantRecord) -> (&'static str, String, &'static str) {
    let units = variant.stock.to_string();
    match variant.stock_policy {
        StockPolicy::Untracked => ("1", String::new(), "0"),
        StockPolicy::Tracked if variant.stock > 0 => ("1", units, "0"),
        StockPolicy::Tracked => ("0", units, "0"),
        StockPolicy::Backorder if variant.stock > 0 => ("1", units, "1"),
        StockPolicy::Backorder => ("backorder", units, "1"),
    }
}
