//! Types of the catalogue of the Universal Commerce Protocol.
//!
//! Written by hand after the schemas of Universal-Commerce-Protocol/ucp at commit fdcf893 of 22 August 2026
//! (`source/schemas/shopping/types`, `source/schemas/common/types`, `catalog_search.json`, `catalog_lookup.json`).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::message::Message;
use super::version::Version;

/// Capability of searches.
pub(crate) const SEARCH: &str = "dev.ucp.shopping.catalog.search";
/// Capability of look-ups.
pub(crate) const LOOKUP: &str = "dev.ucp.shopping.catalog.lookup";

/// Metadata of an answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Meta {
    pub(crate) version: Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<&'static str>,
    pub(crate) capabilities: BTreeMap<String, Vec<Entity>>,
}

/// Version of a capability.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entity {
    pub(crate) version: Version,
}

impl Meta {
    /// Metadata of an answer by these capabilities.
    pub(crate) fn new<'a>(
        version: Version,
        capabilities: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let entity = |name: &str| (name.to_owned(), vec![Entity { version }]);
        Self {
            version,
            status: None,
            capabilities: capabilities.into_iter().map(entity).collect(),
        }
    }

    /// The same of an answer that says what failed.
    pub(crate) fn failed(mut self) -> Self {
        self.status = Some("error");
        self
    }
}

/// Answer to a search.
#[derive(Debug, Serialize)]
pub(crate) struct SearchAnswer {
    pub(crate) ucp: Meta,
    pub(crate) products: Vec<Product>,
    pub(crate) pagination: Pagination,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
    #[serde(flatten)]
    pub(crate) extension: Map<String, Value>,
}

/// Answer to a look-up of several products.
#[derive(Debug, Serialize)]
pub(crate) struct LookupAnswer {
    pub(crate) ucp: Meta,
    pub(crate) products: Vec<Product>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
}

/// Answer to a request for one product.
#[derive(Debug, Serialize)]
pub(crate) struct ProductAnswer {
    pub(crate) ucp: Meta,
    pub(crate) product: Product,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
}

/// Answer that says what failed.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    pub(crate) ucp: Meta,
    pub(crate) messages: Vec<Message>,
}

/// Place of a page.
#[derive(Debug, Serialize)]
pub(crate) struct Pagination {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    pub(crate) has_next_page: bool,
    pub(crate) total_count: u64,
}

/// Product with variants and options.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) handle: String,
    pub(crate) title: String,
    pub(crate) description: Description,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) categories: Vec<Category>,
    pub(crate) price_range: PriceRange,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) list_price_range: Option<PriceRange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) media: Vec<Media>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<ProductOption>,
    /// Effective selection; of `get_product` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selected: Option<Vec<SelectedOption>>,
    pub(crate) variants: Vec<Variant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rating: Option<Rating>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) metadata: Map<String, Value>,
}

/// Text in one form or more.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Description {
    pub(crate) plain: String,
}

/// Category, with the taxonomy that it is of.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Category {
    pub(crate) value: String,
    pub(crate) taxonomy: &'static str,
}

/// Amount in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Price {
    pub(crate) amount: i64,
    pub(crate) currency: &'static str,
}

/// Lowest and highest price.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PriceRange {
    pub(crate) min: Price,
    pub(crate) max: Price,
}

/// Image.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Media {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alt_text: Option<String>,
}

/// Option that variants differ in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProductOption {
    pub(crate) name: String,
    pub(crate) values: Vec<OptionValue>,
}

/// Value of an option; the signals are those of `get_product` alone.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OptionValue {
    pub(crate) label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exists: Option<bool>,
}

/// Value of an option that a variant has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SelectedOption {
    pub(crate) name: String,
    pub(crate) label: String,
}

/// Variant that can be bought.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Variant {
    pub(crate) id: String,
    pub(crate) sku: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) barcodes: Vec<Barcode>,
    pub(crate) title: String,
    pub(crate) description: Description,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) price: Price,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) list_price: Option<Price>,
    pub(crate) availability: Availability,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<SelectedOption>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) media: Vec<Media>,
    pub(crate) seller: Seller,
    /// Identifiers of the request that it answers; of look-ups alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) inputs: Vec<Input>,
    #[serde(flatten)]
    pub(crate) extension: Map<String, Value>,
}

/// Barcode, by its standard.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Barcode {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) value: String,
}

/// Availability of a variant.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Availability {
    pub(crate) available: bool,
    pub(crate) status: &'static str,
}

/// Seller, for display.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Seller {
    pub(crate) name: String,
}

/// Identifier of a request, and the way in which it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Input {
    pub(crate) id: String,
    #[serde(rename = "match")]
    pub(crate) matched: &'static str,
}

/// Mean rating.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Rating {
    pub(crate) value: f64,
    pub(crate) scale_min: u8,
    pub(crate) scale_max: u8,
    pub(crate) count: u32,
}
