//! Promotions: codes and automatic ones, their conditions, and the discounts that they give.

mod code;
mod eligibility;
mod outcome;

use serde::{Deserialize, Serialize};

use super::{dates::checked_dates, tax::PPM};
use crate::{
    CategoryId, InvalidField, ProductId, PromotionId, SellerId,
    checks::{MAX_PRICE, at_most_items, required},
};

pub(super) use self::eligibility::Goods;
pub use self::{
    code::PromotionCode,
    outcome::{AppliedPromotion, RefusalReason, RefusedPromotion},
};

/// Gift of a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Benefit {
    /// Share of the goods that it is for.
    Percent {
        /// Share in parts per million, 1 to 1,000,000.
        rate_ppm: i64,
    },
    /// Amount off the goods that it is for, at most their total.
    Amount {
        /// Amount in minor units.
        amount: i64,
    },
    /// No price for the delivery of sellers that have goods it is for.
    FreeDelivery,
}

/// Conditions of a promotion; all that are given have to hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PromotionConditions {
    /// Lowest total of the goods that it is for, before discounts.
    pub min_goods: Option<i64>,
    /// Sellers whose goods it is for; all if empty.
    pub sellers: Vec<SellerId>,
    /// Categories, with all below them, whose goods it is for; all if empty.
    pub categories: Vec<CategoryId>,
    /// Products that it is for; all if empty.
    pub products: Vec<ProductId>,
    /// True if it is for a customer's first order alone.
    pub first_order: bool,
}

/// Highest numbers of uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PromotionLimits {
    /// Uses in all; unlimited if absent.
    pub total: Option<i64>,
    /// Uses of each customer; unlimited if absent.
    pub per_customer: Option<i64>,
}

/// Uses so far, which are counted elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PromotionUses {
    /// Uses in all.
    pub total: i64,
    /// Uses of this customer.
    pub by_customer: i64,
}

/// Sharing of an order with other promotions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// Applied beside others that are combinable.
    #[default]
    Combinable,
    /// Applied alone.
    Exclusive,
}

/// Side that pays for the discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromotionBearer {
    /// The marketplace, which pays the sellers what the discount takes from them.
    #[default]
    Marketplace,
    /// The seller of each line that it reduces.
    Seller,
}

/// Reduction of prices or of delivery under conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// Id.
    pub id: PromotionId,
    /// Name that customers see.
    pub name: String,
    /// Code that a customer gives; applied without one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<PromotionCode>,
    /// Gift.
    pub benefit: Benefit,
    /// Conditions.
    #[serde(default)]
    pub conditions: PromotionConditions,
    /// Highest numbers of uses.
    #[serde(default)]
    pub limits: PromotionLimits,
    /// First moment, in milliseconds since 1970 UTC; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Moment after the last, in milliseconds since 1970 UTC; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// Place in the order of application: higher ones come first.
    #[serde(default)]
    pub priority: i32,
    /// Sharing with other promotions.
    #[serde(default)]
    pub stacking: Stacking,
    /// Side that pays for it.
    #[serde(default)]
    pub bearer: PromotionBearer,
    /// True if it can be used.
    pub active: bool,
}

/// Promotion that may apply to a quote: an automatic one, or one whose code was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedPromotion {
    /// The promotion.
    pub promotion: Promotion,
    /// Uses so far.
    pub uses: PromotionUses,
}

/// Most characters of a name.
const MAX_NAME_CHARS: usize = 200;
/// Most sellers, categories or products of a condition.
const MAX_LISTED: usize = 1_000;

impl Promotion {
    /// Checks name, benefit, conditions, limits and dates.
    ///
    /// # Errors
    /// Naming the field at fault, such as `benefit.rate_ppm`.
    pub fn check(&self) -> Result<(), InvalidField> {
        required("name", &self.name, MAX_NAME_CHARS)?;
        self.benefit
            .check()
            .map_err(|error| error.within("benefit"))?;
        self.conditions
            .check()
            .map_err(|error| error.within("conditions"))?;
        for (field, limit) in [
            ("limits.total", self.limits.total),
            ("limits.per_customer", self.limits.per_customer),
        ] {
            if limit.is_some_and(|limit| limit < 1) {
                return Err(InvalidField::new(field, "must be at least 1"));
            }
        }
        checked_dates(self.from_ms, self.until_ms)
    }
}

