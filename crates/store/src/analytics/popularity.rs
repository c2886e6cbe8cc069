//! Popularity of products, learnt from clicks, carts and purchases.

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::MAX_POPULARITY;

use super::{
    day_of,
    feedback::{SearchFeedback, first_day, weights},
};
use crate::{
    StoreError,
    backend::{IdRow, Kind, all, execute, json},
};

/// Worth of a cart addition; a click is worth 1.
const CART_WORTH: i64 = 4;
const PURCHASE_WORTH: i64 = 10;
/// Smallest relative change that is written: one part in this number.
const RELEVANT_PART: i64 = 20;
/// Products written in one transaction.
const CHUNK: usize = 500;

/// Settings of learning popularity.
#[derive(Debug, Clone, Copy)]
pub struct PopularityOptions {
    /// Age at which an event counts half, in days.
    pub half_life_days: u32,
    /// Minimum number of distinct networks that did anything with a product on a day, for that day to count.
    pub min_networks: u32,
    /// Maximum number of products written per run, largest changes first, because each is reindexed.
    pub max_changes: u32,
}

#[derive(Debug, FromQueryResult, Serialize)]
struct Change {
    product: i64,
    /// Popularity that was read.
    seen: i64,
    earned: i64,
    target: i64,
}

impl SearchFeedback {
    /// Adds to each product's popularity what shoppers' actions have earned it, in the place of what was added before;
    /// popularity that was set by others stays beneath. Answers how many products were written.
    ///
    /// # Errors
    /// If the database fails; what was written until then stays.
    pub async fn earn_popularity(
        &self,
        options: &PopularityOptions,
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let mut written = 0;
        for chunk in self.changes(options, now_ms).await?.chunks_mut(CHUNK) {
            // In the order in which others lock them.
            chunk.sort_unstable_by_key(|change| change.product);
            written += self.write(chunk).await?;
        }
        Ok(written)
    }

    async fn changes(
        &self,
        options: &PopularityOptions,
        now_ms: i64,
    ) -> Result<Vec<Change>, StoreError> {
        let backend = self.scope.store.backend();
        let given = backend.record_set("$1", &[("day", Kind::Integer), ("weight", Kind::Integer)]);
        // Plain SQL may have set any number: one that cannot be added to would end the learning for all products.
        let bounded = backend.lower("p.popularity", &MAX_POPULARITY.to_string());
        let sql = format!(
            "WITH days AS (
                 SELECT product_id, day,
                        CAST(sum(clicks + {CART_WORTH} * carts + {PURCHASE_WORTH} * purchases) AS bigint) AS worth
                 FROM search_product_days WHERE tenant_id = $2 AND day >= $4
                 GROUP BY product_id, day HAVING sum(networks) >= $5
             ), earned AS (
                 SELECT d.product_id, CAST(sum(d.worth * r.weight) AS bigint) / 1000000 AS earned
                 FROM days d JOIN {given} ON r.day = d.day GROUP BY d.product_id
             ), changed AS (
                 SELECT product_id, CAST(sum(earned) AS bigint) AS earned
                 FROM (SELECT product_id, earned FROM earned
                       UNION ALL SELECT product_id, 0 FROM earned_popularity WHERE tenant_id = $2) AS both_of_them
                 GROUP BY product_id
             ), targets AS (
                 SELECT p.id AS product, p.popularity AS seen, c.earned,
                        {bounded} - CASE WHEN e.written = p.popularity THEN e.earned ELSE 0 END + c.earned AS target
                 FROM changed c JOIN products p ON p.tenant_id = $2 AND p.id = c.product_id
                 LEFT JOIN earned_popularity e ON e.tenant_id = $2 AND e.product_id = c.product_id
             )
             SELECT product, seen, earned, target FROM targets
             WHERE target <> seen AND abs(target - seen) >= (target + {RELEVANT_PART} - 1) / {RELEVANT_PART}
             ORDER BY abs(target - seen) DESC, product LIMIT $3"
        );
        let weights = weights(day_of(now_ms), options.half_life_days);
        let values = [
            json(&weights)?,
            self.scope.tenant.0.into(),
            i64::from(options.max_changes).into(),
            first_day(&weights).into(),
            i64::from(options.min_networks).into(),
        ];
        all(
            self.scope.store.connection(),
            backend.statement(sql, values),
        )
        .await
    }

    /// Writes what nobody has changed since it was read.
    async fn write(&self, changes: &[Change]) -> Result<u64, StoreError> {
        let backend = self.scope.store.backend();
        let columns = ["product", "seen", "earned", "target"];
        let given = backend.record_set("$1", &columns.map(|column| (column, Kind::Integer)));
        let store = self.scope.store.clone().in_bulk();
        let transaction = store.begin().await?;
        let update = format!(
            "UPDATE products SET popularity = r.target FROM {given}
             WHERE tenant_id = $2 AND id = r.product AND popularity = r.seen RETURNING id"
        );
        let values = [json(&changes)?, self.scope.tenant.0.into()];
        let written: Vec<IdRow> = all(&transaction, backend.statement(update, values)).await?;
        let note = format!(
            "INSERT INTO earned_popularity (tenant_id, product_id, earned, written)
             SELECT $2, product, earned, target FROM {given} WHERE {}
             ON CONFLICT (tenant_id, product_id) DO UPDATE
             SET earned = excluded.earned, written = excluded.written",
            backend.among_ids("product", "$3")
        );
        let values = [
            json(&changes)?,
            self.scope.tenant.0.into(),
            backend.ids(written.iter().map(|row| row.id)),
        ];
        execute(&transaction, backend.statement(note, values)).await?;
        let forget = "DELETE FROM earned_popularity WHERE tenant_id = $1 AND earned = 0";
        let values = [self.scope.tenant.0.into()];
        execute(&transaction, backend.statement(forget, values)).await?;
        transaction.commit().await?;
        Ok(written.len() as u64)
    }
}
