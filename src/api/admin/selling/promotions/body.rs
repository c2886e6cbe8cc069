//! Promotions on the wire.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use souk_domain::{
    InvalidField, ProductId, PromotionId,
    ordering::{
        Benefit, Promotion, PromotionBearer, PromotionConditions, PromotionLimits, Stacking,
    },
};
use souk_store::Stored;

use super::super::terms::{Names, moment};
use crate::api::views::Timestamp;

/// What a promotion gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BenefitKind {
    /// Share of the goods: `rate_ppm`.
    Percent,
    /// Amount off the goods: `amount`.
    Amount,
    /// No price for the delivery.
    FreeDelivery,
}

/// Side that pays for a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BearerName {
    /// The marketplace, which pays the sellers what the discount takes from them.
    #[default]
    Marketplace,
    /// The seller of each line that it reduces.
    Seller,
}

/// Promotion. All conditions that are given have to hold.
#[derive(Debug, Object, Deserialize)]
pub struct PromotionBody {
    /// Name that customers see.
    #[oai(validator(max_length = 100))]
    pub name: String,
    /// Code that a customer gives; applied without one if absent.
    #[oai(nullable, validator(max_length = 60))]
    pub code: Option<String>,
    /// What it gives.
    pub benefit: BenefitKind,
    /// Share in parts per million: 10 % are 100,000.
    #[oai(nullable)]
    pub rate_ppm: Option<i64>,
    /// Amount in minor units.
    #[oai(nullable)]
    pub amount: Option<i64>,
    /// Lowest total of the goods that it is for, before discounts.
    #[oai(nullable)]
    pub min_goods: Option<i64>,
    /// Slugs of the sellers whose goods it is for; all if empty.
    #[oai(default, validator(max_items = 500))]
    #[serde(default)]
    pub sellers: Vec<String>,
    /// Slugs of the categories whose goods it is for; all if empty.
    #[oai(default, validator(max_items = 500))]
    #[serde(default)]
    pub categories: Vec<String>,
    /// Ids of the products that it is for; all if empty.
    #[oai(default, validator(max_items = 500))]
    #[serde(default)]
    pub products: Vec<i64>,
    /// True if it is for a customer's first purchase alone.
    #[oai(default)]
    #[serde(default)]
    pub first_order: bool,
    /// Most uses in all; unlimited if absent.
    #[oai(nullable)]
    pub limit: Option<i64>,
    /// Most uses of each customer; unlimited if absent.
    #[oai(nullable)]
    pub limit_per_customer: Option<i64>,
    /// First moment; open if absent.
    #[oai(nullable, validator(max_length = 40))]
    pub from: Option<String>,
    /// Moment after the last; open if absent.
    #[oai(nullable, validator(max_length = 40))]
    pub until: Option<String>,
    /// Place in the order of application: higher ones come first.
    #[oai(default)]
    #[serde(default)]
    pub priority: i32,
    /// True if it is applied alone.
    #[oai(default)]
    #[serde(default)]
    pub exclusive: bool,
    /// Side that pays for it.
    #[oai(default)]
    #[serde(default)]
    pub borne_by: BearerName,
    /// False to switch it off.
    #[oai(default = "yes")]
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// Promotion that is stored.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Promotion", skip_serializing_if_is_none)]
pub struct PromotionView {
    /// Id.
    pub id: i64,
    /// Name that customers see.
    pub name: String,
    /// Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it gives.
    pub benefit: BenefitKind,
    /// Share in parts per million.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_ppm: Option<i64>,
    /// Amount in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// Lowest total of the goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_goods: Option<i64>,
    /// Slugs of sellers.
    pub sellers: Vec<String>,
    /// Slugs of categories.
    pub categories: Vec<String>,
    /// Ids of products.
    pub products: Vec<i64>,
    /// True if it is for first purchases alone.
    pub first_order: bool,
    /// Most uses in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Most uses of each customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_per_customer: Option<i64>,
    /// Purchases that have it, those under way included.
    pub uses: i64,
    /// First moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Moment after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Place in the order of application.
    pub priority: i32,
    /// True if it is applied alone.
    pub exclusive: bool,
    /// Side that pays for it.
    pub borne_by: BearerName,
    /// True if it can be used.
    pub active: bool,
}

/// Promotions of a marketplace.
#[derive(Debug, Object, Serialize)]
pub struct AdminPromotions {
    /// Promotions, the oldest first.
    pub promotions: Vec<PromotionView>,
}

impl PromotionBody {
    pub(super) fn terms(self, names: &Names) -> Result<Promotion, InvalidField> {
        let required = |field: &'static str, value: Option<i64>| {
            value.ok_or_else(|| InvalidField::new(field, "is required for this benefit"))
        };
        let benefit = match self.benefit {
            BenefitKind::Percent => Benefit::Percent {
                rate_ppm: required("rate_ppm", self.rate_ppm)?,
            },
            BenefitKind::Amount => Benefit::Amount {
                amount: required("amount", self.amount)?,
            },
            BenefitKind::FreeDelivery => Benefit::FreeDelivery,
        };
        let sellers = self.sellers.iter().enumerate();
        let sellers = sellers.map(|(place, slug)| names.seller(&format!("sellers[{place}]"), slug));
        let categories = self.categories.iter().enumerate();
        let categories =
            categories.map(|(place, slug)| names.category(&format!("categories[{place}]"), slug));
        let promotion = Promotion {
            id: PromotionId(0),
            name: self.name,
            code: self.code.as_deref().map(str::parse).transpose()?,
            benefit,
            conditions: PromotionConditions {
                min_goods: self.min_goods,
                sellers: sellers.collect::<Result<_, _>>()?,
                categories: categories.collect::<Result<_, _>>()?,
                products: self.products.into_iter().map(ProductId).collect(),
                first_order: self.first_order,
            },
            limits: PromotionLimits {
                total: self.limit,
                per_customer: self.limit_per_customer,
            },
            from_ms: moment("from", self.from.as_deref())?,
            until_ms: moment("until", self.until.as_deref())?,
            priority: self.priority,
            stacking: match self.exclusive {
                true => Stacking::Exclusive,
                false => Stacking::Combinable,
            },
            bearer: match self.borne_by {
                BearerName::Marketplace => PromotionBearer::Marketplace,
                BearerName::Seller => PromotionBearer::Seller,
            },
            active: self.active,
        };
        promotion.check()?;
        Ok(promotion)
    }
}

