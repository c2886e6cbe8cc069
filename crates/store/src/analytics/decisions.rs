//! Decisions on texts that are learnt from searches: approved or refused before they are offered.

use std::{collections::BTreeMap, fmt, str::FromStr};

use sea_orm::FromQueryResult;

use super::{SuggestedQuery, feedback::SearchFeedback};
use crate::{
    Scope, StoreError,
    backend::{Kind, all, execute, first, json, now_ms},
};

/// Decision on a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionDecision {
    /// Nobody has decided yet.
    Pending,
    /// It may be offered.
    Approved,
    /// It is never offered.
    Refused,
}

impl SuggestionDecision {
    /// Name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for SuggestionDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SuggestionDecision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Pending, Self::Approved, Self::Refused];
        let mut all = all.into_iter();
        all.find(|decision| decision.as_str() == text)
            .ok_or_else(|| "must be `pending`, `approved` or `refused`".to_owned())
    }
}

/// A text with its decision.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct SuggestionRecord {
    /// Hash of the normalised text.
    pub query: i64,
    /// The text in its normal form.
    pub text: String,
    /// Name of the decision.
    pub decision: String,
    /// Searches in thousandths, weighted by age, when it was last learnt.
    pub weight: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub changed_at_ms: i64,
}

/// Decisions by text, and by its hash: earlier versions had another.
#[derive(Debug, Clone, Default)]
pub struct DecidedTexts {
    by_query: BTreeMap<i64, SuggestionDecision>,
    by_text: BTreeMap<String, SuggestionDecision>,
}

impl DecidedTexts {
    /// Returns the decision on a query, if there is one.
    pub fn get(&self, query: &SuggestedQuery) -> Option<SuggestionDecision> {
        let own = self.by_query.get(&query.query);
        own.or_else(|| self.by_text.get(&query.text)).copied()
    }
}

/// Decisions of a tenant.
#[derive(Debug, Clone)]
pub struct SuggestionDecisions {
    scope: Scope,
}

impl Scope {
    /// Decisions on the texts that the tenant's shoppers searched for.
    pub fn suggestion_decisions(&self) -> SuggestionDecisions {
        SuggestionDecisions {
            scope: self.clone(),
        }
    }
}

impl SuggestionDecisions {
    /// Returns up to `limit` texts with a decision after the first `offset`, those searched for most first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn page(
        &self,
        decision: SuggestionDecision,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<SuggestionRecord>, StoreError> {
        let sql = "SELECT query, text, decision, weight, changed_at AS changed_at_ms FROM suggestion_decisions
             WHERE tenant_id = $1 AND decision = $2 ORDER BY weight DESC, query LIMIT $3 OFFSET $4";
        let values = [
            self.scope.tenant.0.into(),
            decision.as_str().into(),
            i64::from(limit).into(),
            i64::from(offset).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }

    /// Returns all decisions.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn all(&self) -> Result<DecidedTexts, StoreError> {
        let sql = "SELECT query, text, decision, weight, changed_at AS changed_at_ms FROM suggestion_decisions
             WHERE tenant_id = $1";
        let statement = self
            .scope
            .store
            .backend()
            .statement(sql, [self.scope.tenant.0.into()]);
        let rows: Vec<SuggestionRecord> = all(self.scope.store.connection(), statement).await?;
        let mut decided = DecidedTexts::default();
        for row in rows {
            if let Ok(decision) = row.decision.parse() {
                decided.by_query.insert(row.query, decision);
                decided.by_text.insert(row.text, decision);
            }
        }
        Ok(decided)
    }

    /// Decides on a text, whether it was learnt or not. An approved one that waited is offered at once, a refused one no
    /// longer.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn decide(
        &self,
        query: i64,
        text: &str,
        decision: SuggestionDecision,
    ) -> Result<SuggestionRecord, StoreError> {
        let backend = self.scope.store.backend();
        let tenant = self.scope.tenant.0;
        let transaction = self.scope.store.begin().await?;
        let sql = "INSERT INTO suggestion_decisions (tenant_id, query, text, decision, changed_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, query) DO UPDATE
             SET decision = excluded.decision, changed_at = excluded.changed_at
             RETURNING query, text, decision, weight, changed_at AS changed_at_ms";
        let values = [
            tenant.into(),
            query.into(),
            text.into(),
            decision.as_str().into(),
            now_ms().into(),
        ];
        let record: Option<SuggestionRecord> =
            first(&transaction, backend.statement(sql, values)).await?;
        let sql = match decision {
            SuggestionDecision::Approved => {
                "INSERT INTO suggested_queries (tenant_id, query, text, weight, clicked)
                 SELECT tenant_id, query, text, weight, clicked FROM suggestion_decisions
                 WHERE tenant_id = $1 AND query = $2 AND weight > 0
                 ON CONFLICT (tenant_id, query) DO NOTHING"
            }
            _ => "DELETE FROM suggested_queries WHERE tenant_id = $1 AND query = $2",
        };
        let values = [tenant.into(), query.into()];
        execute(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        record.ok_or(StoreError::NotFound("text"))
    }
}

impl SearchFeedback {
    /// Has these texts wait for a decision, in the place of those that waited before. Decisions stay.
    ///
    /// # Errors
    /// If the database fails; then those before still wait.
    pub async fn propose(&self, queries: &[SuggestedQuery]) -> Result<(), StoreError> {
        let backend = self.scope.store.backend();
        let tenant = self.scope.tenant.0;
        let transaction = self.scope.store.begin().await?;
        let forget =
            "DELETE FROM suggestion_decisions WHERE tenant_id = $1 AND decision = 'pending'";
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
        let propose = format!(
            "INSERT INTO suggestion_decisions (tenant_id, query, text, decision, weight, clicked, changed_at)
             SELECT $2, query, text, 'pending', weight, clicked, $3 FROM {given} WHERE true
             ON CONFLICT (tenant_id, query) DO UPDATE SET weight = excluded.weight, clicked = excluded.clicked"
        );
        let values = [json(&queries)?, tenant.into(), now_ms().into()];
        execute(&transaction, backend.statement(propose, values)).await?;
        Ok(transaction.commit().await?)
    }
}
