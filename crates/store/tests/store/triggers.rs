//! Triggers: every change reaches the outbox, and rollups are correct after it.

use crate::support::{Setup, setups};

const CATALOGUE: &str = "
    INSERT INTO sellers (id, tenant_id, slug, name) VALUES (1, {tenant}, 'shop', 'Shop');
    INSERT INTO fandoms (id, tenant_id, slug, name) VALUES (1, {tenant}, 'trek', 'Trek');
    INSERT INTO categories (id, tenant_id, slug, name) VALUES (1, {tenant}, 'mugs', 'Mugs');
    INSERT INTO products (id, tenant_id, external_id, slug, title, seller_id, category_id, fandom_id, currency)
    VALUES (1, {tenant}, 'a', 'a', 'A', 1, 1, 1, 'EUR'), (2, {tenant}, 'b', 'b', 'B', 1, NULL, NULL, 'EUR');
    INSERT INTO variants (id, tenant_id, product_id, sku, price, stock)
    VALUES (1, {tenant}, 1, 'a1', 900, 2), (2, {tenant}, 1, 'a2', 700, 5), (3, {tenant}, 2, 'b1', 100, 1);
    INSERT INTO reviews (id, tenant_id, product_id, author, rating) VALUES (1, {tenant}, 1, 'Ann', 4);";

async fn catalogues() -> Vec<Setup> {
    let setups = setups().await;
    for setup in &setups {
        setup.run(CATALOGUE).await;
        setup.drain().await;
    }
    setups
}

#[tokio::test]
async fn every_change_by_plain_sql_is_captured() {
    let cases: &[(&str, &[(&str, i64)])] = &[
        (
            "INSERT INTO sellers (id, tenant_id, slug, name) VALUES (2, {tenant}, 'x', 'X')",
            &[("seller", 2)],
        ),
        (
            "UPDATE sellers SET name = 'Y' WHERE id = 1",
            &[("seller", 1)],
        ),
        ("DELETE FROM sellers WHERE id = 2", &[("seller", 2)]),
        (
            "UPDATE sellers SET closed_at = 1 WHERE id = 1",
            &[("product", 1), ("product", 2), ("seller", 1)],
        ),
        (
            "UPDATE sellers SET closed_at = NULL WHERE id = 1",
            &[("product", 1), ("product", 2), ("seller", 1)],
        ),
        (
            "UPDATE categories SET closed_at = 1 WHERE id = 1",
            &[("category", 1), ("product", 1)],
        ),
        (
            "UPDATE categories SET closed_at = NULL WHERE id = 1",
            &[("category", 1), ("product", 1)],
        ),
        (
            "INSERT INTO fandoms (id, tenant_id, slug, name) VALUES (2, {tenant}, 'x', 'X')",
            &[("fandom", 2)],
        ),
        (
            "UPDATE fandoms SET description = 'Y' WHERE id = 1",
            &[("fandom", 1)],
        ),
        (
            "INSERT INTO attribute_definitions (id, tenant_id, name) VALUES (1, {tenant}, 'size')",
            &[("attribute", 1)],
        ),
        (
            "UPDATE attribute_definitions SET searched = 0 WHERE id = 1",
            &[("attribute", 1)],
        ),
        (
            "DELETE FROM attribute_definitions WHERE id = 1",
            &[("attribute", 1)],
        ),
        ("DELETE FROM fandoms WHERE id = 2", &[("fandom", 2)]),
        (
            "INSERT INTO categories (id, tenant_id, parent_id, slug, name) VALUES (2, {tenant}, 1, 'x', 'X')",
            &[("category", 2)],
        ),
        (
            "UPDATE categories SET parent_id = NULL WHERE id = 2",
            &[("category", 2)],
        ),
        ("DELETE FROM categories WHERE id = 2", &[("category", 2)]),
        (
            "UPDATE products SET title = 'Bulk'",
            &[("product", 1), ("product", 2)],
        ),
        (
            "UPDATE products SET brand = 'Acme' WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE products SET category_id = NULL WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET price = price + 1",
            &[("product", 1), ("product", 2)],
        ),
        (
            "UPDATE variants SET list_price = price + 100 WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET sale_until = 4000000000000 WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET stock_policy = 'backorder' WHERE id = 3",
            &[("product", 2)],
        ),
        (
            "UPDATE products SET tags = '[\"new\"]' WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET weight_g = 7 WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET length_mm = 7 WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET width_mm = 7 WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET height_mm = 7 WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE products SET images = '[{\"url\": \"/a.png\", \"alt\": \"A\"}]' WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET gtin = '4006381333931' WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE variants SET product_id = 2 WHERE id = 1",
            &[("product", 1), ("product", 2)],
        ),
        (
            "INSERT INTO variants (id, tenant_id, product_id, sku, price) VALUES (4, {tenant}, 1, 'a4', 5)",
            &[("product", 1)],
        ),
        ("DELETE FROM variants WHERE id = 4", &[("product", 1)]),
        (
            "INSERT INTO reviews (id, tenant_id, product_id, author, rating) VALUES (2, {tenant}, 2, 'Bob', 1)",
            &[("product", 2)],
        ),
        (
            "UPDATE reviews SET body = 'More' WHERE id = 1",
            &[("product", 1)],
        ),
        (
            "UPDATE reviews SET product_id = 2 WHERE id = 1",
            &[("product", 1), ("product", 2)],
        ),
        ("DELETE FROM reviews WHERE id = 1", &[("product", 2)]),
        (
            "INSERT INTO product_categories (tenant_id, product_id, category_id) SELECT tenant_id, id, 1 FROM products",
            &[("product", 1), ("product", 2)],
        ),
        (
            "UPDATE product_categories SET position = 3 WHERE product_id = 2",
            &[("product", 2)],
        ),
        (
            "DELETE FROM product_categories WHERE product_id = 1",
            &[("product", 1)],
        ),
        (
            "INSERT INTO product_fandoms (tenant_id, product_id, fandom_id) VALUES ({tenant}, 2, 1)",
            &[("product", 2)],
        ),
        (
            "UPDATE product_fandoms SET product_id = 1",
            &[("product", 1), ("product", 2)],
        ),
        ("DELETE FROM products WHERE id = 1", &[("product", 1)]),
        ("DELETE FROM products", &[("product", 2)]),
    ];
    for setup in catalogues().await {
        for (sql, expected) in cases {
            setup.run(sql).await;
            let expected: Vec<_> = expected
                .iter()
                .map(|(entity, id)| ((*entity).to_owned(), *id))
                .collect();
            assert_eq!(setup.drain().await, expected, "{sql}");
        }
    }
}