impl PromotionView {
    pub(super) fn new(stored: Stored<Promotion>, names: &Names) -> Self {
        let promotion = stored.terms;
        let (benefit, rate_ppm, amount) = match promotion.benefit {
            Benefit::Percent { rate_ppm } => (BenefitKind::Percent, Some(rate_ppm), None),
            Benefit::Amount { amount } => (BenefitKind::Amount, None, Some(amount)),
            Benefit::FreeDelivery => (BenefitKind::FreeDelivery, None, None),
        };
        let conditions = promotion.conditions;
        let sellers = conditions.sellers.into_iter();
        let categories = conditions.categories.into_iter();
        Self {
            id: stored.id,
            name: promotion.name,
            code: promotion.code.map(|code| code.to_string()),
            benefit,
            rate_ppm,
            amount,
            min_goods: conditions.min_goods,
            sellers: sellers.map(|id| names.seller_slug(id)).collect(),
            categories: categories.map(|id| names.category_slug(id)).collect(),
            products: conditions.products.into_iter().map(|id| id.0).collect(),
            first_order: conditions.first_order,
            limit: promotion.limits.total,
            limit_per_customer: promotion.limits.per_customer,
            uses: stored.uses,
            from: promotion.from_ms.map(Timestamp::from_ms),
            until: promotion.until_ms.map(Timestamp::from_ms),
            priority: promotion.priority,
            exclusive: promotion.stacking == Stacking::Exclusive,
            borne_by: match promotion.bearer {
                PromotionBearer::Marketplace => BearerName::Marketplace,
                PromotionBearer::Seller => BearerName::Seller,
            },
            active: promotion.active,
        }
    }
}
