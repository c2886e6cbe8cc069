//! Writing rows of products and variants, many in one statement.
//!
//! A batch's rows travel as one JSON parameter, so that a statement's text is always the same and no limit on
//! parameters counts. Rows that are already as given are not touched, so nothing reaches the outbox for them.

use std::collections::{BTreeMap, HashSet};

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::{Attributes, Image, VariantInput};

use super::further_offers::OfferChanges;
use crate::{
    Backend, Scope, StoreError,
    backend::{IdRow, Kind, all, execute, json, now_ms},
};

/// A product as it is to be. What is `None` of the attributes, images, ratings, popularity and time of creation stays as
/// it is.
#[derive(Serialize)]
pub(super) struct ProductRow<'a> {
    pub(super) id: Option<i64>,
    pub(super) external_id: &'a str,
    pub(super) slug: String,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) brand: Option<&'a str>,
    pub(super) status: &'static str,
    pub(super) category_id: Option<i64>,
    pub(super) fandom_id: Option<i64>,
    pub(super) seller_id: i64,
    pub(super) tags: &'a [String],
    // Left out and not null, which SQLite would take for a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attributes: Option<&'a Attributes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) images: Option<&'a [Image]>,
    pub(super) currency: &'static str,
    pub(super) rating_count: Option<u32>,
    pub(super) rating_sum: Option<u64>,
    pub(super) popularity: Option<i64>,
    pub(super) created_at: Option<i64>,
    #[serde(flatten)]
    pub(super) totals: Totals,
    /// Further categories in their order, kept in a table of their own.
    #[serde(skip)]
    pub(super) further_categories: Vec<i64>,
    /// Further fandoms in their order, kept in a table of their own.
    #[serde(skip)]
    pub(super) further_fandoms: Vec<i64>,
    /// Offers of other sellers, kept in a table of their own.
    #[serde(skip)]
    pub(super) offers: OfferChanges<'a>,
}

/// Totals over a new product's variants, which the triggers maintain afterwards.
/// A row inserted with them is written once.
#[derive(Serialize)]
pub(super) struct Totals {
    price_min: i64,
    price_max: i64,
    stock: i64,
    variant_count: usize,
    available_count: usize,
    list_price: Option<i64>,
    price_changes_at: Option<i64>,
}

impl Totals {
    pub(super) fn of(variants: &[VariantInput], now_ms: i64) -> Self {
        let prices = || variants.iter().map(VariantInput::prices);
        let current = || prices().map(|prices| prices.current(now_ms));
        let stock = variants.iter().map(|variant| variant.stock);
        let available = |variant: &&VariantInput| variant.stock_policy.is_available(variant.stock);
        let cheapest = prices().min_by_key(|prices| prices.current(now_ms));
        Self {
            price_min: current().min().unwrap_or(0),
            price_max: current().max().unwrap_or(0),
            stock: stock.fold(0, i64::saturating_add),
            variant_count: variants.len(),
            available_count: variants.iter().filter(available).count(),
            list_price: cheapest.and_then(|prices| prices.reduced_from(now_ms)),
            price_changes_at: prices()
                .filter_map(|prices| prices.next_change(now_ms))
                .min(),
        }
    }
}

/// A variant as it is to be.
#[derive(Serialize)]
pub(super) struct VariantRow<'a> {
    pub(super) product_id: i64,
    pub(super) sku: &'a str,
    pub(super) gtin: Option<&'a str>,
    pub(super) options: &'a BTreeMap<String, String>,
    pub(super) price: i64,
    pub(super) list_price: Option<i64>,
    pub(super) sale_from: Option<i64>,
    pub(super) sale_until: Option<i64>,
    pub(super) stock: i64,
    pub(super) stock_policy: &'static str,
    pub(super) condition: &'static str,
    pub(super) weight_g: Option<i64>,
    pub(super) length_mm: Option<i64>,
    pub(super) width_mm: Option<i64>,
    pub(super) height_mm: Option<i64>,
    pub(super) position: usize,
}

