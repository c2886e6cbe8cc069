//! Definitions of attributes as admins see them.

use std::collections::BTreeMap;

use poem_openapi::Object;
use serde::Serialize;
use souk_store::AttributeRecord;

use super::request::{FilterName, ValueOrderName, VisibilityName};
use crate::api::{
    admin::next_id,
    views::{AttributeTypeName, Timestamp},
};

/// Definition of an attribute as admins see it.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminAttribute {
    /// The definition.
    pub id: i64,
    /// Name of the attribute or option, as in products.
    pub name: String,
    /// Type of its values.
    #[oai(rename = "type")]
    #[serde(rename = "type")]
    pub kind: AttributeTypeName,
    /// Unit of numbers that are written without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Display names by language tag.
    pub labels: BTreeMap<String, String>,
    /// Position among the facets, lowest first.
    pub position: i64,
    /// Readers.
    pub visibility: VisibilityName,
    /// True if products are found by its values.
    pub searched: bool,
    /// Facet.
    pub filter: FilterName,
    /// Order of the facet's values.
    pub value_order: ValueOrderName,
    /// First values of the facet, for the order `manual`.
    pub values: Vec<String>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// A page of definitions.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminAttributes {
    /// The definitions, by id.
    pub items: Vec<AdminAttribute>,
    /// Give it as `after` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

impl AdminAttributes {
    /// A page of at most `limit`.
    pub fn new(records: Vec<AttributeRecord>, limit: u32) -> Self {
        let items: Vec<AdminAttribute> = records.into_iter().map(AdminAttribute::from).collect();
        Self {
            next_after: next_id(&items, limit, |item| item.id),
            items,
        }
    }
}

impl From<AttributeRecord> for AdminAttribute {
    fn from(record: AttributeRecord) -> Self {
        let definition = record.definition;
        Self {
            id: record.id,
            name: definition.name,
            kind: definition.kind.into(),
            unit: definition.unit,
            labels: definition.labels,
            position: definition.position,
            visibility: definition.visibility.into(),
            searched: definition.searched,
            filter: definition.filter.into(),
            value_order: definition.value_order.into(),
            values: definition.values,
            created_at: Timestamp::from_ms(record.created_at_ms),
            updated_at: Timestamp::from_ms(record.updated_at_ms),
        }
    }
}
