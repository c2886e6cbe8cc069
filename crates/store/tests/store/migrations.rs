//! Migrations of a database that has data.

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;
use souk_migrations::Migrator;
use souk_testkit::TestDatabase;

const FILL: &str = "
    INSERT INTO tenants (slug, name) VALUES ('t', 'T');
    INSERT INTO sellers (tenant_id, slug, name) VALUES (1, 's', 'S');
    INSERT INTO products (tenant_id, external_id, slug, title, seller_id, currency, status, price_min, price_max)
    SELECT 1, n::text, 'p-' || n, 'Mug ' || n, 1, 'EUR', CASE WHEN n % 4 = 0 THEN 'draft' ELSE 'active' END, n, n
    FROM generate_series(1, 200) AS n";

async fn searched(connection: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT id || ' ' || words::text FROM search_products ORDER BY id";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// Rows written before the migration equal those written after it.
#[tokio::test]
async fn products_are_given_the_marks_of_shares() {
    let database = TestDatabase::postgres().await;
    let connection = database.connect().await;
    connection.execute_unprepared(FILL).await.unwrap();
    let written_after = searched(&connection).await;
    let halves = written_after
        .iter()
        .filter(|words| words.contains("'~1/1'"));
    assert!((50..100).contains(&halves.count()), "of 150 about half");

    Migrator::down(&connection, Some(5)).await.unwrap();
    let before = searched(&connection).await;
    assert!(before.iter().all(|words| !words.contains("'~1/")));
    let marked = before.iter().filter(|words| words.contains("'~1."));
    assert_eq!(marked.count(), 150);

    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(searched(&connection).await, written_after);
}
