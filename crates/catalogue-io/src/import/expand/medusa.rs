//! Products of Medusa's API, as rows of its product export.

use serde_json::Value;

use super::flat::{Flat, list};
use crate::import::read::value;
use crate::import::syntax::row::Row;

/// A row for each variant.
pub(super) fn rows(product: &Row) -> Vec<Row> {
    let options = list(product.get("options"));
    let images: Vec<Value> = list(product.get("images"))
        .iter()
        .filter_map(|image| image.get("url").cloned())
        .collect();
    let mut rows = Vec::new();
    for (index, variant) in list(product.get("variants")).iter().enumerate() {
        let mut row = Flat::at(product);
        row.put("Product Handle", product.get("handle"));
        row.put("Product Id", product.get("id"));
        if index == 0 {
            row.put("Product Title", product.get("title"));
            row.put("Product Subtitle", product.get("subtitle"));
            row.put("Product Description", product.get("description"));
            row.put("Product Status", product.get("status"));
            row.put("Product Thumbnail", product.get("thumbnail"));
            let categories: Vec<Value> = list(product.get("categories"))
                .iter()
                .filter_map(|category| category.get("name").cloned())
                .collect();
            row.put("Product Category 1", categories.first());
            row.put(
                "Product Type",
                product.get("type").and_then(|kind| kind.get("value")),
            );
            for (number, image) in images.iter().enumerate() {
                row.put(format!("Image {} Url", number + 1), Some(image));
            }
        }
        row.put("Variant Id", variant.get("id"));
        row.put("Variant SKU", variant.get("sku"));
        row.put(
            "Variant Barcode",
            variant.get("barcode").or_else(|| variant.get("ean")),
        );
        row.put(
            "Variant Inventory Quantity",
            variant.get("inventory_quantity"),
        );
        row.put("Variant Allow Backorder", variant.get("allow_backorder"));
        row.put("Variant Manage Inventory", variant.get("manage_inventory"));
        for price in list(variant.get("prices")) {
            if let Some(code) = price.get("currency_code").and_then(value::text) {
                row.put(
                    format!("Price {}", code.to_uppercase()),
                    price.get("amount"),
                );
            }
        }
        for (number, option) in list(variant.get("options")).iter().enumerate() {
            let name = option
                .pointer("/option/title")
                .or_else(|| options.get(number).and_then(|own| own.get("title")));
            row.put(format!("Option {} Name", number + 1), name);
            row.put(format!("Option {} Value", number + 1), option.get("value"));
        }
        rows.push(row.row());
    }
    rows
}
