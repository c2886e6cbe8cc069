use serde::{Deserialize, Serialize};

/// Reference to a category, fandom or seller: a stable slug and a display name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// Stable, unique within the tenant and kind; what filters take.
    pub slug: String,
    /// Display name; may change.
    pub name: String,
}

impl Label {
    /// A label of the given slug and name.
    pub fn new(slug: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            slug: slug.into(),
            name: name.into(),
        }
    }
}
