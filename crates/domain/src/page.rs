//! Results of a search engine.

use std::fmt;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    BuyBox, BuyBoxReason, Condition, Cursor, Facets, Label, PriceRange, ProductId, VariantDocument,
    VariantId, document::offer_version,
};

/// Engine that executed a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineKind {
    /// An Elasticsearch cluster.
    Elasticsearch,
    /// The embedded index.
    Tantivy,
    /// The database itself: the fallback.
    Database,
}

impl EngineKind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::Tantivy => "tantivy",
            Self::Database => "database",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Strictness with which the words of a query were matched. Stages run in this order until one finds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchStage {
    /// Every word, as stemmed; the last one also as a beginning.
    AllTerms,
    /// Every word, each within its edit distance.
    Fuzzy,
    /// Any of the words, each within its edit distance.
    AnyTerm,
}

/// Page of hits, with the parts that describe the whole result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchPage {
    /// The hits, in order.
    pub hits: Vec<Hit>,
    /// Number of matching products, exact or estimated (see `total_exact`).
    pub total: u64,
    /// True if `total` is exact.
    pub total_exact: bool,
    /// The facets asked for.
    pub facets: Facets,
    /// Cursor of the next page; `None` after the last hit.
    pub next: Option<Cursor>,
    /// Stage that found the hits.
    pub stage: MatchStage,
}

/// A product as a result list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The product.
    pub id: ProductId,
    /// Slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Brand.
    pub brand: Option<String>,
    /// Address of its first image.
    pub image: Option<String>,
    /// Text that stands for that image.
    #[serde(default)]
    pub image_alt: Option<String>,
    /// Lowest and highest price of the offers that pass the filters.
    pub price: PriceRange,
    /// List price of the leading variant in minor units, if it is above that variant's price.
    #[serde(default)]
    pub list_price: Option<i64>,
    /// Lowest price that was charged for the leading variant in the 30 days before it was reduced, in minor units.
    #[serde(default)]
    pub lowest_price_30d: Option<i64>,
    /// Units in stock over the variants that pass the filters.
    pub stock: i64,
    /// True if any variant that passes the filters can be bought.
    pub available: bool,
    /// Leading offer of those that pass the filters, see [`VariantDocument::leading`].
    #[serde(default)]
    pub variant: Option<HitVariant>,
    /// Mean rating, 1 to 5.
    pub rating: Option<f32>,
    /// Number of ratings.
    pub rating_count: u32,
    /// Category of the product, without ancestors.
    pub category: Option<Label>,
    /// Fandom.
    pub fandom: Option<Label>,
    /// Seller of the leading offer.
    pub seller: Label,
    /// Creation time in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Number of variants.
    pub variants: u32,
    /// Matching parts of the texts, marked.
    pub highlights: Highlights,
    /// Engine-specific relevance, when ordered by it.
    pub score: Option<f32>,
}

/// The variant that a hit stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitVariant {
    /// The variant.
    pub id: VariantId,
    /// Stock keeping unit.
    pub sku: String,
    /// Options of the variant, such as `size: M`.
    pub options: BTreeMap<String, String>,
    /// Current price in minor units.
    pub price: i64,
    /// True if it can be bought.
    pub available: bool,
    /// Address of its own image, if it has one.
    #[serde(default)]
    pub image: Option<String>,
    /// Text that stands for that image.
    #[serde(default)]
    pub image_alt: Option<String>,
    /// Seller who offers it, if the product has offers of others than its own seller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Label>,
    /// Condition of the goods.
    #[serde(default, skip_serializing_if = "Condition::is_new")]
    pub condition: Condition,
    /// Property by which this offer leads the others of the variant that pass the filters; none if it is the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<BuyBoxReason>,
}

impl HitVariant {
    /// Fingerprint of the terms of the offer, see [`VariantDocument::version`].
    pub fn version(&self) -> u64 {
        offer_version(
            (self.id, self.seller.as_ref()),
            (self.price, self.available, self.condition),
        )
    }
}

impl From<&BuyBox<'_>> for HitVariant {
    fn from(offers: &BuyBox<'_>) -> Self {
        Self {
            reason: offers.reason,
            ..offers.leading().into()
        }
    }
}

impl From<VariantDocument> for HitVariant {
    fn from(variant: VariantDocument) -> Self {
        Self {
            id: variant.id,
            sku: variant.sku,
            options: variant.options,
            price: variant.price,
            available: variant.available,
            image: variant.image,
            image_alt: variant.image_alt,
            seller: variant.seller,
            condition: variant.condition,
            reason: None,
        }
    }
}

impl From<&VariantDocument> for HitVariant {
    fn from(variant: &VariantDocument) -> Self {
        variant.clone().into()
    }
}

/// Matched words between `<mark>` and `</mark>`; all else is HTML-escaped. None where nothing matched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Highlights {
    /// The whole title.
    pub title: Option<String>,
    /// The most telling part of the description, at most some 200 characters.
    pub description: Option<String>,
}
