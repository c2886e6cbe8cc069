//! Variants within an object of no known system, as rows of their own.

use std::sync::Arc;

use serde_json::Value;

use super::flat::Flat;
use crate::import::syntax::row::Row;

/// A row for each member of `variants`, unless they are written as Souk writes them.
pub(super) fn rows(row: Row) -> Vec<Row> {
    let Some(Value::Array(variants)) = row.get("variants") else {
        return vec![row];
    };
    let is_own = |variant: &Value| {
        variant.get("sku").is_some()
            && variant.get("price").is_some_and(Value::is_i64)
            && variant.get("options").is_none_or(Value::is_object)
    };
    if variants.is_empty() || variants.iter().all(is_own) || !variants.iter().all(Value::is_object)
    {
        return vec![row];
    }
    let id = [
        "external_id",
        "id",
        "objectID",
        "product_id",
        "handle",
        "sku",
    ]
    .iter()
    .find_map(|name| row.get(name).map(|value| (*name, value.clone())));
    let Some((id_name, id)) = id else {
        return vec![row];
    };
    let variants = variants.clone();
    let mut rows = Vec::new();
    for (index, variant) in variants.iter().enumerate() {
        let mut flat = Flat::at(&row);
        if index == 0 {
            for (name, value) in &row.columns {
                let own = variant.get(&**name).is_some() && &**name != id_name;
                if &**name != "variants" && !own {
                    flat.put(name, Some(value));
                }
            }
        } else {
            flat.put(id_name, Some(&id));
        }
        for (name, value) in variant.as_object().into_iter().flatten() {
            match name.as_str() {
                "id" => flat.put("variant_id", Some(value)),
                "title" | "name" if row.get("title").is_some() || row.get("name").is_some() => {}
                _ => flat.put(name, Some(value)),
            }
        }
        rows.push(flat.row());
    }
    if let Some(first) = rows.first_mut() {
        first.bytes = row.bytes;
        first
            .columns
            .retain(|(name, _): &(Arc<str>, Value)| &**name != "variants");
    }
    rows
}
