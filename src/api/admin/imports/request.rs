//! Options to start an import with.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use souk_catalogue_io::import::{ImportOptions, PriceUnit};
use souk_domain::{Currency, InvalidField, MAX_STOCK};

use crate::api::admin::products::request::StatusBody;

/// Options of an import.
#[derive(Debug, Clone, Default, PartialEq, Object, Serialize, Deserialize)]
#[oai(rename = "ImportOptions", skip_serializing_if_is_none)]
#[serde(default)]
pub struct ImportOptionsBody {
    /// System that the file is from, such as `shopify`; recognised by default.
    #[oai(nullable, validator(max_length = 50))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Unit of prices; major by default.
    #[oai(nullable)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_unit: Option<PriceUnitBody>,
    /// Currency of rows that name none, ISO 4217; the marketplace's by default.
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_currency: Option<String>,
    /// Stock of variants that give none, also where the product exists already; 0 for new ones by default.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000"))
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_stock: Option<i64>,
    /// Status of new products of which the file says nothing; active by default.
    #[oai(nullable)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_status: Option<StatusBody>,
    /// Lets a blank cell clear what is there.
    #[oai(default)]
    pub clear_blank: bool,
    /// Slug of the seller of rows that name none; the marketplace's first by default.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// Slug of a seller whose products are archived that the file no longer has, once all of it is imported. Rows that name
    /// no seller are of this one, unless `seller` is given. More than half of the seller's products are archived only with
    /// `accept_doubts`.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_seller: Option<String>,
    /// Imports also where it is not sure what the file means, as the preview's `doubt` says.
    #[oai(default)]
    pub accept_doubts: bool,
}

/// Unit of prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename = "PriceUnit", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PriceUnitBody {
    /// Whole minor units: 1299 is 12.99 euros.
    Minor,
    /// Decimal major units: 12.99 is 12.99 euros.
    Major,
}

impl ImportOptionsBody {
    /// As the importer takes them.
    ///
    /// # Errors
    /// The first field that cannot be used.
    pub fn into_options(self) -> Result<ImportOptions, InvalidField> {
        let currency = self.default_currency.map(|code| {
            Currency::from_code(&code).ok_or_else(|| {
                InvalidField::new("default_currency", "is an ISO 4217 code such as `EUR`")
            })
        });
        if self.default_stock.is_some_and(|stock| stock > MAX_STOCK) {
            let message = format!("must be at most {MAX_STOCK}");
            return Err(InvalidField::new("default_stock", message));
        }
        let options = ImportOptions {
            from: self.from,
            price_unit: self.price_unit.map(PriceUnit::from),
            default_currency: currency.transpose()?,
            default_stock: self.default_stock,
            default_status: self.default_status.map(StatusBody::into),
            clear_blank: self.clear_blank,
            seller: self.seller,
            replace_seller: self.replace_seller,
            accept_doubts: self.accept_doubts,
        };
        options.check()?;
        Ok(options)
    }
}

impl From<PriceUnitBody> for PriceUnit {
    fn from(unit: PriceUnitBody) -> Self {
        match unit {
            PriceUnitBody::Minor => Self::Minor,
            PriceUnitBody::Major => Self::Major,
        }
    }
}
