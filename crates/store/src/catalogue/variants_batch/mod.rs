//! Changes prices and stocks of variants and of further sellers' offers by SKU, thousands in one statement.
//!
//! The products are locked before their variants, in the order of their ids, as whole products are written. So a batch
//! and a change of a product wait for each other, and neither undoes the other.

pub(crate) mod target;

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde::Serialize;
use souk_domain::{InvalidField, VariantUpdate};

use self::target::{Table, Target, targets};
use super::products::{begun_anew, rows::touch_products};
use crate::{
    Backend, Scope, StoreError, Transaction,
    backend::{IdRow, Kind, all, json},
    bulk,
    outbox::lane::FEW,
};

/// Most variants that one statement carries.
const STATEMENT_ROWS: usize = 5_000;

/// A tenant's variants, whatever their products.
#[derive(Debug, Clone)]
pub struct Variants {
    scope: Scope,
}

/// Outcome of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariantOutcome {
    /// Written.
    Updated,
    /// Already as given; nothing was written.
    Unchanged,
}

/// Reason for rejecting an update.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariantRefusal {
    /// A value cannot be stored, or the variant is in the batch twice.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// No variant has the SKU, or not in the product that is named.
    #[error("no such variant")]
    UnknownSku,
    /// The seller does not offer the variant.
    #[error("the seller in `offered_by` does not offer this variant")]
    UnknownOffer,
    /// Several products have the SKU.
    #[error(
        "several products have this SKU: `external_id`, and `seller` if several sellers have the id, must say which is meant"
    )]
    AmbiguousSku,
}

/// Variant that an update looks for.
#[derive(Serialize)]
struct SoughtRow<'a> {
    place: usize,
    sku: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    seller: Option<&'a str>,
}

/// Lowest and highest id of the variants that an update may mean.
#[derive(FromQueryResult)]
struct FoundRow {
    place: i64,
    lowest: Option<i64>,
    highest: Option<i64>,
}

/// Variant or offer with the values that it is to have.
#[derive(Serialize)]
struct TargetRow {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stock: Option<i64>,
}

#[derive(FromQueryResult)]
struct ChangedRow {
    id: i64,
    product_id: i64,
}

const SOUGHT_COLUMNS: [(&str, Kind); 4] = [
    ("place", Kind::Integer),
    ("sku", Kind::Text),
    ("external_id", Kind::Text),
    ("seller", Kind::Text),
];

const TARGET_COLUMNS: [(&str, Kind); 3] = [
    ("id", Kind::Integer),
    ("price", Kind::Integer),
    ("stock", Kind::Integer),
];

/// Finds variants by SKU, in the products that are named or in any: `$1` rows, `$2` tenant.
pub(crate) fn find_sql(backend: Backend) -> String {
    let of_product = |end: &str| {
        format!(
            "SELECT {end}(v.id) FROM products p JOIN variants v ON v.product_id = p.id
                      WHERE p.tenant_id = $2 AND p.external_id = r.external_id AND v.sku = r.sku
                        AND (r.seller IS NULL OR p.seller_id =
                             (SELECT s.id FROM sellers s WHERE s.tenant_id = $2 AND s.slug = r.seller))"
        )
    };
    let of_any = |end: &str| {
        format!("SELECT {end}(v.id) FROM variants v WHERE v.tenant_id = $2 AND v.sku = r.sku")
    };
    let variant = |end: &str| {
        let (of_any, of_product) = (of_any(end), of_product(end));
        format!("CASE WHEN r.external_id IS NULL THEN ({of_any}) ELSE ({of_product}) END")
    };
    format!(
        "SELECT r.place, {} AS lowest, {} AS highest FROM {}",
        variant("min"),
        variant("max"),
        backend.record_set("$1", &SOUGHT_COLUMNS)
    )
}

