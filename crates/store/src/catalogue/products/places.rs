//! Further categories and fandoms of products, beside the main ones.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::Label;

use crate::{
    Backend, Scope, StoreError,
    backend::{IdRow, Kind, all, json},
};

/// Kind of place, one table each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    Category,
    Fandom,
}

impl PlaceKind {
    const ALL: [Self; 2] = [Self::Category, Self::Fandom];

    fn table(self) -> &'static str {
        match self {
            Self::Category => "product_categories",
            Self::Fandom => "product_fandoms",
        }
    }

    /// Column of the category or fandom.
    fn column(self) -> &'static str {
        match self {
            Self::Category => "category_id",
            Self::Fandom => "fandom_id",
        }
    }

    /// Table of the categories or fandoms themselves.
    fn names(self) -> &'static str {
        match self {
            Self::Category => "categories",
            Self::Fandom => "fandoms",
        }
    }
}

/// Category or fandom of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: i64,
    pub(crate) label: Label,
}

/// Further places of a product, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct FurtherPlaces {
    pub(crate) categories: Vec<Place>,
    pub(crate) fandoms: Vec<Place>,
}

impl FurtherPlaces {
    /// Leaves out the main places, which plain SQL may have repeated.
    pub(crate) fn without(mut self, category: Option<i64>, fandom: Option<i64>) -> Self {
        self.categories.retain(|place| Some(place.id) != category);
        self.fandoms.retain(|place| Some(place.id) != fandom);
        self
    }
}

#[derive(FromQueryResult)]
struct PlaceRow {
    is_fandom: i64,
    product_id: i64,
    id: i64,
    slug: String,
    name: String,
}

/// Further place as it is to be.
#[derive(Debug, Serialize)]
pub(super) struct NewPlace {
    pub(super) product_id: i64,
    pub(super) id: i64,
    pub(super) position: usize,
}

const COLUMNS: [(&str, Kind); 3] = [
    ("product_id", Kind::Integer),
    ("id", Kind::Integer),
    ("position", Kind::Integer),
];

/// `$1` tenant, `$2` ids of products. The plus keeps SQLite from walking all of the tenant's by an index that begins with
/// it.
pub(crate) fn places_sql(backend: Backend) -> String {
    let selects = PlaceKind::ALL.map(|kind| {
        format!(
            "SELECT CAST({} AS bigint) AS is_fandom, f.product_id, n.id, n.slug, n.name, f.position
             FROM {} f JOIN {} n ON n.tenant_id = f.tenant_id AND n.id = f.{}
             WHERE +f.tenant_id = $1 AND {}",
            i32::from(kind == PlaceKind::Fandom),
            kind.table(),
            kind.names(),
            kind.column(),
            backend.among_ids("f.product_id", "$2")
        )
    });
    format!(
        "{} ORDER BY product_id, position, id",
        selects.join(" UNION ALL ")
    )
}

/// `$1` rows, `$2` tenant.
pub(crate) fn upsert_places_sql(backend: Backend, kind: PlaceKind) -> String {
    let (table, column) = (kind.table(), kind.column());
    // `WHERE true` tells SQLite's parser that `ON` begins no join.
    format!(
        "INSERT INTO {table} (tenant_id, product_id, {column}, position)
         SELECT $2, r.product_id, r.id, r.position FROM {} WHERE true
         ON CONFLICT (product_id, {column}) DO UPDATE SET position = excluded.position
         WHERE {table}.position <> excluded.position
         RETURNING product_id AS id",
        backend.record_set("$1", &COLUMNS)
    )
}

/// `$1` rows, `$2` tenant, `$3` ids of products.
pub(crate) fn delete_other_places_sql(backend: Backend, kind: PlaceKind) -> String {
    let (table, column) = (kind.table(), kind.column());
    format!(
        "DELETE FROM {table} WHERE +tenant_id = $2 AND {}
         AND (product_id, {column}) NOT IN (SELECT r.product_id, r.id FROM {})
         RETURNING product_id AS id",
        backend.among_ids("product_id", "$3"),
        backend.record_set("$1", &COLUMNS)
    )
}

/// Further places of products, by product.
pub(crate) async fn places_of(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    products: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, FurtherPlaces>, StoreError> {
    let backend = scope.store.backend();
    let values = [scope.tenant.0.into(), backend.ids(products)];
    let statement = backend.statement(places_sql(backend), values);
    let mut by_product: HashMap<i64, FurtherPlaces> = HashMap::new();
    for row in all::<PlaceRow>(connection, statement).await? {
        let further = by_product.entry(row.product_id).or_default();
        let places = match row.is_fandom {
            0 => &mut further.categories,
            _ => &mut further.fandoms,
        };
        places.push(Place {
            id: row.id,
            label: Label::new(row.slug, row.name),
        });
    }
    Ok(by_product)
}

/// Adds, moves and deletes further places where they differ, and says of which products. `existing` are the products
/// that may have had others.
pub(super) async fn replace_places(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    kind: PlaceKind,
    existing: &[i64],
    places: &[NewPlace],
) -> Result<HashSet<i64>, StoreError> {
    let backend = scope.store.backend();
    let tenant = scope.tenant.0;
    let mut changed = HashSet::new();
    if !existing.is_empty() {
        let sql = delete_other_places_sql(backend, kind);
        let ids = backend.ids(existing.iter().copied());
        let statement = backend.statement(sql, [json(&places)?, tenant.into(), ids]);
        let rows: Vec<IdRow> = all(transaction, statement).await?;
        changed.extend(rows.into_iter().map(|row| row.id));
    }
    if !places.is_empty() {
        let sql = upsert_places_sql(backend, kind);
        let statement = backend.statement(sql, [json(&places)?, tenant.into()]);
        let rows: Vec<IdRow> = all(transaction, statement).await?;
        changed.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(changed)
}
