//! Frequent queries, offered as completions and as spelling corrections.

use sea_orm::FromQueryResult;
use serde::Serialize;

use super::{
    day_of,
    feedback::{SearchFeedback, first_day, weights},
};
use crate::{
    StoreError,
    backend::{Kind, all, execute, json},
};

/// Settings of choosing the suggested queries.
#[derive(Debug, Clone, Copy)]
pub struct SuggestionOptions {
    /// Age at which a search counts half, in days.
    pub half_life_days: u32,
    /// Minimum number of distinct visitors on one day. Visitors of different days cannot be told apart.
    pub min_sessions: u32,
    /// Minimum number of distinct networks on one day that searched for it with every word found. Half as many, rounded
    /// up, must have clicked a hit.
    pub min_networks: u32,
    /// Maximum number of queries, most frequent first.
    pub limit: u32,
}

/// Suggested query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct SuggestedQuery {
    /// Hash of the normalised text.
    pub query: i64,
    /// The text in its normal form.
    pub text: String,
    /// Searches in thousandths, weighted by age.
    pub weight: i64,
    /// Searches that led to a click, in thousandths, weighted by age; 0 if any search had no hit.
    pub clicked: i64,
}

impl SearchFeedback {
    /// Returns queries with hits that enough visitors of enough networks searched for and clicked, most frequent first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn frequent_queries(
        &self,
        options: &SuggestionOptions,
        now_ms: i64,
    ) -> Result<Vec<SuggestedQuery>, StoreError> {
        let backend = self.scope.store.backend();
        let given = backend.record_set("$1", &[("day", Kind::Integer), ("weight", Kind::Integer)]);
        let sql = format!(
            "SELECT q.query, q.text, CAST(sum(d.searches * r.weight) AS bigint) / 1000 AS weight,
                 CASE WHEN sum(d.no_results) = 0 THEN CAST(sum(d.clicked * r.weight) AS bigint) / 1000 ELSE 0 END AS clicked
             FROM (SELECT day, query, CAST(sum(searches) AS bigint) AS searches,
                          CAST(sum(clicked) AS bigint) AS clicked,
                          sum(no_results) AS no_results, sum(sessions) AS sessions,
                          sum(networks) AS networks, sum(click_networks) AS click_networks
                   FROM search_days WHERE tenant_id = $2 AND day >= $5 GROUP BY day, query) AS d
             JOIN {given} ON r.day = d.day
             JOIN search_queries q ON q.tenant_id = $2 AND q.query = d.query
             WHERE q.text <> ''
             GROUP BY q.query, q.text
             HAVING max(d.sessions) >= $3 AND max(d.networks) >= $6 AND max(d.click_networks) >= $7
                 AND sum(d.no_results) * 2 <= sum(d.searches)
             ORDER BY weight DESC, q.query LIMIT $4"
        );
        let weights = weights(day_of(now_ms), options.half_life_days);
        let values = [
            json(&weights)?,
            self.scope.tenant.0.into(),
            i64::from(options.min_sessions).into(),
            i64::from(options.limit).into(),
            first_day(&weights).into(),
            i64::from(options.min_networks).into(),
            i64::from(options.min_networks.div_ceil(2)).into(),
        ];
        all(
            self.scope.store.connection(),
            backend.statement(sql, values),
        )
        .await
    }

    /// Offers exactly these from now on.
    ///
    /// # Errors
    /// If the database fails; then those before are still offered.
    pub async fn suggest(&self, queries: &[SuggestedQuery]) -> Result<(), StoreError> {
        let backend = self.scope.store.backend();
        let tenant = self.scope.tenant.0;
        let transaction = self.scope.store.begin().await?;
        let forget = "DELETE FROM suggested_queries WHERE tenant_id = $1";
        execute(&transaction, backend.statement(forget, [tenant.into()])).await?;
        let given = backend.record_set(
            "$1",
            &[
                ("query", Kind::Integer),
                ("text", Kind::Text),
                ("weight", Kind::Integer),
                ("clicked", Kind::Integer),
            ],
        );
        let offer = format!(
            "INSERT INTO suggested_queries (tenant_id, query, text, weight, clicked)
             SELECT $2, query, text, weight, clicked FROM {given}"
        );
        let values = [json(&queries)?, tenant.into()];
        execute(&transaction, backend.statement(offer, values)).await?;
        Ok(transaction.commit().await?)
    }

    /// Returns the suggested queries, most frequent first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn suggested(&self) -> Result<Vec<SuggestedQuery>, StoreError> {
        let sql = "SELECT query, text, weight, clicked FROM suggested_queries WHERE tenant_id = $1
             ORDER BY weight DESC, query";
        let values = [self.scope.tenant.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }
}
