//! Goods and candidates that promotions are applied to.

use super::{QuoteInput, delivery::Basket};
use crate::ordering::OfferedPromotion;

/// Goods that promotions may reduce.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    /// Goods and rules.
    pub(super) input: &'a QuoteInput,
    /// Price of each line before discounts.
    pub(super) goods: &'a [i64],
    /// Lines by seller.
    pub(super) baskets: &'a [Basket<'a>],
}

/// Promotion whose conditions hold.
pub(super) struct Candidate<'a> {
    /// The promotion.
    pub(super) offered: &'a OfferedPromotion,
    /// Lines that it is for, one flag each.
    pub(super) is_for: Vec<bool>,
}
