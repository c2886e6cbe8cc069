//! Hits and records as front ends read them.

use serde_json::{Map, Value, json};
use souk_domain::{Currency, Hit, Label, Money, currency_exponent};
use souk_store::ProductRecord;

use super::highlights::{Tags, highlighted};
use crate::api::{
    storefront::products::response::ProductView,
    views::{Timestamp, two_decimals},
};

/// Attributes of an answer that a request asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Retrieved {
    names: Option<Vec<String>>,
}

impl Retrieved {
    /// Reads `attributesToRetrieve`; without it, all are.
    pub(crate) fn new(names: Option<Vec<String>>) -> Self {
        Self { names }
    }

    /// Reports whether an attribute is among them. `*` is all, and `-brand` takes one out of all.
    pub(crate) fn has(&self, attribute: &str) -> bool {
        let Some(names) = &self.names else {
            return true;
        };
        let is_out = |name: &String| name.strip_prefix('-') == Some(attribute);
        let is_all = |name: &String| name == "*" || name.starts_with('-');
        !names.iter().any(is_out) && names.iter().any(|name| name == attribute || is_all(name))
    }

    /// Leaves those attributes; the id stays always.
    pub(crate) fn retain(&self, record: &mut Map<String, Value>) {
        record.retain(|name, _| name == "objectID" || self.has(name));
    }
}

/// Form of the hits of one request.
#[derive(Debug)]
pub(crate) struct HitForm {
    /// Attributes of the product.
    pub(crate) retrieved: Retrieved,
    /// Attributes that show what matched.
    pub(crate) highlighted: Retrieved,
    /// True if the part of the description that matched is shown.
    pub(crate) has_snippet: bool,
    /// Tags around what matched.
    pub(crate) tags: Tags,
    /// Words of the query.
    pub(crate) words: usize,
}

/// Returns a hit.
pub(crate) fn hit(hit: Hit, form: &HitForm) -> Value {
    let currency = hit.price.currency;
    let amount = |minor: i64| major(minor, currency);
    let mut highlights = Map::new();
    let mut show = |name: &str, raw: &str, marked: Option<&str>| {
        if form.highlighted.has(name) {
            highlights.insert(
                name.to_owned(),
                highlighted(raw, marked, form.words, &form.tags),
            );
        }
    };
    show("title", &hit.title, hit.highlights.title.as_deref());
    if let Some(brand) = &hit.brand {
        show("brand", brand, None);
    }
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            record.insert(name.to_owned(), value);
        }
    };
    put("objectID", json!(hit.id.0.to_string()));
    put("slug", json!(hit.slug));
    put("title", json!(hit.title));
    put("brand", json!(hit.brand));
    put("image", json!(hit.image));
    put("image_alt", json!(hit.image_alt));
    put("price", amount(hit.price.min));
    put("price_max", amount(hit.price.max));
    put("list_price", json!(hit.list_price.map(amount)));
    put("lowest_price_30d", json!(hit.lowest_price_30d.map(amount)));
    put("currency", json!(currency.code()));
    put(
        "price_text",
        json!(Money::new(hit.price.min, currency).to_string()),
    );
    put("in_stock", json!(hit.available));
    put("stock", json!(hit.stock));
    put("rating", json!(hit.rating.map(two_decimals)));
    put("rating_count", json!(hit.rating_count));
    let (category, fandom) = (name_and_slug(hit.category), name_and_slug(hit.fandom));
    put("category", json!(category.0));
    put("category_slug", json!(category.1));
    put("fandom", json!(fandom.0));
    put("fandom_slug", json!(fandom.1));
    put("seller", json!(hit.seller.name));
    put("seller_slug", json!(hit.seller.slug));
    put("variants", json!(hit.variants));
    if let Some(variant) = &hit.variant {
        put("sku", json!(variant.sku));
        put("options", json!(variant.options));
    }
    put("created_at", json!(Timestamp::from_ms(hit.created_at_ms)));
    form.retrieved.retain(&mut record);
    if !highlights.is_empty() {
        record.insert("_highlightResult".to_owned(), highlights.into());
    }
    if form.has_snippet
        && let Some(marked) = hit.highlights.description.as_deref()
    {
        let snippet = highlighted("", Some(marked), form.words, &form.tags);
        record.insert("_snippetResult".to_owned(), json!({"description": snippet}));
    }
    record.into()
}

fn name_and_slug(label: Option<Label>) -> (Option<String>, Option<String>) {
    label.map(|label| (label.name, label.slug)).unzip()
}

/// Returns an amount of minor units in major ones.
pub(crate) fn major(minor: i64, currency: Currency) -> Value {
    let exponent = currency_exponent(currency);
    match exponent {
        0 => json!(minor),
        // Division is rounded correctly, so that it is the nearest number to the decimal one.
        _ => json!(minor as f64 / 10_f64.powi(exponent as i32)),
    }
}

/// Returns a product as a record: what hits have, and what only its own page shows besides.
pub(crate) fn record(product: ProductRecord, currency: Currency, retrieved: &Retrieved) -> Value {
    let view = ProductView::from(product);
    let amount = |minor: i64| major(minor, currency);
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            record.insert(name.to_owned(), value);
        }
    };
    put("objectID", json!(view.id.to_string()));
    put("slug", json!(view.slug));
    put("title", json!(view.title));
    put("description", json!(view.description));
    put("brand", json!(view.brand));
    put("image", json!(view.images.first().map(|image| &image.url)));
    put(
        "image_alt",
        json!(view.images.first().and_then(|image| image.alt.as_ref())),
    );
    put("price", amount(view.price.amount));
    let highest = view.price_max.as_ref().unwrap_or(&view.price);
    put("price_max", amount(highest.amount));
    put(
        "list_price",
        json!(view.list_price.map(|price| amount(price.amount))),
    );
    put(
        "lowest_price_30d",
        json!(view.lowest_price_30d.map(|price| amount(price.amount))),
    );
    put("currency", json!(currency.code()));
    put("in_stock", json!(view.in_stock));
    put("stock", json!(view.stock));
    put("rating", json!(view.rating));
    put("rating_count", json!(view.rating_count));
    let label = |label: Option<&crate::api::views::LabelView>| {
        label
            .map(|label| (label.name.clone(), label.slug.clone()))
            .unzip()
    };
    let (category, category_slug): (Option<String>, Option<String>) = label(view.category.as_ref());
    let (fandom, fandom_slug): (Option<String>, Option<String>) = label(view.fandom.as_ref());
    put("category", json!(category));
    put("category_slug", json!(category_slug));
    put("fandom", json!(fandom));
    put("fandom_slug", json!(fandom_slug));
    put("seller", json!(view.seller.name));
    put("seller_slug", json!(view.seller.slug));
    put("attributes", json!(view.attributes));
    put("_tags", json!(view.tags));
    put("variants", json!(view.variants.len()));
    put("created_at", json!(view.created_at));
    retrieved.retain(&mut record);
    record.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_chosen_by_name_and_taken_out_by_a_minus() {
        let has = |names: &[&str], name: &str| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Retrieved::new(Some(names)).has(name)
        };
        assert!(Retrieved::default().has("brand"));
        assert!(has(&["*"], "brand") && has(&["brand"], "brand"));
        assert!(!has(&["title"], "brand") && !has(&[], "brand"));
        assert!(!has(&["*", "-brand"], "brand") && has(&["-brand"], "title"));
    }

    #[test]
    fn amounts_are_numbers_of_major_units() {
        assert_eq!(major(1_999, Currency::EUR), json!(19.99));
        assert_eq!(major(1_999, Currency::JPY), json!(1_999));
    }
}
