//! The product document: all that an index knows of a product, and the same for every engine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Label, PriceRange, ProductId, TenantId, VariantId};

/// A product as search sees it: one hit, its variants inside.
///
/// Made by the store from one product row and what it refers to; only active products have one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductDocument {
    /// The marketplace it belongs to.
    pub tenant_id: TenantId,
    /// The product.
    pub id: ProductId,
    /// The seller's or source system's own id.
    pub external_id: String,
    /// Its address, unique within the tenant.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What is said of it; plain text, may be empty.
    pub description: String,
    /// Its maker, as displayed; also the value the brand facet and filter use.
    pub brand: Option<String>,
    /// Its category and that category's ancestors, root first; empty if it has none.
    pub categories: Vec<Label>,
    /// The fandom it is about.
    pub fandom: Option<Label>,
    /// Who sells it.
    pub seller: Label,
    /// Attribute name to its values: the product's own and its variants' options, sorted, each once.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Part numbers, SKUs, GTINs and the external id as written; engines compare them by
    /// their normal form, see `souk_search::analysis::normal_code`.
    pub codes: Vec<String>,
    /// Address of the first image.
    pub image: Option<String>,
    /// What it costs over its variants.
    pub price: PriceRange,
    /// Units in stock over its variants; never negative.
    pub stock: i64,
    /// Mean of its ratings, 1 to 5, or none while nobody has rated it.
    pub rating: Option<f32>,
    /// How many ratings there are.
    pub rating_count: u32,
    /// How much it is bought and looked at; higher is more popular. Unit-free, never negative.
    pub popularity: i64,
    /// When it was created, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Its variants in their order.
    pub variants: Vec<VariantDocument>,
}

/// A variant inside its product's document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantDocument {
    /// The variant.
    pub id: VariantId,
    /// Its stock keeping unit.
    pub sku: String,
    /// What sets it apart, such as `size: M`.
    pub options: BTreeMap<String, String>,
    /// Its price in minor units of the product's currency.
    pub price: i64,
    /// Units in stock.
    pub stock: i64,
}

impl ProductDocument {
    /// A fingerprint of the whole content: equal documents have equal hashes, on every platform.
    /// `verify` compares it between database and index.
    pub fn content_hash(&self) -> u64 {
        // Field order is the declaration's and maps are sorted, so the bytes are canonical.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        xxhash_rust::xxh3::xxh3_64(&bytes)
    }

    /// Whether any variant can be bought now.
    pub fn in_stock(&self) -> bool {
        self.stock > 0
    }
}
