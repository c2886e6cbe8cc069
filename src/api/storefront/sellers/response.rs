//! Pages of sellers on the wire.

use std::collections::HashMap;

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{Facet, PageRequest};
use souk_store::NamedEntityRecord;

use crate::api::{storefront::catalogue::response::SellerView, views::PageView};

/// Page of sellers.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
pub struct Sellers {
    /// The sellers, by name.
    pub sellers: Vec<SellerView>,
    /// Total number.
    pub total: u64,
    /// Position of this page.
    pub page: PageView,
}

impl Sellers {
    /// A page of so many sellers in all, with counts of a facet.
    pub fn new(
        (records, total): (Vec<NamedEntityRecord>, u64),
        page: &PageRequest,
        counts: &Facet,
    ) -> Self {
        let counts: HashMap<&str, u64> = counts
            .values
            .iter()
            .map(|value| (value.value.as_str(), value.count))
            .collect();
        let seller = |record: NamedEntityRecord| {
            let count = counts.get(record.slug.as_str()).copied().unwrap_or(0);
            SellerView::new(record, count)
        };
        Self {
            sellers: records.into_iter().map(seller).collect(),
            total,
            page: page.into(),
        }
    }
}
