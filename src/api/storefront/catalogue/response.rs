//! Categories, fandoms and sellers on the wire.

use std::collections::HashMap;

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{Facet, sellers::TraderDetails};
use souk_store::{CategoryRecord, NamedEntityRecord};

use crate::api::{seller::views::TraderView, views::Timestamp};

/// The category tree.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
pub struct CategoryTree {
    /// The roots, in their order.
    pub categories: Vec<CategoryNode>,
}

/// A category with all below it.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Category")]
pub struct CategoryNode {
    /// Slug, the value that filters take.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Number of products, those of descendants included.
    pub count: u64,
    /// The categories below it, in their order.
    pub children: Vec<CategoryNode>,
}

/// All fandoms.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
pub struct Fandoms {
    /// By falling count, then by name.
    pub fandoms: Vec<FandomView>,
}

/// A fandom.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Fandom")]
pub struct FandomView {
    /// Slug, the value that filters take.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Plain text; may be empty.
    pub description: String,
    /// Number of products.
    pub count: u64,
}

/// A seller.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Seller", skip_serializing_if_is_none)]
pub struct SellerView {
    /// Slug, the value that filters take.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Plain text; may be empty.
    pub description: String,
    /// Number of products.
    pub count: u64,
    /// Since when it sells here.
    pub created_at: Timestamp,
    /// Who sells, as the law wants buyers to know it; absent in lists, and where the marketplace itself sells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trader: Option<TraderView>,
}

impl CategoryTree {
    /// The tree of all categories, in the order given, with counts of a facet.
    pub fn new(records: Vec<CategoryRecord>, counts: &Facet) -> Self {
        let counts = counts_by_value(counts);
        let mut children: HashMap<Option<i64>, Vec<CategoryRecord>> = HashMap::new();
        // Those below a closed one are left out with it.
        for record in records
            .into_iter()
            .filter(|record| record.closed_at_ms.is_none())
        {
            children.entry(record.parent_id).or_default().push(record);
        }
        Self {
            categories: branch(None, &mut children, &counts),
        }
    }
}

/// The nodes below a category. Each record is taken out once, so that not even a broken tree could go round.
fn branch(
    parent: Option<i64>,
    children: &mut HashMap<Option<i64>, Vec<CategoryRecord>>,
    counts: &HashMap<&str, u64>,
) -> Vec<CategoryNode> {
    let records = children.remove(&parent).unwrap_or_default();
    records
        .into_iter()
        .map(|record| CategoryNode {
            count: counts.get(record.slug.as_str()).copied().unwrap_or(0),
            children: branch(Some(record.id), children, counts),
            slug: record.slug,
            name: record.name,
        })
        .collect()
}

impl Fandoms {
    /// The fandoms with counts of a facet.
    pub fn new(records: Vec<NamedEntityRecord>, counts: &Facet) -> Self {
        let counts = counts_by_value(counts);
        let mut fandoms: Vec<FandomView> = records
            .into_iter()
            .map(|record| FandomView {
                count: counts.get(record.slug.as_str()).copied().unwrap_or(0),
                slug: record.slug,
                name: record.name,
                description: record.description,
            })
            .collect();
        fandoms.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        Self { fandoms }
    }
}

fn counts_by_value(facet: &Facet) -> HashMap<&str, u64> {
    facet
        .values
        .iter()
        .map(|value| (value.value.as_str(), value.count))
        .collect()
}

impl SellerView {
    /// A seller of so many products.
    pub fn new(record: NamedEntityRecord, count: u64) -> Self {
        Self {
            slug: record.slug,
            name: record.name,
            description: record.description,
            count,
            created_at: Timestamp::from_ms(record.created_at_ms),
            trader: None,
        }
    }

    /// Adds the details of the trader.
    pub fn with_trader(self, trader: Option<&TraderDetails>) -> Self {
        Self {
            trader: trader.map(TraderView::from),
            ..self
        }
    }
}
