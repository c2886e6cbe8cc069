//! Options of an import that a job keeps until it runs.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use souk_domain::{Currency, InvalidField, ProductStatus, parse_slug};

use super::args::ImportArgs;
use super::format::Format;
use super::profile::known;
use super::read::money::PriceUnit;

/// Returns the names of the profiles that `from` takes.
pub fn profile_names() -> impl Iterator<Item = &'static str> {
    known::all().iter().map(|profile| profile.name.as_str())
}

/// Options of an import, as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportOptions {
    /// Profile; recognised by default.
    pub from: Option<String>,
    /// Unit of prices; major by default.
    pub price_unit: Option<PriceUnit>,
    /// Currency of rows that name none; the tenant's by default.
    pub default_currency: Option<Currency>,
    /// Stock of variants that give none.
    pub default_stock: Option<i64>,
    /// Status of new products of which the file says nothing; active by default.
    pub default_status: Option<ProductStatus>,
    /// True if a blank cell clears what is there.
    pub clear_blank: bool,
    /// Slug of the seller of rows that name none; the tenant's first by default.
    pub seller: Option<String>,
    /// Slug of the seller whose products are archived that the file no longer has.
    pub replace_seller: Option<String>,
    /// True to go on where it is not sure what the file means.
    pub accept_doubts: bool,
}

impl ImportOptions {
    /// Checks the values.
    ///
    /// # Errors
    /// The first field that cannot be used.
    pub fn check(&self) -> Result<(), InvalidField> {
        if let Some(from) = &self.from {
            known::parse_name(from).map_err(|reason| InvalidField::new("from", reason))?;
        }
        if self.default_stock.is_some_and(|stock| stock < 0) {
            return Err(InvalidField::new("default_stock", "must be 0 or more"));
        }
        for (field, slug) in [
            ("seller", &self.seller),
            ("replace_seller", &self.replace_seller),
        ] {
            if let Some(slug) = slug {
                parse_slug(slug).map_err(|error| InvalidField::new(field, error.to_string()))?;
            }
        }
        Ok(())
    }

    /// Returns the arguments to import a file; its original name tells the format at most.
    pub fn args(&self, file: impl Into<PathBuf>, original_name: &str) -> ImportArgs {
        ImportArgs {
            from: self.from.clone(),
            price_unit: self.price_unit,
            default_currency: self.default_currency,
            default_stock: self.default_stock,
            default_status: self.default_status,
            clear_blank: self.clear_blank,
            seller: self.seller.clone(),
            replace_seller: self.replace_seller.clone(),
            yes: self.accept_doubts,
            format: Format::of_name(Path::new(original_name)),
            ..ImportArgs::of(file)
        }
    }
}
