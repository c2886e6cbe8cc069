//! Categories as admins see them.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::CategoryRecord;

use crate::api::views::Timestamp;

/// A category as admins see it.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminCategory {
    /// The category.
    pub id: i64,
    /// Slug, the value that filters take.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Slug of the category it is part of; absent at the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Position among siblings.
    pub position: i64,
    /// Time of its closing; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// All categories, siblings in their order.
#[derive(Debug, Object, Serialize)]
pub struct AdminCategories {
    /// The categories.
    pub categories: Vec<AdminCategory>,
}

impl From<CategoryRecord> for AdminCategory {
    fn from(record: CategoryRecord) -> Self {
        Self {
            id: record.id,
            slug: record.slug,
            name: record.name,
            parent: record.parent,
            position: record.position,
            closed_at: record.closed_at_ms.map(Timestamp::from_ms),
            created_at: Timestamp::from_ms(record.created_at_ms),
            updated_at: Timestamp::from_ms(record.updated_at_ms),
        }
    }
}
