//! Conditions of promotions that do not depend on other promotions.

use super::{OfferedPromotion, PromotionConditions, RefusalReason};
use crate::{CategoryId, ProductId, SellerId, ordering::dates::is_within};

/// Goods of a line, as conditions look at them.
#[derive(Debug, Clone, Copy)]
pub(in crate::ordering) struct Goods<'a> {
    /// Seller.
    pub(in crate::ordering) seller: SellerId,
    /// Product.
    pub(in crate::ordering) product: ProductId,
    /// Main category, from the root down.
    pub(in crate::ordering) category_path: &'a [CategoryId],
    /// Price of all units before discounts.
    pub(in crate::ordering) total: i64,
}

impl OfferedPromotion {
    /// Returns the lines that the promotion is for, one flag each, or the reason why it does not apply.
    pub(in crate::ordering) fn eligible(
        &self,
        goods: &[Goods<'_>],
        first_order: bool,
        at_ms: i64,
    ) -> Result<Vec<bool>, RefusalReason> {
        self.check_use(first_order, at_ms)?;
        let conditions = &self.promotion.conditions;
        let flags: Vec<bool> = goods.iter().map(|line| conditions.is_for(line)).collect();
        if !flags.contains(&true) {
            return Err(RefusalReason::NoGoods);
        }
        let totals = goods.iter().zip(&flags).filter(|(_, is_for)| **is_for);
        let total: i128 = totals.map(|(line, _)| i128::from(line.total)).sum();
        let missing = i128::from(conditions.min_goods.unwrap_or(0)) - total;
        match i64::try_from(missing) {
            Ok(missing) if missing > 0 => Err(RefusalReason::BelowMinimum { missing }),
            _ => Ok(flags),
        }
    }

    fn check_use(&self, first_order: bool, at_ms: i64) -> Result<(), RefusalReason> {
        let promotion = &self.promotion;
        let reached = |limit: Option<i64>, uses: i64| limit.is_some_and(|limit| uses >= limit);
        if !promotion.active {
            return Err(RefusalReason::Inactive);
        }
        if !is_within(promotion.from_ms, None, at_ms) {
            return Err(RefusalReason::NotYet);
        }
        if !is_within(None, promotion.until_ms, at_ms) {
            return Err(RefusalReason::Over);
        }
        if reached(promotion.limits.total, self.uses.total) {
            return Err(RefusalReason::UsedUp);
        }
        if reached(promotion.limits.per_customer, self.uses.by_customer) {
            return Err(RefusalReason::UsedByCustomer);
        }
        if promotion.conditions.first_order && !first_order {
            return Err(RefusalReason::NotFirstOrder);
        }
        Ok(())
    }
}

impl PromotionConditions {
    fn is_for(&self, goods: &Goods<'_>) -> bool {
        let in_category = || {
            let mut path = goods.category_path.iter();
            self.categories.is_empty() || path.any(|at| self.categories.contains(at))
        };
        (self.sellers.is_empty() || self.sellers.contains(&goods.seller))
            && (self.products.is_empty() || self.products.contains(&goods.product))
            && in_category()
    }
}
