//! Commission rates on the wire.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use souk_domain::{InvalidField, ordering::CommissionRate};
use souk_store::Stored;

use super::super::terms::Names;

/// Commission rate.
#[derive(Debug, Object, Deserialize)]
pub struct CommissionRateBody {
    /// Slug of the seller that it is agreed with; all sellers if absent.
    #[oai(nullable, validator(max_length = 200))]
    pub seller: Option<String>,
    /// Slug of a category, with all below it; every product if absent.
    #[oai(nullable, validator(max_length = 200))]
    pub category: Option<String>,
    /// Share of the net of a line in basis points: 12.5 % are 1,250.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    pub basis_points: i64,
    /// Lowest commission of a line in minor units.
    #[oai(default, validator(minimum(value = "0")))]
    #[serde(default)]
    pub floor: i64,
    /// Highest commission of a line in minor units; none if absent.
    #[oai(nullable, validator(minimum(value = "0")))]
    pub cap: Option<i64>,
}

/// Commission rate that is stored.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "CommissionRate", skip_serializing_if_is_none)]
pub struct CommissionRateView {
    /// Id.
    pub id: i64,
    /// Slug of the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// Slug of the category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Share in basis points.
    pub basis_points: i64,
    /// Lowest commission of a line.
    pub floor: i64,
    /// Highest commission of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<i64>,
}

/// Commission rates of a marketplace.
#[derive(Debug, Object, Serialize)]
pub struct AdminCommissionRates {
    /// Rates, the oldest first.
    pub commission_rates: Vec<CommissionRateView>,
}

impl CommissionRateBody {
    pub(super) fn terms(self, names: &Names) -> Result<CommissionRate, InvalidField> {
        let (seller, category) = (self.seller.as_deref(), self.category.as_deref());
        let rate = CommissionRate {
            seller: seller
                .map(|slug| names.seller("seller", slug))
                .transpose()?,
            category: category
                .map(|slug| names.category("category", slug))
                .transpose()?,
            basis_points: self.basis_points,
            floor: self.floor,
            cap: self.cap,
        };
        rate.check()?;
        Ok(rate)
    }
}

impl CommissionRateView {
    pub(super) fn new(stored: Stored<CommissionRate>, names: &Names) -> Self {
        let rate = stored.terms;
        Self {
            id: stored.id,
            seller: rate.seller.map(|id| names.seller_slug(id)),
            category: rate.category.map(|id| names.category_slug(id)),
            basis_points: rate.basis_points,
            floor: rate.floor,
            cap: rate.cap,
        }
    }
}