impl Benefit {
    fn check(&self) -> Result<(), InvalidField> {
        match *self {
            Self::Percent { rate_ppm } if !(1..=PPM).contains(&rate_ppm) => {
                let rule = format!("must be from 1 to {PPM} parts per million");
                Err(InvalidField::new("rate_ppm", rule))
            }
            Self::Amount { amount } if !(1..=MAX_PRICE).contains(&amount) => {
                let rule = format!("must be from 1 to {MAX_PRICE} minor units");
                Err(InvalidField::new("amount", rule))
            }
            _ => Ok(()),
        }
    }
}

impl PromotionConditions {
    fn check(&self) -> Result<(), InvalidField> {
        if self
            .min_goods
            .is_some_and(|min| !(0..=MAX_PRICE).contains(&min))
        {
            let rule = format!("must be from 0 to {MAX_PRICE} minor units");
            return Err(InvalidField::new("min_goods", rule));
        }
        at_most_items("sellers", self.sellers.len(), MAX_LISTED)?;
        at_most_items("categories", self.categories.len(), MAX_LISTED)?;
        at_most_items("products", self.products.len(), MAX_LISTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promotion() -> Promotion {
        Promotion {
            id: PromotionId(1),
            name: "Summer".to_owned(),
            code: None,
            benefit: Benefit::Percent { rate_ppm: 100_000 },
            conditions: PromotionConditions::default(),
            limits: PromotionLimits::default(),
            from_ms: None,
            until_ms: None,
            priority: 0,
            stacking: Stacking::Combinable,
            bearer: PromotionBearer::Marketplace,
            active: true,
        }
    }

    #[test]
    fn fault_of_a_promotion_names_its_field() {
        let blamed = |change: fn(&mut Promotion)| {
            let mut promotion = promotion();
            change(&mut promotion);
            promotion
                .check()
                .err()
                .map(|error| error.field.into_owned())
        };
        assert_eq!(blamed(|_| ()), None);
        assert_eq!(blamed(|p| p.name.clear()).as_deref(), Some("name"));
        assert_eq!(blamed(|p| p.benefit = Benefit::FreeDelivery), None);
        let zero = |p: &mut Promotion| p.benefit = Benefit::Percent { rate_ppm: 0 };
        assert_eq!(blamed(zero).as_deref(), Some("benefit.rate_ppm"));
        let zero = |p: &mut Promotion| p.benefit = Benefit::Amount { amount: 0 };
        assert_eq!(blamed(zero).as_deref(), Some("benefit.amount"));
        let below = |p: &mut Promotion| p.conditions.min_goods = Some(-1);
        assert_eq!(blamed(below).as_deref(), Some("conditions.min_goods"));
        let many = |p: &mut Promotion| p.conditions.products = vec![ProductId(1); 1_001];
        assert_eq!(blamed(many).as_deref(), Some("conditions.products"));
        let none = |p: &mut Promotion| p.limits.per_customer = Some(0);
        assert_eq!(blamed(none).as_deref(), Some("limits.per_customer"));
        let backwards = |p: &mut Promotion| (p.from_ms, p.until_ms) = (Some(2), Some(1));
        assert_eq!(blamed(backwards).as_deref(), Some("until"));
    }

    #[test]
    fn promotion_reads_back_from_its_json() {
        let json = r#"{"id":1,"name":"Summer","benefit":{"kind":"percent","rate_ppm":100000},"active":true}"#;
        assert_eq!(
            serde_json::from_str::<Promotion>(json).unwrap(),
            promotion()
        );
        let written = serde_json::to_string(&promotion()).unwrap();
        assert_eq!(
            serde_json::from_str::<Promotion>(&written).unwrap(),
            promotion()
        );
    }
}