#[tokio::test]
async fn a_change_of_nothing_writes_nothing() {
    for setup in catalogues().await {
        for sql in [
            "UPDATE products SET title = title, updated_at = updated_at + 1",
            "UPDATE variants SET price = price, options = options",
            "UPDATE categories SET name = name, updated_at = 0",
            "UPDATE fandoms SET slug = slug, updated_at = 0",
            "UPDATE sellers SET name = name, updated_at = 0",
            "UPDATE reviews SET rating = rating",
            "INSERT INTO product_fandoms (tenant_id, product_id, fandom_id) SELECT tenant_id, id, 1 FROM products WHERE id = 99",
            "UPDATE product_categories SET position = position",
            "DELETE FROM product_categories WHERE product_id = 99",
            "DELETE FROM variants WHERE id = 99",
            "UPDATE products SET title = 'x' WHERE id = 99",
        ] {
            setup.run(sql).await;
            assert_eq!(setup.drain().await, [], "{sql}");
        }
    }
}

#[tokio::test]
async fn a_change_that_is_rolled_back_leaves_nothing() {
    for setup in catalogues().await {
        setup
            .run("BEGIN; UPDATE products SET title = 'x'; ROLLBACK")
            .await;
        assert_eq!(setup.drain().await, []);
    }
}

#[tokio::test]
async fn products_follow_their_variants() {
    let cases = [
        ("SELECT 1", "700 900 7 2"),
        (
            "UPDATE variants SET price = 1500, stock = 0 WHERE id = 2",
            "900 1500 2 2",
        ),
        (
            "INSERT INTO variants (id, tenant_id, product_id, sku, price, stock)
             VALUES (8, {tenant}, 1, 'a8', 50, 3), (9, {tenant}, 1, 'a9', 60, 4)",
            "50 1500 9 4",
        ),
        ("DELETE FROM variants WHERE id IN (8, 9)", "900 1500 2 2"),
        (
            "UPDATE variants SET product_id = 1 WHERE id = 3",
            "100 1500 3 3",
        ),
        (
            "UPDATE variants SET product_id = 2 WHERE product_id = 1",
            "0 0 0 0",
        ),
        ("UPDATE variants SET product_id = 1", "100 1500 3 3"),
    ];
    for setup in catalogues().await {
        for (sql, expected) in &cases {
            setup.run(sql).await;
            let mut found = Vec::new();
            for column in ["price_min", "price_max", "stock", "variant_count"] {
                let query = format!("SELECT {column} FROM products WHERE id = 1");
                found.push(setup.number(&query).await.to_string());
            }
            assert_eq!(&found.join(" "), expected, "{sql}");
        }
    }
}

