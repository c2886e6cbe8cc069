//! References on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::Label;

/// Reference of a product to a category, fandom or seller.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Label")]
pub struct LabelView {
    /// Slug, the value that filters take.
    pub slug: String,
    /// Display name.
    pub name: String,
}

impl From<Label> for LabelView {
    fn from(label: Label) -> Self {
        Self {
            slug: label.slug,
            name: label.name,
        }
    }
}
