//! Products of schema.org, with their offers and variants, as flat rows.

use serde_json::{Map, Value};

use super::flat::{Flat, list};
use crate::import::profile::names::plain;
use crate::import::read::value;
use crate::import::syntax::row::Row;

const MEMBERS: &[&str] = &[
    "name",
    "description",
    "category",
    "sku",
    "mpn",
    "gtin",
    "gtin8",
    "gtin12",
    "gtin13",
    "gtin14",
    "isbn",
    "productID",
    "productGroupID",
];
const OPTIONS: &[&str] = &["color", "size", "material", "pattern"];

/// Rows of a product or a group of products; none of what is neither.
pub(super) fn rows(row: &Row) -> Vec<Row> {
    let members: Map<String, Value> = row
        .columns
        .iter()
        .map(|(name, value)| (name.to_string(), value.clone()))
        .collect();
    let node = Value::Object(members);
    if is_a(&node, "ProductGroup") {
        return group(row, &node);
    }
    if is_a(&node, "Product")
        || is_a(&node, "IndividualProduct")
        || is_a(&node, "ProductModel")
        || is_a(&node, "Book")
    {
        return vec![product(row, &node, None)];
    }
    if is_a(&node, "ItemList") || node.get("itemListElement").is_some() {
        return list(node.get("itemListElement"))
            .iter()
            .filter_map(|element| element.get("item").or(Some(element)))
            .filter(|item| is_a(item, "Product"))
            .map(|item| product(row, item, None))
            .collect();
    }
    // A page with a product as its subject.
    if let Some(main) = node.get("mainEntity").filter(|main| is_a(main, "Product")) {
        return vec![product(row, main, None)];
    }
    match node.get("@type") {
        None if node.get("offers").is_some() => vec![product(row, &node, None)],
        _ => Vec::new(),
    }
}

fn group(row: &Row, node: &Value) -> Vec<Row> {
    let id = node
        .get("productGroupID")
        .or_else(|| node.get("@id"))
        .or_else(|| node.get("sku"))
        .and_then(value::text);
    let mut rows = Vec::new();
    let mut parent = Flat::at(row);
    parent.put_text("rowtype", "parent");
    if let Some(id) = &id {
        parent.put_text("group", id.clone());
    }
    if let Some(own) = node.get("@id").and_then(value::text) {
        // Variants elsewhere in the file name the group by this.
        parent.put_text("sku", own);
    }
    describe(&mut parent, node);
    let variants = list(node.get("hasVariant"));
    let named: Vec<String> = variants
        .iter()
        .filter(|variant| variant.get("name").is_none() && variant.get("offers").is_none())
        .filter_map(|variant| variant.get("@id").and_then(value::text))
        .collect();
    if !named.is_empty() {
        parent.put("children", Some(&Value::from(named)));
    }
    rows.push(parent.row());
    for variant in variants {
        if variant.get("name").is_some() || variant.get("offers").is_some() {
            rows.push(product(row, variant, id.as_deref()));
        }
    }
    rows
}

fn product(row: &Row, node: &Value, group: Option<&str>) -> Row {
    let mut flat = Flat::at(row);
    let of_group = node
        .get("isVariantOf")
        .or_else(|| node.get("inProductGroupWithID"));
    let group_id = group.map(str::to_owned).or_else(|| {
        let of_group = of_group?;
        of_group
            .get("productGroupID")
            .or(Some(of_group))
            .and_then(value::text)
    });
    match &group_id {
        Some(id) => {
            flat.put_text("group", id.clone());
            flat.put_text("rowtype", "variant");
        }
        None => flat.put_text("rowtype", "product"),
    }
    if group_id.is_none()
        && let Some(parent) = of_group
            .and_then(|group| group.get("@id"))
            .and_then(value::text)
    {
        flat.put_text("parent", parent);
    }
    if node.get("sku").is_none() {
        flat.put("variantid", node.get("@id"));
    }
    describe(&mut flat, node);
    if let Some(offer) = cheapest(node.get("offers")) {
        let specification = list(offer.get("priceSpecification"));
        let of_specification = |name: &str| specification.iter().find_map(|own| own.get(name));
        let price = offer
            .get("price")
            .or_else(|| offer.get("lowPrice"))
            .or_else(|| of_specification("price"));
        flat.put("price", price);
        let currency = offer
            .get("priceCurrency")
            .or_else(|| of_specification("priceCurrency"));
        flat.put("pricecurrency", currency);
        let former = specification.iter().find(|own| {
            let kind = own
                .get("priceType")
                .and_then(value::text)
                .unwrap_or_default();
            kind.contains("ListPrice")
                || kind.contains("StrikethroughPrice")
                || kind.contains("SRP")
        });
        flat.put("listprice", former.and_then(|own| own.get("price")));
        flat.put("availability", offer.get("availability"));
        flat.put("seller", name_of(offer.get("seller")).as_ref());
        if node.get("sku").is_none() {
            flat.put("sku", offer.get("sku"));
        }
    }
    flat.row()
}

/// The cheapest of several offers: which seller's it is, a single price cannot say.
fn cheapest(offers: Option<&Value>) -> Option<&Value> {
    let offers = list(offers);
    let nested = offers
        .first()
        .filter(|first| first.get("price").is_none() && first.get("lowPrice").is_none())
        .and_then(|first| first.get("offers"));
    let offers = match nested {
        Some(nested) => list(Some(nested)),
        None => offers,
    };
    let price = |offer: &&Value| {
        let text = offer.get("price").and_then(value::text).unwrap_or_default();
        text.parse::<f64>().unwrap_or(f64::MAX)
    };
    offers
        .iter()
        .min_by(|one, other| price(one).total_cmp(&price(other)))
}

fn describe(flat: &mut Flat, node: &Value) {
    for name in MEMBERS {
        flat.put(name, node.get(*name));
    }
    flat.put("brand", name_of(node.get("brand")).as_ref());
    flat.put("manufacturer", name_of(node.get("manufacturer")).as_ref());
    flat.put("image", node.get("image"));
    if let Some(rating) = node.get("aggregateRating") {
        flat.put("ratingvalue", rating.get("ratingValue"));
        flat.put(
            "reviewcount",
            rating
                .get("ratingCount")
                .or_else(|| rating.get("reviewCount")),
        );
    }
    for name in OPTIONS {
        flat.put(name, name_of(node.get(*name)).as_ref());
    }
    for property in list(node.get("additionalProperty")) {
        if let Some(name) = property.get("name").and_then(value::text) {
            flat.put(format!("property_{}", plain(&name)), property.get("value"));
        }
    }
    flat.put("suggestedgender", node.pointer("/audience/suggestedGender"));
}

/// Name of a thing that is given as a text or as an object.
fn name_of(value: Option<&Value>) -> Option<Value> {
    match value? {
        Value::Object(members) => members.get("name").cloned(),
        Value::Array(values) => name_of(values.first()),
        other => Some(other.clone()),
    }
}

fn is_a(node: &Value, kind: &str) -> bool {
    let kinds = node.get("@type").map(value::texts).unwrap_or_default();
    kinds
        .iter()
        .any(|own| own.rsplit(['/', ':']).next() == Some(kind))
}
