//! Rows that updates of variants change: the variants themselves, or further sellers' offers of them.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::VariantUpdate;

use super::VariantRefusal;
use crate::{
    Backend, Scope, StoreError,
    backend::{Kind, all, json},
};

/// Row that an update changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) table: Table,
    pub(super) id: i64,
}

/// Table with a price and a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    /// Variants, with the offers of the products' own sellers.
    Variants,
    /// Further sellers' offers.
    Offers,
}

impl Target {
    fn variant(id: i64) -> Self {
        Self {
            table: Table::Variants,
            id,
        }
    }
}

/// Variant that was found, and the seller whose offer is meant.
#[derive(Serialize)]
struct SoughtOffer<'a> {
    place: usize,
    id: i64,
    offered_by: &'a str,
}

#[derive(FromQueryResult)]
struct OfferRow {
    place: i64,
    /// The variant, if the product is the seller's own.
    variant_id: Option<i64>,
    offer_id: Option<i64>,
}

const SOUGHT_COLUMNS: [(&str, Kind); 3] = [
    ("place", Kind::Integer),
    ("id", Kind::Integer),
    ("offered_by", Kind::Text),
];

/// Finds the offers of variants by seller: `$1` rows, `$2` tenant.
pub(crate) fn offers_of_sellers_sql(backend: Backend) -> String {
    format!(
        "SELECT r.place, CASE WHEN p.seller_id = s.id THEN v.id END AS variant_id,
                (SELECT o.id FROM offers o WHERE o.variant_id = v.id AND o.seller_id = s.id) AS offer_id
         FROM {}
         JOIN variants v ON v.id = r.id
         JOIN products p ON p.id = v.product_id
         JOIN sellers s ON s.tenant_id = $2 AND s.slug = r.offered_by",
        backend.record_set("$1", &SOUGHT_COLUMNS)
    )
}

/// Returns what each update changes, whose variant was found by its SKU.
pub(super) async fn targets(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    updates: &[Option<&VariantUpdate>],
    variants: Vec<Result<i64, VariantRefusal>>,
) -> Result<Vec<Result<Target, VariantRefusal>>, StoreError> {
    let sought: Vec<SoughtOffer> = updates
        .iter()
        .zip(&variants)
        .enumerate()
        .filter_map(|(place, (update, variant))| {
            Some(SoughtOffer {
                place,
                id: *variant.as_ref().ok()?,
                offered_by: (*update)?.offered_by.as_deref()?,
            })
        })
        .collect();
    let mut found: HashMap<usize, Option<Target>> =
        sought.iter().map(|row| (row.place, None)).collect();
    if !sought.is_empty() {
        let backend = scope.store.backend();
        let values = [json(&sought)?, scope.tenant.0.into()];
        let statement = backend.statement(offers_of_sellers_sql(backend), values);
        for row in all::<OfferRow>(transaction, statement).await? {
            let Ok(place) = usize::try_from(row.place) else {
                continue;
            };
            let offer = row.offer_id.map(|id| Target {
                table: Table::Offers,
                id,
            });
            found.insert(place, row.variant_id.map(Target::variant).or(offer));
        }
    }
    let targets = variants.into_iter().enumerate().map(|(place, variant)| {
        let variant = variant?;
        match found.get(&place) {
            None => Ok(Target::variant(variant)),
            Some(Some(target)) => Ok(*target),
            Some(None) => Err(VariantRefusal::UnknownOffer),
        }
    });
    Ok(targets.collect())
}
