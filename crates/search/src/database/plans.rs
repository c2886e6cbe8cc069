//! Searches of words and codes, and the hits of a page, read no large table from end to end.
//!
//! Counts without text are the exception by nature: they are of everything.

use souk_domain::{FacetName, Language, SearchQuery, Sort, TenantId};
use souk_testkit::TestDatabase;

use super::*;

/// 20,000 products, told apart by their words.
const FILL: &str = "
    INSERT INTO tenants (slug, name) VALUES ('t', 'T');
    CREATE TABLE numbers AS SELECT generate_series(1, 20000)::bigint AS n;
    INSERT INTO sellers (tenant_id, slug, name) SELECT 1, 's-' || n, 'Seller ' || n FROM numbers WHERE n <= 100;
    INSERT INTO fandoms (tenant_id, slug, name) SELECT 1, 'f-' || n, 'Fandom ' || n FROM numbers WHERE n <= 100;
    INSERT INTO categories (tenant_id, slug, name) SELECT 1, 'c-' || n, 'Category ' || n FROM numbers WHERE n <= 60;
    INSERT INTO products (tenant_id, external_id, slug, title, brand, seller_id, fandom_id, category_id, currency,
                          attributes, popularity)
    SELECT 1, 'AB-' || n, 'p-' || n, 'Product word' || n % 2000 || ' ' || chr((97 + n % 20)::int) || chr((97 + n / 20 % 20)::int) || 'lamp',
           'Brand ' || n % 300, n % 100 + 1, n % 100 + 1,
           n % 60 + 1, 'EUR', jsonb_build_object('Colour', 'c' || n % 12), n % 1000
    FROM numbers;
    ANALYZE";

const LARGE_TABLES: [&str; 5] = [
    "products",
    "search_products",
    "search_attributes",
    "search_codes",
    "search_words",
];

async fn assert_uses_indexes(connection: &DatabaseTransaction, name: &str, sql: Sql) {
    let plan = sql.plan(connection).await.unwrap();
    for table in LARGE_TABLES {
        let scan = format!("Seq Scan on {table} ");
        assert!(!plan.contains(&scan), "{name}:\n{plan}");
    }
}

#[tokio::test]
async fn searches_with_text_use_indexes() {
    let database = TestDatabase::postgres().await;
    let connection = database.connect().await;
    connection.execute_unprepared(FILL).await.unwrap();
    let engine = DatabaseEngine::new(connection);
    let snapshot = engine.snapshot().await.unwrap();
    let tenant = TenantId(1);
    let tree = CategoryTree::load(&snapshot, tenant).await.unwrap();

    for text in [
        "word77 ",
        "cdlamp ",
        "cdlamp word77",
        "AB-1234",
        "ab1234 word77",
    ] {
        let query = SearchQuery {
            text: Some(text.to_owned()),
            facets: FacetName::ALL.into(),
            ..SearchQuery::default()
        };
        let plan = SearchPlan::new(tenant, Language::English, &query);
        let search = Search::new(&snapshot, &plan, &tree).await.unwrap();
        let page = hits::statement(&search, DbBackend::Postgres);
        assert_uses_indexes(&snapshot, &format!("hits of {text}"), page).await;
        let counted = Counted::Facets(plan.facets.clone());
        let counts = counts::statement(&search, &counted, DbBackend::Postgres);
        assert_uses_indexes(&snapshot, &format!("counts of {text}"), counts).await;
    }
}

#[tokio::test]
async fn the_first_pages_of_a_listing_use_indexes() {
    let database = TestDatabase::postgres().await;
    let connection = database.connect().await;
    connection.execute_unprepared(FILL).await.unwrap();
    let engine = DatabaseEngine::new(connection);
    let snapshot = engine.snapshot().await.unwrap();
    let tree = CategoryTree::load(&snapshot, TenantId(1)).await.unwrap();
    for sort in [Sort::Popular, Sort::Newest, Sort::PriceAsc] {
        let query = SearchQuery {
            sort,
            ..SearchQuery::default()
        };
        let plan = SearchPlan::new(TenantId(1), Language::English, &query);
        let search = Search::new(&snapshot, &plan, &tree).await.unwrap();
        let page = hits::statement(&search, DbBackend::Postgres);
        assert_uses_indexes(&snapshot, &format!("hits by {sort}"), page).await;
    }
}
