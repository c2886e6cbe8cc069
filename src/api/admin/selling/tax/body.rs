//! Tax rates on the wire.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use souk_domain::{InvalidField, TaxRateId, ordering::TaxRate};
use souk_store::Stored;

use super::super::terms::{Names, country, moment};
use crate::api::views::Timestamp;

/// Tax rate.
#[derive(Debug, Object, Deserialize)]
pub struct TaxRateBody {
    /// Name on invoices, such as `VAT`.
    #[oai(validator(max_length = 100))]
    pub name: String,
    /// Country, ISO 3166-1 alpha-2.
    #[oai(validator(max_length = 10))]
    pub country: String,
    /// Region; the whole country if absent.
    #[oai(nullable, validator(max_length = 100))]
    pub region: Option<String>,
    /// Slug of a category, with all below it; every product if absent.
    #[oai(nullable, validator(max_length = 200))]
    pub category: Option<String>,
    /// Rate in parts per million: 19 % are 190,000.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub rate_ppm: i64,
    /// First moment; open if absent.
    #[oai(nullable, validator(max_length = 40))]
    pub from: Option<String>,
    /// Moment after the last; open if absent.
    #[oai(nullable, validator(max_length = 40))]
    pub until: Option<String>,
}

/// Tax rate that is stored.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "TaxRate", skip_serializing_if_is_none)]
pub struct TaxRateView {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Slug of the category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Rate in parts per million.
    pub rate_ppm: i64,
    /// First moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Moment after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Tax rates of a marketplace.
#[derive(Debug, Object, Serialize)]
pub struct AdminTaxRates {
    /// Rates, the oldest first.
    pub tax_rates: Vec<TaxRateView>,
}

impl TaxRateBody {
    pub(super) fn terms(self, names: &Names) -> Result<TaxRate, InvalidField> {
        let category = self.category.as_deref();
        let rate = TaxRate {
            id: TaxRateId(0),
            name: self.name,
            country: country("country".to_owned(), &self.country)?,
            region: self.region,
            category: category
                .map(|slug| names.category("category", slug))
                .transpose()?,
            rate_ppm: self.rate_ppm,
            from_ms: moment("from", self.from.as_deref())?,
            until_ms: moment("until", self.until.as_deref())?,
        };
        rate.check()?;
        Ok(rate)
    }
}

impl TaxRateView {
    pub(super) fn new(stored: Stored<TaxRate>, names: &Names) -> Self {
        let rate = stored.terms;
        Self {
            id: stored.id,
            name: rate.name,
            country: rate.country.code().to_owned(),
            region: rate.region,
            category: rate.category.map(|id| names.category_slug(id)),
            rate_ppm: rate.rate_ppm,
            from: rate.from_ms.map(Timestamp::from_ms),
            until: rate.until_ms.map(Timestamp::from_ms),
        }
    }
}
