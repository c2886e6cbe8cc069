//! TenantDirectory in a database and, where an engine has an index of its own, in that index.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use souk_domain::{
    Currency, Facet, FacetName, Hit, Language, OfferInput, Prices, ProductDocument, ProductId,
    ProductInput, SearchPage, Suggestion, TenantId,
};
use souk_search::{
    IndexOp, IndexWriter, OpOutcome, Refresh, SearchEngine, SearchPlan, SuggestRequest,
    engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions},
    engines::sql::{SqlEngine, SqlProjection},
    engines::tantivy::{TantivyIndex, TantivyOptions},
    merchandising::Chosen,
};
use souk_store::{
    CategoryInput, DatabaseOptions, MissingReferences, NamedEntityInput, NewTenant, Store,
};
use souk_testkit::{TestDatabase, TestElasticsearch};
use tempfile::TempDir;

use crate::{
    defined_shop::defined_shop,
    exact_shop::{compound_shop, exact_shop},
    places_shop::places_shop,
    query::Query,
    shared_shop::shared_shop,
    shoes_shop::shoes_shop,
    shops::{Shop, fan_shop, other_shop, spelling_shop, wide_shop},
    spellings_shop::spellings_shop,
    words_shop::words_shop,
};

/// Tenants in a database.
pub(crate) struct Market {
    pub(crate) store: Store,
    /// A tenant's documents, by its shop's slug.
    pub(crate) documents: BTreeMap<&'static str, (TenantId, Vec<ProductDocument>)>,
    _database: TestDatabase,
}

impl Market {
    /// Opens shops in a database, one after the other.
    pub(crate) async fn open(database: TestDatabase, shops: Vec<Shop>) -> Self {
        let options = DatabaseOptions::new(database.url());
        let store = Store::connect(&options).await.expect("the database opens");
        let mut documents = BTreeMap::new();
        for shop in shops {
            let slug = shop.slug;
            documents.insert(slug, load(&store, shop).await);
        }
        Self {
            store,
            documents,
            _database: database,
        }
    }

    /// Fills an index with every tenant's documents.
    pub(crate) async fn fill(&self, index: &dyn IndexWriter) {
        for (tenant, documents) in self.documents.values() {
            let language = self.language(*tenant).await;
            index.ensure(*tenant, language).await.expect("an index");
            let ops = documents.iter().map(|document| IndexOp::Upsert {
                version: 1,
                document: Box::new(document.clone()),
            });
            let outcomes = index.apply(ops.collect(), Refresh::Now).await;
            let outcomes = outcomes.expect("the index takes the documents");
            assert!(
                outcomes
                    .iter()
                    .all(|outcome| *outcome == OpOutcome::Applied)
            );
        }
    }

    pub(crate) async fn language(&self, tenant: TenantId) -> Language {
        let tenant = self.store.tenants().get(tenant).await;
        tenant
            .expect("the database answers")
            .expect("the tenant")
            .language
    }
}

/// An engine over marketplaces. Each function that opens one is an engine of the suite's list.
pub(crate) struct Opened {
    pub(crate) market: Market,
    pub(crate) engine: Arc<dyn SearchEngine>,
    /// Resources that must outlive the engine.
    _storage: IndexStorage,
}

/// Storage of an engine's index, cleaned up after the test.
#[allow(dead_code)]
enum IndexStorage {
    Database,
    Folder(TempDir),
    Cluster(TestElasticsearch),
}

impl Opened {
    /// The database engine over SQLite.
    pub(crate) async fn sqlite(shops: Vec<Shop>) -> Self {
        Self::database(TestDatabase::sqlite().await, shops).await
    }

    /// The database engine over PostgreSQL.
    pub(crate) async fn postgres(shops: Vec<Shop>) -> Self {
        Self::database(TestDatabase::postgres().await, shops).await
    }

    async fn database(database: TestDatabase, shops: Vec<Shop>) -> Self {
        let market = Market::open(database, shops).await;
        let projection = SqlProjection::new(market.store.clone());
        let projected = projection.catch_up(1_000).await;
        projected.expect("what is searched is written");
        let engine = SqlEngine::new(market.store.connection().clone());
        Self {
            market,
            engine: Arc::new(engine),
            _storage: IndexStorage::Database,
        }
    }

