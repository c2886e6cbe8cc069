//! Variants of the hits of a page that pass the filters, and what hits show of them.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value;
use souk_domain::{Hit, Label, ProductId, VariantDocument, VariantId};

use super::{
    search::Search,
    variant_conditions::{AVAILABLE, PRICE, write_each},
};
use crate::{
    SearchError,
    engines::sql::{dialect::search as products, offered::offers, statement::Sql},
    variants::{conditions::VariantConditions, stored::StoredVariants},
};

/// Returns the lowest price that was charged for offer `v` before it was reduced, as SQL; `priced` is the key of its history.
fn lowest_price(priced: &str) -> String {
    format!(
        "CASE WHEN v.list_price IS NOT NULL THEN (\
         SELECT r.lowest_price FROM offer_reductions r JOIN products q ON q.currency = r.currency \
         WHERE r.variant_id = {priced} AND q.id = v.product_id) END"
    )
}

/// Has hits show the variants that pass the filters of a search. Beside each hit are the images of its product as JSON, if
/// some of them are of single variants.
pub(crate) async fn show<C: ConnectionTrait>(
    connection: &C,
    search: &Search<'_>,
    found: Vec<(Hit, Option<String>)>,
) -> Result<Vec<Hit>, SearchError> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = found.iter().map(|(hit, _)| hit.id.0).collect();
    let mut sql = Sql::for_database(connection);
    write(&mut sql, search, &ids);
    let mut variants: HashMap<ProductId, Vec<VariantDocument>> = HashMap::new();
    for row in sql.rows(connection).await? {
        let product = ProductId(row.try_get_by_index(0)?);
        let variant = variant(&row, search)?;
        variants.entry(product).or_default().push(variant);
    }
    // The database held them against the filters.
    let passing = VariantConditions::none();
    let hits = found.into_iter().map(|(mut hit, images)| {
        let mut variants = variants.remove(&hit.id).unwrap_or_default();
        if let Some(images) = images {
            add_images(&mut variants, &images);
        }
        StoredVariants::new(variants, BTreeMap::new()).show(&mut hit, &passing);
        hit
    });
    Ok(hits.collect())
}

/// Appends the query for the variants of products that pass, in their order.
fn write(sql: &mut Sql, search: &Search<'_>, ids: &[i64]) {
    let clauses = search.of_variants();
    let shares_products = search.plan.shares_products;
    let (priced, seller) = match shares_products {
        true => (
            "CASE v.offer_id WHEN 0 THEN v.id ELSE -v.offer_id END",
            "CASE WHEN (SELECT q.offer_count FROM products q WHERE q.id = v.product_id) IS NOT NULL THEN m.slug END, m.name",
        ),
        false => ("v.id", "NULL, NULL"),
    };
    sql.push(&format!(
        "SELECT v.product_id, v.id, v.sku, CAST(v.options AS text), {PRICE}, v.list_price, {}, v.stock, \
         CAST(CASE WHEN {AVAILABLE} THEN 1 ELSE 0 END AS bigint), v.condition, {seller} FROM {} v",
        lowest_price(priced),
        offers(shares_products),
    ));
    if shares_products {
        sql.push(" JOIN sellers m ON m.id = v.seller_id");
    }
    if !clauses.is_empty() {
        sql.push(" JOIN (SELECT p.*");
        products::write_from(sql);
        sql.push("p.id")
            .in_ids(ids)
            .push(") AS p ON p.id = v.product_id");
    }
    sql.push(" WHERE v.tenant_id = ")
        .bind(search.plan.tenant.0)
        .push(" AND v.product_id")
        .in_ids(ids);
    write_each(sql, &clauses);
    sql.push(" ORDER BY v.product_id, v.position, v.id");
    if shares_products {
        // As documents have them: the product's own seller's, then the others from the oldest on.
        sql.push(", v.offer_id");
    }
}

fn variant(row: &QueryResult, search: &Search<'_>) -> Result<VariantDocument, SearchError> {
    let price = row.try_get_by_index(4)?;
    let list_price: Option<i64> = row.try_get_by_index(5)?;
    let list_price = list_price.filter(|list_price| *list_price > price);
    let lowest_price: Option<i64> = row.try_get_by_index(6)?;
    let mut options = options(&row.try_get_by_index::<String>(3)?);
    options.retain(|name, _| !search.plan.definitions.is_internal(name));
    let seller: Option<String> = row.try_get_by_index(10)?;
    let name: Option<String> = row.try_get_by_index(11)?;
    Ok(VariantDocument {
        id: VariantId(row.try_get_by_index(1)?),
        sku: row.try_get_by_index(2)?,
        options,
        numbers: BTreeMap::new(),
        price,
        list_price,
        lowest_price_30d: list_price.and(lowest_price),
        stock: row.try_get_by_index(7)?,
        available: row.try_get_by_index::<i64>(8)? > 0,
        image: None,
        image_alt: None,
        condition: row
            .try_get_by_index::<String>(9)?
            .parse()
            .unwrap_or_default(),
        seller: seller.zip(name).map(|(slug, name)| Label::new(slug, name)),
    })
}

/// Returns options of a variant, from JSON. A value that plain SQL wrote and that has no text is left out.
pub(crate) fn options(json: &str) -> BTreeMap<String, String> {
    let options: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
    let options = options.into_iter();
    options
        .filter_map(|(name, value)| Some((name, text(&value)?)))
        .collect()
}

/// Gives variants the first image that names their SKU.
fn add_images(variants: &mut [VariantDocument], json: &str) {
    let images: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    for variant in variants {
        let names = |image: &&Value| {
            let skus = image.get("variants").and_then(Value::as_array);
            let mut skus = skus.into_iter().flatten();
            let has_url = image.get("url").and_then(text).is_some();
            has_url && skus.any(|sku| text(sku).as_ref() == Some(&variant.sku))
        };
        if let Some(image) = images.iter().find(names) {
            variant.image = image.get("url").and_then(text);
            variant.image_alt = image.get("alt").and_then(text);
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::document;

    use super::*;

    #[test]
    fn options_without_text_are_left_out() {
        let options = options(r#"{"size": 42, "slim": true, "odd": null, "odder": [1]}"#);
        let expected = [("size", "42"), ("slim", "true")];
        assert!(
            options
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .eq(expected)
        );
        assert!(super::options("no json").is_empty());
    }

    #[test]
    fn first_image_that_names_a_variant_is_its_own() {
        let mut variants = document(1, "Shoe").build().variants;
        variants[0].sku = "A".to_owned();
        let images = r#"["/all.jpg", {"url": "/b.jpg", "variants": ["B"]}, {"variants": ["A"]},
                         {"url": "/a.jpg", "alt": "In red", "variants": ["B", "A"]}, {"url": "/z.jpg", "variants": ["A"]}]"#;
        add_images(&mut variants, images);
        assert_eq!(variants[0].image.as_deref(), Some("/a.jpg"));
        assert_eq!(variants[0].image_alt.as_deref(), Some("In red"));
    }
}
