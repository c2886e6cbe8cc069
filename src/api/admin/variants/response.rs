//! Outcomes of changed prices and stocks.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_store::{VariantOutcome, VariantRefusal};

/// Outcome of a batch of variants.
#[derive(Debug, Object, Serialize)]
pub struct VariantResults {
    /// Outcomes per variant, in the order sent.
    pub results: Vec<VariantResult>,
    /// Number of updated variants.
    pub updated: u64,
    /// Number of rejected variants.
    pub rejected: u64,
}

/// Outcome of one variant of a batch.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct VariantResult {
    /// Outcome.
    pub outcome: VariantOutcomeName,
    /// Error code, if it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<VariantErrorCode>,
    /// The field at fault, if it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Error message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Outcome of one variant of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "VariantOutcome", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum VariantOutcomeName {
    /// Updated.
    Updated,
    /// Unchanged.
    Unchanged,
    /// Rejected.
    Rejected,
}

/// Reason for rejecting a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum VariantErrorCode {
    /// No variant has the SKU, or not in the product that is named.
    UnknownSku,
    /// The seller in `offered_by` does not offer the variant.
    UnknownOffer,
    /// Several products have the SKU; `external_id`, and `seller` if several sellers have the id, must say which is meant.
    AmbiguousSku,
    /// The value of `field` cannot be taken, or the variant is in the batch already.
    InvalidField,
}

impl VariantResults {
    /// Outcomes per variant.
    pub fn new(outcomes: Vec<Result<VariantOutcome, VariantRefusal>>) -> Self {
        let results: Vec<VariantResult> = outcomes.into_iter().map(VariantResult::from).collect();
        let count = |outcome| {
            let such = results.iter().filter(|result| result.outcome == outcome);
            such.count() as u64
        };
        Self {
            updated: count(VariantOutcomeName::Updated),
            rejected: count(VariantOutcomeName::Rejected),
            results,
        }
    }
}

impl From<Result<VariantOutcome, VariantRefusal>> for VariantResult {
    fn from(outcome: Result<VariantOutcome, VariantRefusal>) -> Self {
        let taken = |outcome| Self {
            outcome,
            code: None,
            field: None,
            message: None,
        };
        match outcome {
            Ok(VariantOutcome::Updated) => taken(VariantOutcomeName::Updated),
            Ok(VariantOutcome::Unchanged) => taken(VariantOutcomeName::Unchanged),
            Err(refusal) => Self::rejected(refusal),
        }
    }
}

impl VariantResult {
    fn rejected(refusal: VariantRefusal) -> Self {
        let message = refusal.to_string();
        let (code, field, message) = match refusal {
            VariantRefusal::Invalid(invalid) => (
                VariantErrorCode::InvalidField,
                invalid.field.into_owned(),
                invalid.message,
            ),
            VariantRefusal::UnknownSku => (VariantErrorCode::UnknownSku, "sku".to_owned(), message),
            VariantRefusal::UnknownOffer => (
                VariantErrorCode::UnknownOffer,
                "offered_by".to_owned(),
                message,
            ),
            VariantRefusal::AmbiguousSku => (
                VariantErrorCode::AmbiguousSku,
                "external_id".to_owned(),
                message,
            ),
        };
        Self {
            outcome: VariantOutcomeName::Rejected,
            code: Some(code),
            field: Some(field),
            message: Some(message),
        }
    }
}