/// Locks the products of the variants that [`find_sql`] finds, in the order of their ids. The pluses are for SQLite.
pub(crate) fn lock_sql(backend: Backend) -> String {
    format!(
        "WITH found AS MATERIALIZED ({})
         SELECT id FROM products
         WHERE +tenant_id = $2 AND id IN (SELECT product_id FROM variants WHERE id IN (SELECT lowest FROM found))
         ORDER BY +id{}",
        find_sql(backend),
        backend.for_update()
    )
}

/// Writes prices and stocks of a table where they differ: `$1` rows, `$2` tenant. A list price that
/// is not above the new price goes, and the dates of the sale with it.
pub(crate) fn update_sql(backend: Backend, table: Table) -> String {
    let (name, touched) = match table {
        Table::Variants => ("variants", String::new()),
        Table::Offers => ("offers", format!("updated_at = {}, ", backend.now())),
    };
    let stays = |column: &str| {
        format!(
            "{column} = CASE WHEN {name}.list_price > coalesce(r.price, {name}.price) THEN {name}.{column} END"
        )
    };
    let stays = ["list_price", "sale_from", "sale_until"]
        .map(stays)
        .join(", ");
    // The plus keeps SQLite from finding rows by their tenant.
    format!(
        "UPDATE {name} SET {touched}price = coalesce(r.price, {name}.price), stock = coalesce(r.stock, {name}.stock), {stays}
         FROM {}
         WHERE {name}.id = r.id AND +{name}.tenant_id = $2
           AND ({name}.price, {name}.stock)
               IS DISTINCT FROM (coalesce(r.price, {name}.price), coalesce(r.stock, {name}.stock))
         RETURNING {name}.id AS id, {name}.product_id AS product_id",
        backend.record_set("$1", &TARGET_COLUMNS)
    )
}

impl Scope {
    /// Variants of the tenant's products.
    pub fn variants(&self) -> Variants {
        Variants::new(self.clone())
    }
}

impl Variants {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// Changes prices and stocks: one result each, in their order. A rejected update does not keep the others from being
    /// written, and nothing is written about a variant that already is as given. Up to 5,000 are one transaction; it is
    /// background if it changes more than a hundred products.
    ///
    /// # Errors
    /// If the database fails; nothing of the transaction under way is written then.
    #[tracing::instrument(name = "update_variants", skip_all)]
    pub async fn update_batch(
        &self,
        updates: Vec<VariantUpdate>,
    ) -> Result<Vec<Result<VariantOutcome, VariantRefusal>>, StoreError> {
        // Checked before the transaction begins: SQLite has one writer at a time.
        let checked: Vec<_> = updates.into_iter().map(VariantUpdate::validated).collect();
        let mut results = Vec::with_capacity(checked.len());
        for part in checked.chunks(STATEMENT_ROWS) {
            results.extend(begun_anew(|_| self.update_part(part)).await?);
        }
        Ok(results)
    }

    async fn update_part(
        &self,
        part: &[Result<VariantUpdate, InvalidField>],
    ) -> Result<Vec<Result<VariantOutcome, VariantRefusal>>, StoreError> {
        let backend = self.scope.store.backend();
        let transaction = self.scope.store.begin().await?;
        let before = match backend {
            // The triggers find out by themselves that many products have changed.
            Backend::Postgres => None,
            Backend::Sqlite => Some(bulk::newest_outbox_row(&transaction).await?),
        };
        let targets = self.find(&transaction, part).await?;
        let wanted: Vec<(Target, &VariantUpdate)> = targets
            .iter()
            .zip(part)
            .filter_map(|(target, update)| Some((*target.as_ref().ok()?, update.as_ref().ok()?)))
            .collect();
        let changed = self.write(transaction, before, &wanted).await?;
        let outcomes = targets.into_iter().map(|target| {
            target.map(|target| match changed.contains(&target) {
                true => VariantOutcome::Updated,
                false => VariantOutcome::Unchanged,
            })
        });
        Ok(outcomes.collect())
    }