#[tokio::test]
async fn ratings_follow_reviews_and_keep_what_was_imported() {
    let cases = [
        ("UPDATE products SET rating_count = 101, rating_sum = 404 WHERE id = 1", (101, 404)),
        (
            "INSERT INTO reviews (id, tenant_id, product_id, author, rating)
             VALUES (2, {tenant}, 1, 'Bob', 5), (3, {tenant}, 1, 'Cid', 1)",
            (103, 410),
        ),
        ("UPDATE reviews SET rating = 2 WHERE id = 3", (103, 411)),
        ("UPDATE reviews SET product_id = 2 WHERE id = 2", (102, 406)),
        ("DELETE FROM reviews WHERE product_id = 1", (100, 400)),
        // Totals that were replaced since: taking away what is no longer in them stays within bounds.
        (
            "INSERT INTO reviews (id, tenant_id, product_id, author, rating) VALUES (4, {tenant}, 1, 'Dee', 5);
             UPDATE products SET rating_count = 1, rating_sum = 1 WHERE id = 1;
             DELETE FROM reviews WHERE id = 4",
            (0, 0),
        ),
    ];
    for setup in catalogues().await {
        for (sql, expected) in &cases {
            setup.run(sql).await;
            let count = setup
                .number("SELECT rating_count FROM products WHERE id = 1")
                .await;
            let sum = setup
                .number("SELECT rating_sum FROM products WHERE id = 1")
                .await;
            assert_eq!((count, sum), *expected, "{sql}");
        }
    }
}

#[tokio::test]
async fn a_product_cannot_be_moved_to_or_refer_to_another_tenant() {
    for setup in catalogues().await {
        let other = crate::support::add_tenant(&setup.store, "other").await;
        let statements = [
            format!("UPDATE products SET tenant_id = {other} WHERE id = 2"),
            format!("UPDATE variants SET tenant_id = {other} WHERE id = 1"),
            format!("UPDATE reviews SET tenant_id = {other} WHERE id = 1"),
            format!(
                "INSERT INTO products (tenant_id, external_id, slug, title, seller_id, currency)
                 VALUES ({other}, 'c', 'c', 'C', 1, 'EUR')"
            ),
        ];
        for sql in statements {
            let refused = setup.try_run(&sql).await;
            assert!(refused.is_err(), "{sql}");
        }
    }
}

mod postgres {
    use sea_orm::{ConnectionTrait, TransactionTrait};
    use souk_testkit::TestDatabase;

    use super::CATALOGUE;
    use crate::support::setup;

    #[tokio::test]
    async fn two_writers_of_one_products_variants_both_count() {
        let setup = setup(TestDatabase::postgres().await).await;
        setup.run(CATALOGUE).await;
        let first = setup.sql.begin().await.unwrap();
        first
            .execute_unprepared("UPDATE variants SET stock = 10 WHERE id = 1")
            .await
            .unwrap();
        let second = setup.sql.begin().await.unwrap();
        // Waits for the first one's product row, then must see what the first one did.
        let second = tokio::spawn(async move {
            second
                .execute_unprepared("UPDATE variants SET stock = 20 WHERE id = 2")
                .await
                .unwrap();
            second.commit().await.unwrap();
        });
        setup.until_somebody_waits_for_a_lock().await;
        first.commit().await.unwrap();
        second.await.unwrap();
        assert_eq!(
            setup
                .number("SELECT stock FROM products WHERE id = 1")
                .await,
            30
        );
    }

    #[tokio::test]
    async fn a_truncate_that_the_index_would_miss_is_refused() {
        let setup = setup(TestDatabase::postgres().await).await;
        for table in [
            "products",
            "variants",
            "reviews",
            "categories",
            "fandoms",
            "sellers",
        ] {
            let refused = setup.try_run(&format!("TRUNCATE {table} CASCADE")).await;
            assert!(refused.is_err(), "{table}");
        }
    }
}
