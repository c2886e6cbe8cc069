use serde::{Deserialize, Serialize};

/// What reference data looks like from a product: a stable slug and the name that people read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// Stable, unique within the tenant and kind; what filters take.
    pub slug: String,
    /// What a shopper reads; may change.
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
