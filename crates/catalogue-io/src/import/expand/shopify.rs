//! Products of Shopify's `/products.json` and its REST API, as rows of its product export.

use serde_json::Value;

use super::flat::{Flat, list};
use crate::import::read::value;
use crate::import::syntax::row::Row;

/// A row for each variant and image.
pub(super) fn rows(product: &Row) -> Vec<Row> {
    let mut rows = Vec::new();
    let handle = product.get("handle").or_else(|| product.get("id"));
    let options = list(product.get("options"));
    let images = list(product.get("images"));
    for (index, variant) in list(product.get("variants")).iter().enumerate() {
        let mut row = Flat::at(product);
        row.put("Handle", handle);
        if index == 0 {
            row.put("Title", product.get("title"));
            row.put("Body (HTML)", product.get("body_html"));
            row.put("Vendor", product.get("vendor"));
            row.put("Type", product.get("product_type"));
            row.put("Tags", product.get("tags"));
            row.put("Status", product.get("status"));
            row.put("Created At", product.get("created_at"));
            // Only the address of a hidden product has a null here.
            if product.get("published_at").is_some_and(Value::is_null) {
                row.put_text("Published", "false");
            }
        }
        for number in 1..=3 {
            let option = options.get(number - 1);
            let name = option.and_then(|option| option.get("name")).or(option);
            row.put(format!("Option{number} Name"), name);
            row.put(
                format!("Option{number} Value"),
                variant.get(format!("option{number}")),
            );
        }
        row.put("Variant SKU", variant.get("sku"));
        row.put("Variant Barcode", variant.get("barcode"));
        row.put("Variant ID", variant.get("id"));
        row.put("Variant Price", variant.get("price"));
        row.put("Variant Compare At Price", variant.get("compare_at_price"));
        row.put("Variant Inventory Qty", variant.get("inventory_quantity"));
        row.put("Variant Inventory Policy", variant.get("inventory_policy"));
        row.put("Variant Available", variant.get("available"));
        let tracked = variant.get("inventory_management");
        if tracked.is_some() || variant.get("inventory_quantity").is_some() {
            let is_tracked = tracked.is_none_or(|value| !value.is_null());
            row.put_text(
                "Variant Inventory Tracker",
                if is_tracked { "shopify" } else { "none" },
            );
        } else {
            row.put_text("Variant Inventory Tracker", "shopify");
        }
        match variant.get("grams") {
            Some(grams) => row.put("Variant Grams", Some(grams)),
            None => {
                row.put("Variant Weight", variant.get("weight"));
                row.put("Variant Weight Unit", variant.get("weight_unit"));
            }
        }
        row.put("Variant Image", variant.pointer("/featured_image/src"));
        rows.push(row.row());
    }
    for image in images {
        let mut row = Flat::at(product);
        row.put("Handle", handle);
        row.put("Image Src", image.get("src").or(Some(image)));
        row.put("Image Position", image.get("position"));
        row.put("Image Alt Text", image.get("alt"));
        rows.push(row.row());
        for id in list(image.get("variant_ids")) {
            bind(product, &mut rows, id, image.get("src"));
        }
    }
    rows
}

/// Adds an image to the row of its variant.
fn bind(product: &Row, rows: &mut [Row], id: &Value, src: Option<&Value>) {
    let Some(id) = value::text(id) else {
        return;
    };
    let place = list(product.get("variants"))
        .iter()
        .position(|variant| variant.get("id").and_then(value::text).as_ref() == Some(&id));
    if let Some(row) = place.and_then(|place| rows.get_mut(place))
        && row.get("Variant Image").is_none()
        && let Some(src) = src
    {
        row.columns.push(("Variant Image".into(), src.clone()));
    }
}
