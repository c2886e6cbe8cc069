//! What the database engine searches follows every change made by plain SQL, on both databases.

use sea_orm::ConnectionTrait;
use souk_domain::{Filters, Language, PriceFilter, SearchQuery, TenantId};
use souk_search::{
    SearchEngine, SearchPlan,
    engines::sql::{SqlEngine, SqlProjection},
};
use souk_store::{DatabaseOptions, Store};
use souk_testkit::{TestDatabase, databases};

const FILL: &str = "
    INSERT INTO tenants (id, slug, name) VALUES (1, 't', 'T');
    INSERT INTO sellers (id, tenant_id, slug, name) VALUES (1, 1, 's', 'Corner Store');
    INSERT INTO fandoms (id, tenant_id, slug, name) VALUES (1, 1, 'f', 'Star Voyage');
    INSERT INTO categories (id, tenant_id, parent_id, slug, name) VALUES (1, 1, NULL, 'home', 'Home'), (2, 1, 1, 'mugs', 'Mugs');
    INSERT INTO products (id, tenant_id, external_id, slug, title, seller_id, fandom_id, category_id, currency, attributes)
    VALUES (1, 1, 'AB-1', 'cup', 'Cup', 1, 1, 2, 'EUR', '{\"Colour\": [\"Blue\"], \"Odd\": true, \"Nested\": {\"a\": 1}}');
    INSERT INTO variants (id, tenant_id, product_id, sku, price, stock, options)
    VALUES (1, 1, 1, 'SKU-77', 500, 1, '{\"Size\": \"Large\"}')";

/// A change, and what is found and not found after it.
const CHANGES: [(&str, &[&str], &[&str]); 20] = [
    (
        "",
        &[
            "cup", "blue", "large", "voyage", "home", "mugs", "corner", "ab1", "sku77", "true",
        ],
        &["beaker"],
    ),
    (
        "UPDATE products SET title = 'Beaker' WHERE id = 1",
        &["beaker"],
        &["cup"],
    ),
    (
        "UPDATE products SET brand = 'Acme', description = 'Sturdy.' WHERE id = 1",
        &["acme", "sturdy"],
        &[],
    ),
    (
        "UPDATE products SET attributes = '{\"Colour\": \"Red\", \"MPN\": [\"ZZ-9 9\"]}' WHERE id = 1",
        &["red", "zz99", "large"],
        &["blue"],
    ),
    (
        "UPDATE products SET external_id = 'CD-22' WHERE id = 1",
        &["cd22"],
        &["ab1"],
    ),
    (
        "UPDATE variants SET sku = 'SKU-88', options = '{\"Size\": \"Small\"}' WHERE id = 1",
        &["sku88", "small"],
        &["sku77", "large"],
    ),
    (
        "UPDATE fandoms SET name = 'Moon Garden' WHERE id = 1",
        &["garden"],
        &["voyage"],
    ),
    (
        "UPDATE categories SET name = 'Kitchen' WHERE id = 1",
        &["kitchen", "mugs"],
        &["home"],
    ),
    (
        "UPDATE sellers SET name = 'Attic' WHERE id = 1",
        &["attic"],
        &["corner"],
    ),
    (
        "INSERT INTO categories (id, tenant_id, slug, name) VALUES (3, 1, 'sale', 'Clearance');
         INSERT INTO fandoms (id, tenant_id, slug, name) VALUES (2, 1, 'w', 'Wars');
         INSERT INTO product_categories (tenant_id, product_id, category_id) VALUES (1, 1, 3);
         INSERT INTO product_fandoms (tenant_id, product_id, fandom_id) VALUES (1, 1, 2)",
        &["clearance", "mugs", "wars", "garden"],
        &[],
    ),
    (
        "UPDATE product_categories SET category_id = 1 WHERE category_id = 3",
        &["kitchen", "wars"],
        &["clearance"],
    ),
    (
        "DELETE FROM product_fandoms",
        &["kitchen", "garden"],
        &["wars"],
    ),
    (
        "UPDATE products SET status = 'archived' WHERE id = 1",
        &[],
        &["beaker", "attic", "cd22"],
    ),
    (
        "UPDATE products SET status = 'unlisted' WHERE id = 1",
        &[],
        &["beaker"],
    ),
    (
        "UPDATE products SET status = 'active', tags = '[\"gift\"]' WHERE id = 1",
        &["beaker", "gift"],
        &[],
    ),
    (
        "UPDATE sellers SET closed_at = 1 WHERE id = 1",
        &[],
        &["beaker"],
    ),
    (
        "UPDATE sellers SET closed_at = NULL; UPDATE categories SET closed_at = 1 WHERE id = 1",
        &[],
        &["beaker"],
    ),
    (
        "UPDATE categories SET closed_at = NULL",
        &["beaker", "small"],
        &[],
    ),
    (
        "INSERT INTO variants (id, tenant_id, product_id, sku, price) VALUES (2, 1, 1, 'SKU-99', 5);
         DELETE FROM variants WHERE id = 1",
        &["beaker", "sku99"],
        &["small", "sku88"],
    ),
    // Without a variant it has no price.
    ("DELETE FROM variants", &[], &["beaker"]),
];

