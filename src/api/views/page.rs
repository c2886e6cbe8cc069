//! Position of a page in a result.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{PageRequest, Start};

/// Position of a page in the result.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Page", skip_serializing_if_is_none)]
pub struct PageView {
    /// Page number, from 1; absent where a cursor was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Most hits per page.
    pub per_page: u32,
}

impl From<&PageRequest> for PageView {
    fn from(page: &PageRequest) -> Self {
        let number = match page.start {
            Start::Offset(offset) => Some(offset / page.limit.max(1) + 1),
            Start::After(_) => None,
        };
        Self {
            number,
            per_page: page.limit,
        }
    }
}