    /// Returns what each update changes, whose product is locked then.
    async fn find(
        &self,
        transaction: &impl ConnectionTrait,
        part: &[Result<VariantUpdate, InvalidField>],
    ) -> Result<Vec<Result<Target, VariantRefusal>>, StoreError> {
        let backend = self.scope.store.backend();
        let sought = sought(part)?;
        let values = || [sought.clone(), self.scope.tenant.0.into()];
        if backend == Backend::Postgres {
            let lock = backend.statement(lock_sql(backend), values());
            all::<IdRow>(transaction, lock).await?;
        }
        let find = backend.statement(find_sql(backend), values());
        let found: HashMap<i64, FoundRow> = all::<FoundRow>(transaction, find)
            .await?
            .into_iter()
            .map(|row| (row.place, row))
            .collect();
        let variants = part.iter().zip(0..).map(|(update, place)| match update {
            Ok(_) => variant_of(found.get(&place)),
            Err(invalid) => Err(invalid.clone().into()),
        });
        let variants = variants.collect();
        let updates: Vec<_> = part.iter().map(|update| update.as_ref().ok()).collect();
        let targets = targets(&self.scope, transaction, &updates, variants).await?;
        let mut taken = HashSet::new();
        let distinct = targets.into_iter().map(|target| match target {
            Ok(target) if !taken.insert(target) => {
                Err(InvalidField::new("sku", "is in this batch already").into())
            }
            other => other,
        });
        Ok(distinct.collect())
    }

    /// Writes what differs, commits, and says what was changed. Changes of many products are background; on
    /// SQLite those are the outbox rows that came after the row `before`.
    async fn write(
        &self,
        mut transaction: Transaction,
        before: Option<i64>,
        wanted: &[(Target, &VariantUpdate)],
    ) -> Result<HashSet<Target>, StoreError> {
        let backend = self.scope.store.backend();
        let (mut changed, mut products) = (HashSet::new(), HashSet::new());
        for table in [Table::Variants, Table::Offers] {
            let rows = wanted.iter().filter(|(target, _)| target.table == table);
            let rows = rows.map(|(target, update)| TargetRow {
                id: target.id,
                price: update.price,
                stock: update.stock,
            });
            let rows: Vec<TargetRow> = rows.collect();
            if rows.is_empty() {
                continue;
            }
            let values = [json(&rows)?, self.scope.tenant.0.into()];
            let update = backend.statement(update_sql(backend, table), values);
            for row in all::<ChangedRow>(&transaction, update).await? {
                changed.insert(Target { table, id: row.id });
                products.insert(row.product_id);
            }
        }
        if wanted.is_empty() {
            return Ok(changed);
        }
        let products: Vec<i64> = products.into_iter().collect();
        touch_products(&self.scope, &transaction, &products).await?;
        if let Some(before) = before.filter(|_| products.len() as i64 > FEW) {
            transaction.before_commit(bulk::background_after(backend, before));
        }
        transaction.commit().await?;
        Ok(changed)
    }
}

/// Returns the rows to look for as one parameter.
fn sought(part: &[Result<VariantUpdate, InvalidField>]) -> Result<Value, StoreError> {
    let updates = part.iter().enumerate();
    let rows = updates.filter_map(|(place, update)| {
        let update = update.as_ref().ok()?;
        Some(SoughtRow {
            place,
            sku: &update.sku,
            external_id: update.external_id.as_deref(),
            seller: update.seller.as_deref(),
        })
    });
    json(&rows.collect::<Vec<_>>())
}

fn variant_of(found: Option<&FoundRow>) -> Result<i64, VariantRefusal> {
    let ends = found.and_then(|row| row.lowest.zip(row.highest));
    match ends {
        None => Err(VariantRefusal::UnknownSku),
        Some((lowest, highest)) if lowest != highest => Err(VariantRefusal::AmbiguousSku),
        Some((id, _)) => Ok(id),
    }
}
