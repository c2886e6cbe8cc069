//! What the SQL engine finds once changes are projected, on both databases.

use sea_orm::ConnectionTrait;
use souk_domain::{
    AttributeDefinition, Currency, Filters, Language, SearchPage, SearchQuery, TAGS, TenantId,
};
use souk_search::{
    SearchEngine, SearchPlan,
    engines::sql::{SqlEngine, SqlProjection},
};
use souk_store::{DatabaseOptions, MissingReferences, NewTenant, Scope, Store};
use souk_testkit::{ProductBuilder, TestDatabase, databases, product};

struct Shop {
    database: TestDatabase,
    store: Store,
    scope: Scope,
    engine: SqlEngine,
    projection: SqlProjection,
}

async fn shops() -> Vec<Shop> {
    let mut shops = Vec::new();
    for database in databases().await {
        let options = DatabaseOptions::new(database.url());
        let store = Store::connect(&options).await.expect("a store");
        let tenant = NewTenant {
            slug: "main".to_owned(),
            name: "Main".to_owned(),
            hosts: vec![],
            language: Language::English,
            currency: Currency::EUR,
        };
        let tenant = store.tenants().add(tenant).await.expect("a tenant").id;
        shops.push(Shop {
            database,
            scope: store.scope(tenant),
            engine: SqlEngine::new(store.connection().clone()),
            projection: SqlProjection::new(store.clone()),
            store,
        });
    }
    shops
}

impl Shop {
    fn tenant(&self) -> TenantId {
        self.scope.tenant()
    }

    async fn load(&self, products: impl IntoIterator<Item = ProductBuilder>) {
        let products = products.into_iter().map(ProductBuilder::build).collect();
        let bulk = self.scope.in_bulk().products();
        let loaded = bulk.upsert_batch(products, MissingReferences::Create).await;
        for product in loaded.expect("the products are taken") {
            product.expect("the product is taken");
        }
    }

    async fn run(&self, sql: &str) {
        let connection = self.database.connect().await;
        connection.execute_unprepared(sql).await.expect("an answer");
    }

    async fn project(&self) -> u64 {
        self.projection.catch_up(7).await.expect("the projection")
    }

    async fn search(&self, query: &SearchQuery) -> SearchPage {
        let tenant = self.store.tenants().get(self.tenant()).await;
        let language = tenant.expect("an answer").expect("the tenant").language;
        let plan = SearchPlan::new(self.tenant(), language, query, 0);
        self.engine.search(&plan).await.expect("an answer")
    }

    /// Number of products with a word that is not being typed any more.
    async fn found(&self, word: &str) -> u64 {
        let text = Some(format!("{word} "));
        let query = SearchQuery {
            text,
            ..SearchQuery::default()
        };
        self.search(&query).await.total
    }
}

#[tokio::test]
async fn changes_are_found_once_projected() {
    for shop in shops().await {
        shop.load((0..40).map(|number| product(&format!("p{number}")).title("Brass lamp")))
            .await;
        assert_eq!(shop.found("brass").await, 0);
        let workers = [shop.projection.catch_up(7), shop.projection.catch_up(7)];
        let [one, other] = workers;
        let (one, other) = tokio::join!(one, other);
        assert!(one.expect("a worker") + other.expect("a worker") >= 40);
        assert_eq!(shop.found("lamps").await, 40);
        assert_eq!(shop.project().await, 0);

        shop.run("UPDATE products SET title = 'Copper lamp' WHERE external_id = 'p7'")
            .await;
        shop.run("DELETE FROM products WHERE external_id = 'p8'")
            .await;
        shop.project().await;
        assert_eq!(
            (shop.found("brass").await, shop.found("copper").await),
            (38, 1)
        );
    }
}

#[tokio::test]
async fn words_are_those_of_the_language() {
    for shop in shops().await {
        shop.load([product("one").title("Große Häuser")]).await;
        shop.project().await;
        assert_eq!(shop.found("haus").await, 0, "in English");
        shop.run("UPDATE tenants SET language = 'de'").await;
        shop.project().await;
        assert_eq!(shop.found("haus").await, 1);
        assert_eq!(shop.found("grosses").await, 1);
    }
}

fn mug() -> ProductBuilder {
    product("mug")
        .attribute("Cost", "hushhush")
        .attribute("MPN", "XZ-9")
        .tag("secrettag")
        .variant("m", 1_000, 1, &[("batch", "lotword"), ("size", "M")])
}

#[tokio::test]
async fn definitions_of_attributes_are_followed() {
    const SECRETS: [&str; 3] = ["hushhush", "lotword", "secrettag"];
    for shop in shops().await {
        shop.load([mug(), product("cup")]).await;
        shop.project().await;
        for word in SECRETS {
            assert_eq!(shop.found(word).await, 1, "{word}");
        }
        assert_eq!(shop.found("xz9").await, 1);
        for name in ["Cost", "batch", TAGS] {
            let definition = AttributeDefinition::internal(name);
            let created = shop.scope.attributes().create(definition).await;
            created.expect("a definition");
        }
        let unsearched = AttributeDefinition {
            searched: false,
            ..AttributeDefinition::new("MPN")
        };
        let created = shop.scope.attributes().create(unsearched).await;
        created.expect("a definition");
        // The relay notes the products when it comes to the definitions' rows.
        shop.run("UPDATE products SET description = 'anew'").await;
        shop.project().await;
        for word in SECRETS.into_iter().chain(["xz9"]) {
            assert_eq!(shop.found(word).await, 0, "{word}");
        }
        let filters = Filters {
            attributes: [("MPN".to_owned(), ["XZ-9".to_owned()].into())].into(),
            ..Filters::default()
        };
        let query = SearchQuery {
            filters,
            ..SearchQuery::default()
        };
        let page = shop.search(&query).await;
        assert_eq!(page.total, 1, "filtered, and not searched");
    }
}
