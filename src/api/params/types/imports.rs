//! Parameter types of imports.

use poem_openapi::registry::MetaSchema;
use serde_json::json;
use souk_catalogue_io::import::{PriceUnit, profile_names};
use souk_domain::{Currency, MAX_STOCK};

use super::{Parameter, integer, one_of, parameters, read_integer, read_name, string};

/// Longest name of a file.
const MAX_FILE_NAME_CHARS: usize = 255;

parameters! {
    /// Name of an uploaded file.
    ImportFileName(String);
    /// System that a file is from.
    ImportProfile(String);
    /// Unit of a file's prices.
    PriceUnitName(PriceUnit);
    /// Currency by its code.
    CurrencyCode(Currency);
    /// Stock of a variant.
    StockUnits(i64);
}

impl Parameter for ImportFileName {
    fn schema() -> MetaSchema {
        MetaSchema {
            example: Some(json!("products.csv")),
            ..string(MAX_FILE_NAME_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text, MAX_FILE_NAME_CHARS).map(Self)
    }
}

impl Parameter for ImportProfile {
    fn schema() -> MetaSchema {
        one_of(profile_names())
    }

    fn read(text: &str) -> Result<Self, String> {
        match profile_names().any(|name| name == text) {
            true => Ok(Self(text.to_owned())),
            false => {
                let names: Vec<&str> = profile_names().collect();
                Err(format!("is one of {}", names.join(", ")))
            }
        }
    }
}

impl Parameter for PriceUnitName {
    fn schema() -> MetaSchema {
        one_of(["minor", "major"])
    }

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "minor" => Ok(Self(PriceUnit::Minor)),
            "major" => Ok(Self(PriceUnit::Major)),
            _ => Err("is `minor` or `major`".to_owned()),
        }
    }
}

impl Parameter for CurrencyCode {
    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^[A-Z]{3}$".to_owned()),
            min_length: Some(3),
            ..string(3)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let currency = Currency::from_code(text);
        currency
            .map(Self)
            .ok_or_else(|| "is an ISO 4217 code such as `EUR`".to_owned())
    }
}

impl Parameter for StockUnits {
    fn schema() -> MetaSchema {
        integer(0, MAX_STOCK)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_integer(text, 0, MAX_STOCK).map(Self)
    }
}
