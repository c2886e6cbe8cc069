//! Promotions that a quote applied and refused.

use serde::{Deserialize, Serialize};

use super::{PromotionBearer, PromotionCode};
use crate::PromotionId;

/// Promotion that reduced something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedPromotion {
    /// Id.
    pub id: PromotionId,
    /// Name that customers see.
    pub name: String,
    /// Code that was given, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<PromotionCode>,
    /// Side that pays for it.
    pub bearer: PromotionBearer,
    /// Reduction of the lines and deliveries, in the prices that are shown.
    pub discount: i64,
}

/// Promotion that did not apply, or code that names none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedPromotion {
    /// Id; absent for a code that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PromotionId>,
    /// Code; one that names no promotion is as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Reason.
    pub reason: RefusalReason,
}

/// Reason for which a promotion did not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum RefusalReason {
    /// No promotion has the code.
    UnknownCode,
    /// Switched off.
    Inactive,
    /// Begins later.
    NotYet,
    /// Over.
    Over,
    /// Used as often as it may be.
    UsedUp,
    /// Used by this customer as often as one may.
    UsedByCustomer,
    /// For first orders alone.
    NotFirstOrder,
    /// No goods are those that it is for.
    NoGoods,
    /// The goods that it is for cost too little.
    BelowMinimum {
        /// Amount that is missing, in minor units.
        missing: i64,
    },
    /// An exclusive promotion applies, or it is exclusive and another comes before it.
    NotCombinable,
    /// Without anything to reduce, such as delivery that is free.
    NoEffect,
}
