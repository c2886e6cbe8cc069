//! Fandoms and sellers as admins send them.

use poem_openapi::Object;
use serde::Deserialize;
use souk_store::NamedEntityInput;

/// A fandom or seller to be written.
#[derive(Debug, Object, Deserialize)]
pub struct ReferenceBody {
    /// Made from the name if not given; kept by a change that gives none.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub slug: Option<String>,
    /// Display name.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub name: String,
    /// Plain text.
    #[oai(default, validator(max_length = 50000))]
    #[serde(default)]
    pub description: String,
    /// True closes a seller: its products leave search, listings and pages until it is open again. Kept by a change that
    /// gives none; not for fandoms.
    #[oai(nullable)]
    pub closed: Option<bool>,
}

impl From<ReferenceBody> for NamedEntityInput {
    fn from(body: ReferenceBody) -> Self {
        Self {
            slug: body.slug,
            name: body.name,
            description: body.description,
            closed: body.closed,
        }
    }
}