async fn projection(database: &TestDatabase) -> SqlProjection {
    let options = DatabaseOptions::new(database.url());
    SqlProjection::new(Store::connect(&options).await.expect("a store"))
}

async fn finds(engine: &SqlEngine, text: &str) -> bool {
    let query = SearchQuery {
        text: Some(format!("{text} ")),
        ..SearchQuery::default()
    };
    let plan = SearchPlan::new(TenantId(1), Language::English, &query, 0);
    engine.search(&plan).await.expect("an answer").total == 1
}

#[tokio::test]
async fn a_change_by_plain_sql_counts_once_projected() {
    for database in databases().await {
        let connection = database.connect().await;
        let engine = SqlEngine::new(database.connect().await);
        let projection = projection(&database).await;
        connection
            .execute_unprepared(FILL)
            .await
            .expect("an answer");
        for (change, found, not_found) in CHANGES {
            if !change.is_empty() {
                connection
                    .execute_unprepared(change)
                    .await
                    .expect("an answer");
            }
            projection.catch_up(10).await.expect("the projection");
            for word in found {
                assert!(finds(&engine, word).await, "{word} after {change:?}");
            }
            for word in not_found {
                assert!(!finds(&engine, word).await, "{word} after {change:?}");
            }
        }
        connection
            .execute_unprepared("DELETE FROM products WHERE id = 1")
            .await
            .expect("an answer");
        assert!(!finds(&engine, "beaker").await);
    }
}

/// Price and stock of a variant.
type Offer = (i64, bool);

/// A second variant and changes of it, and then prices and stock of which one and the same variant is found, or none.
const VARIANT_CHANGES: [(&str, &[Offer], &[Offer]); 6] = [
    (
        "INSERT INTO variants (id, tenant_id, product_id, sku, price, stock) VALUES (2, 1, 1, 'SKU-78', 900, 0)",
        &[(500, true), (900, false)],
        &[(500, false), (900, true)],
    ),
    (
        "UPDATE variants SET price = 700 WHERE id = 2",
        &[(500, true), (700, false)],
        &[(900, false)],
    ),
    (
        "UPDATE variants SET stock = 3 WHERE id = 2",
        &[(500, true), (700, true)],
        &[(700, false), (600, true)],
    ),
    (
        "UPDATE variants SET list_price = 800, sale_from = 4000000000000 WHERE id = 2",
        &[(800, true)],
        &[(700, true)],
    ),
    (
        "UPDATE variants SET sale_from = 1, sale_until = 4000000000000 WHERE id = 2",
        &[(700, true)],
        &[(800, true)],
    ),
    (
        "DELETE FROM variants WHERE id = 2",
        &[(500, true)],
        &[(700, true), (500, false)],
    ),
];

#[tokio::test]
async fn filters_on_variants_follow_plain_sql() {
    for database in databases().await {
        let connection = database.connect().await;
        let engine = SqlEngine::new(database.connect().await);
        let projection = projection(&database).await;
        let fill = connection.execute_unprepared(FILL).await;
        fill.expect("an answer");
        projection.catch_up(10).await.expect("the projection");
        for (change, found, not_found) in VARIANT_CHANGES {
            let changed = connection.execute_unprepared(change).await;
            changed.expect("an answer");
            let cases = [(found, 1), (not_found, 0)];
            let cases = cases.map(|(cases, total)| cases.iter().map(move |case| (*case, total)));
            for ((price, in_stock), total) in cases.into_iter().flatten() {
                let price = PriceFilter {
                    min: Some(price),
                    max: Some(price),
                };
                let filters = Filters {
                    price: Some(price),
                    in_stock: Some(in_stock),
                    ..Filters::default()
                };
                let query = SearchQuery {
                    filters,
                    ..SearchQuery::default()
                };
                let plan = SearchPlan::new(TenantId(1), Language::English, &query, 0);
                let page = engine.search(&plan).await.expect("an answer");
                assert_eq!(page.total, total, "{price:?} {in_stock} after {change:?}");
                assert_eq!(page.hits.len() as u64, total);
            }
        }
    }
}
