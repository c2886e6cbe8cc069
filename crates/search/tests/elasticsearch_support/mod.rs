//! An index of a test's own, and changes to it.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

pub mod fake;

use souk_domain::{Language, ProductDocument, ProductId, SearchPage, SearchQuery, TenantId};
use souk_search::engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions};
use souk_search::{IndexOp, IndexWriter, OpOutcome, Refresh, SearchPlan};
use souk_testkit::TestElasticsearch;

pub const TENANT: TenantId = TenantId(1);

pub fn document(id: i64, title: &str) -> ProductDocument {
    souk_testkit::document(id, title).build()
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

pub fn text(text: &str) -> SearchPlan {
    let query = SearchQuery {
        text: Some(text.to_owned()),
        ..SearchQuery::default()
    };
    SearchPlan::new(TENANT, Language::English, &query, 0)
}

pub struct Shop {
    pub engine: ElasticsearchIndex,
    pub cluster: TestElasticsearch,
}

impl Shop {
    /// Without an index.
    pub fn empty() -> Self {
        Self::tuned(|_| {})
    }

    pub fn tuned(tune: impl FnOnce(&mut ElasticsearchOptions)) -> Self {
        let cluster = TestElasticsearch::new();
        let mut options = ElasticsearchOptions::new(cluster.url()).unwrap();
        options.prefix = cluster.prefix().to_owned();
        options.replicas = 0;
        tune(&mut options);
        Self {
            engine: ElasticsearchIndex::new(options).unwrap(),
            cluster,
        }
    }

    pub async fn new() -> Self {
        let shop = Self::empty();
        assert!(shop.engine.ensure(TENANT, Language::English).await.unwrap());
        shop
    }

    pub async fn apply(&self, ops: Vec<IndexOp>) -> Vec<OpOutcome> {
        self.engine.apply(ops, Refresh::Now).await.unwrap()
    }

    pub async fn search(&self, words: &str) -> SearchPage {
        souk_search::search(&self.engine, &text(words))
            .await
            .unwrap()
    }

    pub async fn titles(&self, words: &str) -> Vec<String> {
        let page = self.search(words).await;
        page.hits.into_iter().map(|hit| hit.title).collect()
    }
}
