//! Categories as admins send them.

use poem_openapi::Object;
use serde::Deserialize;
use souk_domain::InvalidField;
use souk_store::CategoryInput;

/// Last place among siblings.
const MAX_POSITION: i64 = 1_000_000;

/// A category to be written.
#[derive(Debug, Object, Deserialize)]
pub struct CategoryBody {
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
    /// Slug of the category it is part of; none makes it a root.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub parent: Option<String>,
    /// Position among siblings, lowest first.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "1000000")))]
    #[serde(default)]
    pub position: i64,
    /// True closes the category and those below it: their products leave search, listings and pages until it is open again.
    /// Kept by a change that gives none.
    #[oai(nullable)]
    pub closed: Option<bool>,
}

impl CategoryBody {
    /// As the store takes it.
    pub fn into_input(self) -> Result<CategoryInput, InvalidField> {
        if !(0..=MAX_POSITION).contains(&self.position) {
            let message = format!("lies between 0 and {MAX_POSITION}");
            return Err(InvalidField::new("position", message));
        }
        Ok(CategoryInput {
            slug: self.slug,
            name: self.name,
            parent: self.parent,
            position: self.position,
            closed: self.closed,
        })
    }
}
