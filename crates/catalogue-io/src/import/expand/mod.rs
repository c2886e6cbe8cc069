//! Nested objects of JSON files, taken apart into the rows that a table would have.

mod flat;
mod medusa;
mod schema_org;
mod shopify;
mod variants;

use crate::import::profile::known::Profile;
use crate::import::syntax::row::Row;

/// Rows of an object: itself, or one for each of its variants and images.
pub(super) fn rows(profile: &Profile, row: Row) -> Vec<Row> {
    match profile.name.as_str() {
        "shopify" if row.get("variants").is_some_and(serde_json::Value::is_array) => {
            shopify::rows(&row)
        }
        "schema_org" => schema_org::rows(&row),
        "medusa" if row.get("variants").is_some_and(serde_json::Value::is_array) => {
            medusa::rows(&row)
        }
        "generic" | "algolia" => variants::rows(row),
        _ => vec![row],
    }
}
