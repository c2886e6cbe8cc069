//! Fandoms and sellers as admins see them.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::NamedEntityRecord;

use crate::api::{admin::next_id, views::Timestamp};

/// A fandom or seller as admins see it.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminReference {
    /// The fandom or seller.
    pub id: i64,
    /// Slug, the value that filters take.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Plain text.
    pub description: String,
    /// Time of its closing; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// A page of fandoms or sellers.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminReferences {
    /// The fandoms or sellers, by id.
    pub items: Vec<AdminReference>,
    /// Give it as `after` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

impl AdminReferences {
    /// A page of at most `limit`.
    pub fn new(records: Vec<NamedEntityRecord>, limit: u32) -> Self {
        let items: Vec<AdminReference> = records.into_iter().map(AdminReference::from).collect();
        Self {
            next_after: next_id(&items, limit, |item| item.id),
            items,
        }
    }
}

impl From<NamedEntityRecord> for AdminReference {
    fn from(record: NamedEntityRecord) -> Self {
        Self {
            id: record.id,
            slug: record.slug,
            name: record.name,
            description: record.description,
            closed_at: record.closed_at_ms.map(Timestamp::from_ms),
            created_at: Timestamp::from_ms(record.created_at_ms),
            updated_at: Timestamp::from_ms(record.updated_at_ms),
        }
    }
}