    /// The embedded engine.
    pub(crate) async fn tantivy(shops: Vec<Shop>) -> Self {
        let market = Market::open(TestDatabase::sqlite().await, shops).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = TantivyOptions::new(folder.path());
        options.writer_memory = 16 << 20;
        let index = TantivyIndex::open(options).expect("an index");
        market.fill(&index).await;
        Self {
            market,
            engine: Arc::new(index),
            _storage: IndexStorage::Folder(folder),
        }
    }

    /// The engine over a cluster.
    pub(crate) async fn elasticsearch(shops: Vec<Shop>) -> Self {
        let market = Market::open(TestDatabase::sqlite().await, shops).await;
        let cluster = TestElasticsearch::new();
        let mut options = ElasticsearchOptions::new(cluster.url()).expect("an address");
        options.prefix = cluster.prefix().to_owned();
        options.replicas = 0;
        let index = ElasticsearchIndex::new(options).expect("an engine");
        market.fill(&index).await;
        Self {
            market,
            engine: Arc::new(index),
            _storage: IndexStorage::Cluster(cluster),
        }
    }
}

/// Writes a shop through the store and reads back what its index should hold.
async fn load(store: &Store, shop: Shop) -> (TenantId, Vec<ProductDocument>) {
    let tenant = NewTenant {
        slug: shop.slug.to_owned(),
        name: shop.slug.to_owned(),
        hosts: vec![],
        language: shop.language.parse().expect("a language"),
        currency: Currency::EUR,
    };
    let tenant = store.tenants().add(tenant).await;
    let tenant = tenant.expect("the tenant is new").id;
    let scope = store.scope(tenant);
    for &(slug, name, parent) in shop.categories {
        let category = CategoryInput {
            closed: None,
            slug: Some(slug.to_owned()),
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            position: 0,
        };
        scope.categories().create(category).await.expect(slug);
    }
    for (references, named) in [
        (scope.fandoms(), shop.fandoms),
        (scope.sellers(), shop.sellers),
    ] {
        for &(slug, name, _) in named {
            let reference = NamedEntityInput {
                closed: None,
                slug: Some(slug.to_owned()),
                name: name.to_owned(),
                description: String::new(),
            };
            references.create(reference).await.expect(slug);
        }
    }
    for definition in shop.attributes {
        let name = definition.name.clone();
        scope.attributes().create(definition).await.expect(&name);
    }
    let products = scope.products();
    if let Some(before) = before_reductions(&shop.products) {
        let upserted = products
            .upsert_batch(before, MissingReferences::Reject)
            .await;
        let mut upserted = upserted.expect("the batch is written").into_iter();
        assert!(upserted.all(|item| item.is_ok()));
        // A price that is charged for less than a millisecond counts as none.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let external_ids: Vec<_> = shop
        .products
        .iter()
        .map(|own| own.external_id.clone())
        .collect();
    let upserted = products
        .upsert_batch(shop.products, MissingReferences::Reject)
        .await;
    let upserted = upserted.expect("the batch is written").into_iter();
    let ids: Vec<_> = upserted
        .map(|item| item.expect("a valid product").id)
        .collect();
    let mut offers: BTreeMap<ProductId, Vec<OfferInput>> = BTreeMap::new();
    for (external_id, offer) in shop.offers {
        let place = external_ids.iter().position(|own| *own == external_id);
        let id = ids[place.expect("a product of the shop")];
        offers.entry(id).or_default().push(offer);
    }
    for (id, offers) in offers {
        let written = scope.offers().upsert(id, offers).await;
        written.expect("the offers are written");
    }
    let documents = scope.documents(&ids).await.expect("the documents");
    (tenant, documents)
}

/// Products as they were when their list prices were charged; none if nothing is reduced.
fn before_reductions(products: &[ProductInput]) -> Option<Vec<ProductInput>> {
    let mut before = products.to_vec();
    let mut is_reduced = false;
    let variants = before.iter_mut().flat_map(|product| &mut product.variants);
    for variant in variants {
        if let Some(list_price) = variant.list_price {
            variant.set_prices(Prices::of(list_price));
            is_reduced = true;
        }
    }
    is_reduced.then_some(before)
}

/// An engine over the marketplaces of the cases.
pub(crate) struct Fixture {
    pub(crate) engine: Arc<dyn SearchEngine>,
    /// The shop that nearly all cases search.
    pub(crate) shop: TenantId,
    pub(crate) language: Language,
    /// Its neighbour.
    pub(crate) other: TenantId,
    /// A shop with more values than a facet lists.
    pub(crate) wide: TenantId,
    /// A shop in which misspelt words have to be ranked.
    pub(crate) spelling: TenantId,
    /// A shop whose products are in several categories and about several fandoms.
    pub(crate) places: TenantId,
    /// A shop that defines its attributes.
    pub(crate) defined: TenantId,
    /// A shop whose variants differ in what is filtered.
    pub(crate) shoes: TenantId,
    /// A shop whose sellers offer each other's products.
    pub(crate) shared: TenantId,
    /// A shop whose values are spelled in several ways.
    pub(crate) spellings: TenantId,
    /// A shop whose titles are written together, apart and with signs.
    pub(crate) words: TenantId,
    /// A shop for exact phrases, exclusions and codes.
    pub(crate) exact: TenantId,
    opened: Opened,
    /// The shop's ids by external id, those of products that are not for sale included.
    ids: BTreeMap<String, ProductId>,
}

impl Fixture {
    /// The fixture over an engine that was opened with [`shops`].
    pub(crate) async fn over(opened: Opened) -> Self {
        let market = &opened.market;
        let tenant = |slug: &str| market.documents[slug].0;
        let (shop, other, wide, spelling, places, defined, shoes, words, exact) = (
            tenant("fan-shop"),
            tenant("other-shop"),
            tenant("wide-shop"),
            tenant("spelling-shop"),
            tenant("places-shop"),
            tenant("defined-shop"),
            tenant("shoes-shop"),
            tenant("words-shop"),
            tenant("exact-shop"),
        );
        let listing = souk_store::ProductListing {
            seller: None,
            limit: 1_000,
            ..Default::default()
        };
        let products = market.store.scope(shop).products().list(&listing).await;
        let products = products.expect("the products").into_iter();
        Self {
            engine: opened.engine.clone(),
            shop,
            language: market.language(shop).await,
            other,
            wide,
            spelling,
            places,
            defined,
            shoes,
            shared: tenant("shared-shop"),
            spellings: tenant("spellings-shop"),
            words,
            exact,
            ids: products
                .map(|product| (product.external_id, product.id))
                .collect(),
            opened,
        }
    }

    /// Tenant and documents of a shop.
    pub(crate) fn documents(&self, shop: &str) -> (TenantId, &[ProductDocument]) {
        let (tenant, documents) = &self.opened.market.documents[shop];
        (*tenant, documents)
    }

    /// The id of one of the shop's products.
    pub(crate) fn id(&self, external_id: &str) -> ProductId {
        let id = self.ids.get(external_id);
        *id.unwrap_or_else(|| panic!("no product {external_id}"))
    }

    /// Some of the shop's products.
    pub(crate) fn products(&self, external_ids: &[&str]) -> Chosen {
        Chosen::Products(external_ids.iter().map(|id| self.id(id)).collect())
    }

    /// The slug of one of the shop's products.
    pub(crate) async fn slug(&self, external_id: &str) -> String {
        let id = self.id(external_id);
        let documents = self
            .opened
            .market
            .store
            .scope(self.shop)
            .documents(&[id])
            .await;
        documents.expect("the document")[0].slug.clone()
    }

    /// The external ids of hits, in their order.
    pub(crate) fn names(&self, hits: &[Hit]) -> Vec<String> {
        let name = |hit: &Hit| {
            let mut ids = self.ids.iter();
            let found = ids.find(|(_, id)| **id == hit.id);
            found.map_or_else(
                || format!("foreign {}", hit.title),
                |(name, _)| name.clone(),
            )
        };
        hits.iter().map(name).collect()
    }

    /// The plan of a query in a tenant that has these definitions of attributes.
    pub(crate) async fn plan(&self, tenant: TenantId, query: &Query) -> SearchPlan {
        let market = &self.opened.market;
        let definitions = market.store.scope(tenant).attributes().all().await;
        let definitions = definitions.expect("the definitions");
        let plan = query.plan(tenant, market.language(tenant).await);
        plan.with_definitions(Arc::new(definitions))
    }

    /// A search at the strictest stage alone.
    pub(crate) async fn strictest(opened: &Opened, tenant: TenantId, query: &Query) -> SearchPage {
        let plan = query.plan(tenant, opened.market.language(tenant).await);
        let page = opened.engine.search(&plan).await;
        page.unwrap_or_else(|error| panic!("{query:?}: {error:?}"))
    }

    /// A search as the application makes it: at the strictest stage that finds something.
    pub(crate) async fn search_in(&self, tenant: TenantId, query: &Query) -> SearchPage {
        let plan = self.plan(tenant, query).await;
        let page = souk_search::search(self.engine.as_ref(), &plan).await;
        page.unwrap_or_else(|error| panic!("{query:?}: {error:?}"))
    }

    pub(crate) async fn search(&self, query: &Query) -> SearchPage {
        self.search_in(self.shop, query).await
    }

    pub(crate) async fn total(&self, query: &Query) -> u64 {
        self.search(query).await.total
    }

    /// Returns the ids found, in order.
    pub(crate) async fn ordered(&self, query: &Query) -> Vec<String> {
        self.names(&self.search(query).await.hits)
    }

    /// Returns the ids found, in any order.
    pub(crate) async fn found(&self, query: &Query) -> BTreeSet<String> {
        self.ordered(query).await.into_iter().collect()
    }

    /// Asserts that exactly these products are found, in any order, and that the total says so.
    pub(crate) async fn finds(&self, query: &Query, expected: &[&str]) {
        let page = self.search(query).await;
        let mut found = self.names(&page.hits);
        let mut expected: Vec<_> = expected.iter().map(|name| (*name).to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{query:?}");
        assert_eq!(page.total, expected.len() as u64, "{query:?}");
    }

    pub(crate) async fn facet_values(
        &self,
        query: &Query,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Facet {
        let plan = query.plan(self.shop, self.language);
        let engine = self.engine.as_ref();
        let values = souk_search::facet_values(engine, &plan, facet, attribute, needle, limit);
        values.await.expect("the values")
    }

    /// All values of a facet in a tenant that defines its attributes.
    pub(crate) async fn values_in(
        &self,
        tenant: TenantId,
        query: &Query,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
    ) -> Facet {
        let plan = self.plan(tenant, query).await;
        let engine = self.engine.as_ref();
        let values = souk_search::facet_values(engine, &plan, facet, attribute, needle, 20);
        values.await.expect("the values")
    }

    pub(crate) async fn suggest(&self, text: &str, limit: usize) -> Vec<Suggestion> {
        self.suggest_in(self.shop, text, limit).await
    }

    pub(crate) async fn suggest_in(
        &self,
        tenant: TenantId,
        text: &str,
        limit: usize,
    ) -> Vec<Suggestion> {
        let request = SuggestRequest {
            tenant,
            language: self.language,
            text: text.to_owned(),
            limit,
        };
        self.engine.suggest(&request).await.expect("suggestions")
    }
}

/// The marketplaces of the cases.
pub(crate) fn shops() -> Vec<Shop> {
    vec![
        fan_shop(),
        other_shop(),
        wide_shop(),
        spelling_shop(),
        places_shop(),
        defined_shop(),
        shoes_shop(),
        shared_shop(),
        spellings_shop(),
        words_shop(),
        exact_shop(),
        compound_shop(),
    ]
}

/// A facet's values and counts, in order.
pub(crate) fn counts(facet: &Facet) -> Vec<(&str, u64)> {
    let values = facet.values.iter();
    values
        .map(|value| (value.value.as_str(), value.count))
        .collect()
}

/// A facet's selected values, in order.
pub(crate) fn selected(facet: &Facet) -> Vec<&str> {
    let values = facet.values.iter().filter(|value| value.selected);
    values.map(|value| value.value.as_str()).collect()
}
