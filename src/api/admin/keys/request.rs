//! Request bodies of API keys.

use poem_openapi::Object;
use serde::Deserialize;
use souk_domain::InvalidField;
use souk_identity::Permissions;

use crate::api_keys::KeyRequest;

/// An API key to be made.
#[derive(Debug, Object, Deserialize)]
pub struct ApiKeyBody {
    /// Purpose of the key.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// Permissions of the key, such as `catalogue.read`: at least one, and none that its maker lacks.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub permissions: Vec<String>,
    /// Days for which it is good, default 90.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "365")))]
    pub days: Option<u32>,
}

/// Rotation of an API key.
#[derive(Debug, Object, Deserialize)]
pub struct RotationBody {
    /// Hours for which the old key lives on, default 24; 0 ends it at once.
    #[oai(nullable, validator(maximum(value = "720")))]
    pub overlap_hours: Option<u32>,
}

impl ApiKeyBody {
    /// Returns the key to be made.
    ///
    /// # Errors
    /// If a permission is none.
    pub fn into_request(self) -> Result<KeyRequest, InvalidField> {
        let names = self.permissions.iter().map(String::as_str);
        let permissions = Permissions::parse(names);
        Ok(KeyRequest {
            permissions: permissions
                .map_err(|error| InvalidField::new("permissions", error.to_string()))?,
            name: self.name,
            days: self.days,
        })
    }
}