const PRODUCT_COLUMNS: [(&str, Kind); 25] = [
    ("id", Kind::Integer),
    ("external_id", Kind::Text),
    ("slug", Kind::Text),
    ("title", Kind::Text),
    ("description", Kind::Text),
    ("brand", Kind::Text),
    ("status", Kind::Text),
    ("category_id", Kind::Integer),
    ("fandom_id", Kind::Integer),
    ("seller_id", Kind::Integer),
    ("attributes", Kind::Json),
    ("tags", Kind::Json),
    ("images", Kind::Json),
    ("currency", Kind::Text),
    ("rating_count", Kind::Integer),
    ("rating_sum", Kind::Integer),
    ("popularity", Kind::Integer),
    ("created_at", Kind::Integer),
    ("price_min", Kind::Integer),
    ("price_max", Kind::Integer),
    ("stock", Kind::Integer),
    ("variant_count", Kind::Integer),
    ("available_count", Kind::Integer),
    ("list_price", Kind::Integer),
    ("price_changes_at", Kind::Integer),
];

/// Columns that a writer gives whole.
const GIVEN: [&str; 11] = [
    "external_id",
    "slug",
    "title",
    "description",
    "brand",
    "status",
    "category_id",
    "fandom_id",
    "seller_id",
    "tags",
    "currency",
];

/// Columns that stay as they are when a writer gives none.
const KEPT: [&str; 6] = [
    "attributes",
    "images",
    "rating_count",
    "rating_sum",
    "popularity",
    "created_at",
];

const VARIANT_COLUMNS: [(&str, Kind); 16] = [
    ("product_id", Kind::Integer),
    ("sku", Kind::Text),
    ("gtin", Kind::Text),
    ("options", Kind::Json),
    ("price", Kind::Integer),
    ("list_price", Kind::Integer),
    ("sale_from", Kind::Integer),
    ("sale_until", Kind::Integer),
    ("stock", Kind::Integer),
    ("stock_policy", Kind::Text),
    ("condition", Kind::Text),
    ("weight_g", Kind::Integer),
    ("length_mm", Kind::Integer),
    ("width_mm", Kind::Integer),
    ("height_mm", Kind::Integer),
    ("position", Kind::Integer),
];

/// Columns of a variant that an upsert replaces: all but its key.
const VARIANT_VALUES: [&str; 14] = [
    "gtin",
    "options",
    "price",
    "list_price",
    "sale_from",
    "sale_until",
    "stock",
    "stock_policy",
    "condition",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "position",
];

/// A product found again by its seller and the seller's own id.
#[derive(FromQueryResult)]
pub(super) struct InsertedRow {
    pub(super) id: i64,
    pub(super) external_id: String,
    pub(super) seller_id: i64,
}

#[derive(FromQueryResult)]
struct VariantKey {
    id: i64,
    product_id: i64,
    sku: String,
}

/// `$1` rows, `$2` tenant, `$3` now.
fn insert_products_sql(backend: Backend) -> String {
    let given = GIVEN.map(|column| format!("r.{column}")).join(", ");
    format!(
        "INSERT INTO products (tenant_id, {}, attributes, images, rating_count, rating_sum, popularity, created_at,
                               updated_at, price_min, price_max, stock, variant_count, available_count, list_price,
                               price_changes_at)
         SELECT $2, {given}, r.attributes, r.images, coalesce(r.rating_count, 0), coalesce(r.rating_sum, 0),
                coalesce(r.popularity, 0), coalesce(r.created_at, $3), $3, r.price_min, r.price_max, r.stock,
                r.variant_count, r.available_count, r.list_price, r.price_changes_at
         FROM {}
         RETURNING id, external_id, seller_id",
        GIVEN.join(", "),
        backend.record_set("$1", &PRODUCT_COLUMNS)
    )
}

/// `$1` rows, `$2` tenant, `$3` now.
pub(crate) fn update_products_sql(backend: Backend) -> String {
    let columns = || GIVEN.iter().chain(&KEPT);
    let current: Vec<String> = columns()
        .map(|column| format!("products.{column}"))
        .collect();
    let wanted: Vec<String> = GIVEN
        .iter()
        .map(|column| format!("r.{column}"))
        .chain(KEPT.map(|column| format!("coalesce(r.{column}, products.{column})")))
        .collect();
    let assignments: Vec<String> = columns()
        .zip(&wanted)
        .map(|(column, value)| format!("{column} = {value}"))
        .collect();
    // The plus keeps SQLite from walking all products of the tenant by an index that begins with it.
    format!(
        "UPDATE products SET {}, updated_at = $3
         FROM {}
         WHERE products.id = r.id AND +products.tenant_id = $2 AND ({}) IS DISTINCT FROM ({})
         RETURNING products.id AS id",
        assignments.join(", "),
        backend.record_set("$1", &PRODUCT_COLUMNS),
        current.join(", "),
        wanted.join(", ")
    )
}

