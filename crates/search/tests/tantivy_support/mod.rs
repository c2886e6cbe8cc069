//! Fixtures of the embedded engine's tests: documents and an engine.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    Currency, Label, Language, PriceRange, ProductDocument, ProductId, SearchPage, SearchQuery,
    TenantId,
};
use souk_search::engines::tantivy::{TantivyIndex, TantivyOptions};
use souk_search::{IndexOp, IndexWriter, OpOutcome, Refresh, SearchPlan, SearchSettings};
use tempfile::TempDir;

pub const TENANT: TenantId = TenantId(1);

pub fn document(id: i64, title: &str) -> ProductDocument {
    ProductDocument {
        tenant_id: TENANT,
        id: ProductId(id),
        external_id: format!("ext-{id}"),
        slug: format!("product-{id}"),
        title: title.to_owned(),
        description: String::new(),
        brand: None,
        categories: vec![],
        further_categories: vec![],
        fandom: None,
        further_fandoms: vec![],
        unsearched: BTreeSet::new(),
        numbers: BTreeMap::new(),
        seller: Label::new("shop", "The Shop"),
        attributes: BTreeMap::new(),
        codes: vec![],
        image: None,
        image_alt: None,
        price: PriceRange {
            min: 1_000,
            max: 1_000,
            currency: Currency::EUR,
        },
        list_price: None,
        lowest_price_30d: None,
        stock: 1,
        available: true,
        rating: None,
        rating_count: 0,
        popularity: 0,
        created_at_ms: id,
        variants: vec![],
    }
}

pub fn upsert(version: u64, document: ProductDocument) -> IndexOp {
    IndexOp::Upsert {
        version,
        document: Box::new(document),
    }
}

pub fn delete(version: u64, id: i64) -> IndexOp {
    IndexOp::Delete {
        version,
        tenant: TENANT,
        id: ProductId(id),
    }
}

pub struct Shop {
    pub engine: TantivyIndex,
    pub directory: TempDir,
}

impl Shop {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let engine = open(&directory);
        assert!(engine.ensure(TENANT, Language::English).await.unwrap());
        Self { engine, directory }
    }

    pub async fn with(documents: Vec<ProductDocument>) -> Self {
        let shop = Self::new().await;
        let ops = documents.into_iter().map(|it| upsert(1, it)).collect();
        let outcomes = shop.apply(ops).await;
        assert!(
            outcomes.iter().all(|it| *it == OpOutcome::Applied),
            "{outcomes:?}"
        );
        shop
    }

    pub async fn apply(&self, ops: Vec<IndexOp>) -> Vec<OpOutcome> {
        self.engine.apply(ops, Refresh::Now).await.unwrap()
    }

    pub async fn search(&self, query: &SearchQuery) -> SearchPage {
        // Tests of matching: no backfill with partial matches.
        let mut settings = SearchSettings::default();
        settings.relaxation.enough = 0;
        let plan = SearchPlan::new(TENANT, Language::English, query, 0).with_settings(settings);
        souk_search::search(&self.engine, &plan).await.unwrap()
    }

    pub async fn titles(&self, text: &str) -> Vec<String> {
        let page = self.search(&text_query(text)).await;
        page.hits.into_iter().map(|hit| hit.title).collect()
    }
}

pub fn open(directory: &TempDir) -> TantivyIndex {
    TantivyIndex::open(TantivyOptions::new(directory.path())).unwrap()
}

pub fn text_query(text: &str) -> SearchQuery {
    SearchQuery {
        text: (!text.is_empty()).then(|| text.to_owned()),
        ..SearchQuery::default()
    }
}
