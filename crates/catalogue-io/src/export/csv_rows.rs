//! Products as lines of a CSV file: one for each variant.

use std::io;

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use souk_domain::Image;

use super::own::Exported;
use super::pages::path_names;
use crate::{output_file::OutputFile, spreadsheet::marked};

const HEADER: [&str; 39] = [
    "external_id",
    "slug",
    "title",
    "description",
    "brand",
    "status",
    "category",
    "category_path",
    "further_category_paths",
    "fandom",
    "fandom_name",
    "further_fandom_labels",
    "seller",
    "seller_name",
    "further_seller_labels",
    "attributes",
    "tags",
    "images",
    "currency",
    "rating_count",
    "rating_sum",
    "popularity",
    "created_at_ms",
    "sku",
    "gtin",
    "options",
    "price_minor",
    "list_price_minor",
    "sale_price_minor",
    "sale_from",
    "sale_until",
    "stock",
    "stock_policy",
    "condition",
    "offers",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
];

pub(super) struct CsvWriter(csv::Writer<OutputFile>);

impl CsvWriter {
    pub(super) fn new(file: OutputFile) -> Self {
        Self(csv::Writer::from_writer(file))
    }

    pub(super) fn header(&mut self) -> io::Result<()> {
        Ok(self.0.write_record(HEADER)?)
    }

    pub(super) fn write(&mut self, exported: &Exported) -> io::Result<()> {
        let product = &exported.product;
        let ratings = product
            .ratings
            .map_or((0, 0), |ratings| (ratings.count, ratings.sum));
        let images = images(&product.images)?;
        for variant in &product.variants {
            // A reader of tables expects the price outside of a sale, and the sale's beside it.
            let (price, list_price, sale_price) = variant.prices().apart();
            let cells: [&str; HEADER.len()] = [
                &product.external_id,
                text(&product.slug),
                &product.title,
                &product.description,
                text(&product.brand),
                product.status.as_str(),
                text(&product.category),
                &path_names(&exported.category_path),
                &serde_json::to_string(&exported.further_category_paths)?,
                text(&product.fandom),
                text(&exported.fandom_name),
                &serde_json::to_string(&exported.further_fandom_labels)?,
                text(&product.seller),
                &exported.seller_name,
                &list(&exported.further_seller_labels)?,
                &serde_json::to_string(&product.attributes)?,
                &serde_json::to_string(&product.tags)?,
                &images,
                product.currency.code(),
                &ratings.0.to_string(),
                &ratings.1.to_string(),
                &number(product.popularity),
                &number(product.created_at_ms),
                &variant.sku,
                text(&variant.gtin),
                &serde_json::to_string(&variant.options)?,
                &price.to_string(),
                &number(list_price),
                &number(sale_price),
                &moment(variant.sale_from_ms),
                &moment(variant.sale_until_ms),
                &variant.stock.to_string(),
                variant.stock_policy.as_str(),
                variant.condition.as_str(),
                &list(variant.offers.as_deref().unwrap_or_default())?,
                &number(variant.measures.weight_g),
                &number(variant.measures.length_mm),
                &number(variant.measures.width_mm),
                &number(variant.measures.height_mm),
            ];
            self.0
                .write_record(cells.map(|cell| marked(cell).into_owned()))?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<()> {
        let file = self.0.into_inner().map_err(|error| error.into_error())?;
        file.finish()
    }
}

/// Addresses alone where they say it all: they hold no white space. Else JSON.
fn images(images: &[Image]) -> io::Result<String> {
    if images.iter().all(Image::is_plain) {
        let urls: Vec<&str> = images.iter().map(|image| image.url.as_str()).collect();
        return Ok(urls.join(" "));
    }
    Ok(serde_json::to_string(images)?)
}

/// JSON of a list, and nothing of an empty one.
fn list(entries: &[impl Serialize]) -> io::Result<String> {
    match entries {
        [] => Ok(String::new()),
        entries => Ok(serde_json::to_string(entries)?),
    }
}

fn text(optional: &Option<String>) -> &str {
    optional.as_deref().unwrap_or_default()
}

fn number(optional: Option<i64>) -> String {
    optional
        .map(|number| number.to_string())
        .unwrap_or_default()
}

/// A moment as RFC 3339 writes it, in UTC.
fn moment(time_ms: Option<i64>) -> String {
    time_ms
        .and_then(DateTime::from_timestamp_millis)
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
        .unwrap_or_default()
}