/// `$1` rows, `$2` tenant.
fn upsert_variants_sql(backend: Backend) -> String {
    let of = |source: &str| {
        VARIANT_VALUES
            .map(|column| format!("{source}.{column}"))
            .join(", ")
    };
    let assignments = VARIANT_VALUES.map(|column| format!("{column} = excluded.{column}"));
    // `WHERE true` tells SQLite's parser that `ON` begins no join.
    format!(
        "INSERT INTO variants (tenant_id, product_id, sku, {})
         SELECT $2, r.product_id, r.sku, {}
         FROM {} WHERE true
         ON CONFLICT (product_id, sku) DO UPDATE SET {}
         WHERE ({}) IS DISTINCT FROM ({})
         RETURNING id, product_id, sku",
        VARIANT_VALUES.join(", "),
        of("r"),
        backend.record_set("$1", &VARIANT_COLUMNS),
        assignments.join(", "),
        of("variants"),
        of("excluded"),
    )
}

/// `$1` tenant, `$2` ids of products.
pub(crate) fn variant_keys_sql(backend: Backend) -> String {
    format!(
        "SELECT id, product_id, sku FROM variants WHERE tenant_id = $1 AND {}",
        backend.among_ids("product_id", "$2")
    )
}

/// Adds products, and says under which ids.
pub(super) async fn insert_products(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    products: &[&ProductRow<'_>],
) -> Result<Vec<InsertedRow>, StoreError> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let sql = insert_products_sql(scope.store.backend());
    let values = [json(&products)?, scope.tenant.0.into(), now_ms().into()];
    all(transaction, scope.store.backend().statement(sql, values)).await
}

/// Changes products where they differ, and says which.
pub(super) async fn update_products(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    products: &[&ProductRow<'_>],
) -> Result<HashSet<i64>, StoreError> {
    if products.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = update_products_sql(scope.store.backend());
    let values = [json(&products)?, scope.tenant.0.into(), now_ms().into()];
    let changed: Vec<IdRow> =
        all(transaction, scope.store.backend().statement(sql, values)).await?;
    Ok(changed.into_iter().map(|row| row.id).collect())
}

/// Adds and changes variants where they differ, and says of which products.
pub(super) async fn upsert_variants(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    variants: &[VariantRow<'_>],
) -> Result<HashSet<i64>, StoreError> {
    if variants.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = upsert_variants_sql(scope.store.backend());
    let values = [json(&variants)?, scope.tenant.0.into()];
    let rows: Vec<VariantKey> =
        all(transaction, scope.store.backend().statement(sql, values)).await?;
    Ok(rows.into_iter().map(|row| row.product_id).collect())
}

/// Deletes the variants of these products that are not among those given, and says of which products.
pub(super) async fn delete_other_variants(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    products: &[i64],
    variants: &[VariantRow<'_>],
) -> Result<HashSet<i64>, StoreError> {
    if products.is_empty() {
        return Ok(HashSet::new());
    }
    let backend = scope.store.backend();
    let values = [scope.tenant.0.into(), backend.ids(products.iter().copied())];
    let statement = backend.statement(variant_keys_sql(backend), values);
    let stored: Vec<VariantKey> = all(transaction, statement).await?;
    let wanted: HashSet<(i64, &str)> = variants
        .iter()
        .map(|variant| (variant.product_id, variant.sku))
        .collect();
    let unwanted: Vec<&VariantKey> = stored
        .iter()
        .filter(|key| !wanted.contains(&(key.product_id, &key.sku)))
        .collect();
    if unwanted.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = format!(
        "DELETE FROM variants WHERE tenant_id = $1 AND {}",
        backend.among_ids("id", "$2")
    );
    let values = [
        scope.tenant.0.into(),
        backend.ids(unwanted.iter().map(|key| key.id)),
    ];
    execute(transaction, backend.statement(sql, values)).await?;
    Ok(unwanted.iter().map(|key| key.product_id).collect())
}

/// Notes that products were written whose own rows stayed as they were.
pub(crate) async fn touch_products(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    products: &[i64],
) -> Result<(), StoreError> {
    if products.is_empty() {
        return Ok(());
    }
    let backend = scope.store.backend();
    let sql = format!(
        "UPDATE products SET updated_at = $2 WHERE tenant_id = $3 AND {}",
        backend.among_ids("id", "$1")
    );
    let values = [
        backend.ids(products.iter().copied()),
        now_ms().into(),
        scope.tenant.0.into(),
    ];
    execute(transaction, backend.statement(sql, values)).await?;
    Ok(())
}
