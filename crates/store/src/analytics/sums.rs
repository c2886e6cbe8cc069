//! The rows that a batch adds to.

use std::collections::BTreeMap;

use super::{SearchKey, transaction::BatchTransaction};
use crate::{
    StoreError,
    backend::{Kind, MOST, execute, json},
};

/// Increments of a row of `search_days`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DaySums {
    pub(super) searches: i64,
    pub(super) no_results: i64,
    pub(super) visitors: i64,
    pub(super) clicks: i64,
    pub(super) positions: i64,
    pub(super) clicked: i64,
    pub(super) converted: i64,
    pub(super) carts: i64,
    pub(super) purchases: i64,
    pub(super) units: i64,
    pub(super) revenue: i64,
    pub(super) networks: i64,
    pub(super) click_networks: i64,
}

/// Increments of a row of `search_product_days`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ProductSums {
    /// Clicks, cart additions and purchases, of each network once a day.
    pub(super) deeds: [i64; 3],
    pub(super) networks: i64,
}

/// Columns of [`DaySums`], in order.
pub(super) const DAY_SUMS: [&str; 13] = [
    "searches",
    "no_results",
    "sessions",
    "clicks",
    "positions",
    "clicked",
    "converted",
    "carts",
    "purchases",
    "units",
    "revenue",
    "networks",
    "click_networks",
];

impl DaySums {
    pub(super) fn columns(&self) -> [i64; 13] {
        [
            self.searches,
            self.no_results,
            self.visitors,
            self.clicks,
            self.positions,
            self.clicked,
            self.converted,
            self.carts,
            self.purchases,
            self.units,
            self.revenue,
            self.networks,
            self.click_networks,
        ]
    }
}

const PRODUCT_SUMS: [&str; 4] = ["clicks", "carts", "purchases", "networks"];

impl BatchTransaction<'_> {
    pub(super) async fn days(&self, days: &BTreeMap<SearchKey, DaySums>) -> Result<(), StoreError> {
        let rows = days
            .iter()
            .map(|(key, sums)| (key_columns(key), sums.columns()));
        let keys = ["tenant_id", "day", "query", "settings"];
        self.sum_up("search_days", keys, DAY_SUMS, rows).await
    }

    pub(super) async fn product_days(
        &self,
        products: &BTreeMap<(SearchKey, i64), ProductSums>,
    ) -> Result<(), StoreError> {
        // Whatever settings answered.
        let mut sums: BTreeMap<[i64; 4], [i64; 4]> = BTreeMap::new();
        for ((key, product), more) in products {
            let row = sums
                .entry([key.tenant.0, key.day, key.query, *product])
                .or_default();
            let more = more.deeds.into_iter().chain([more.networks]);
            for (sum, more) in row.iter_mut().zip(more) {
                *sum += more;
            }
        }
        let keys = ["tenant_id", "day", "query", "product_id"];
        self.sum_up("search_product_days", keys, PRODUCT_SUMS, sums.into_iter())
            .await
    }

    /// Adds rows, or what they have to the rows that are there.
    pub(super) async fn sum_up<const K: usize, const N: usize>(
        &self,
        table: &str,
        keys: [&str; K],
        sums: [&str; N],
        rows: impl Iterator<Item = ([i64; K], [i64; N])>,
    ) -> Result<(), StoreError> {
        let columns = || keys.iter().chain(&sums).copied();
        let rows: Vec<BTreeMap<&str, i64>> = rows
            .map(|(key, more)| {
                let more = more.map(|sum| sum.min(MOST));
                columns().zip(key.into_iter().chain(more)).collect()
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let typed: Vec<_> = columns().map(|column| (column, Kind::Integer)).collect();
        let given = self.backend.record_set("$1", &typed);
        let all_columns = columns().collect::<Vec<_>>().join(", ");
        // Whoever tells of events may tell what they like: no sum may become one that cannot be added to.
        let more = sums.map(|sum| {
            let added = self.backend.lower(
                &format!("{table}.{sum} + excluded.{sum}"),
                &MOST.to_string(),
            );
            format!("{sum} = {added}")
        });
        let sql = format!(
            "INSERT INTO {table} ({all_columns}) SELECT {all_columns} FROM {given} WHERE true
             ON CONFLICT ({}) DO UPDATE SET {}",
            keys.join(", "),
            more.join(", ")
        );
        let statement = self.backend.statement(sql, [json(&rows)?]);
        execute(self.transaction, statement).await?;
        Ok(())
    }
}

pub(super) fn key_columns(key: &SearchKey) -> [i64; 4] {
    [key.tenant.0, key.day, key.query, i64::from(key.settings)]
}
