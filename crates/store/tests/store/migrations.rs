//! Migrations of a database that has data.

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;
use souk_migrations::Migrator;
use souk_testkit::{TestDatabase, databases};

const FILL: &str = "
    INSERT INTO tenants (slug, name) VALUES ('t', 'T');
    INSERT INTO sellers (tenant_id, slug, name) VALUES (1, 's', 'S');
    INSERT INTO products (tenant_id, external_id, slug, title, seller_id, currency, status, price_min, price_max,
                          variant_count)
    SELECT 1, n::text, 'p-' || n, 'Mug ' || n, 1, 'EUR', CASE WHEN n % 4 = 0 THEN 'draft' ELSE 'active' END, n, n, 1
    FROM generate_series(1, 200) AS n";

/// Number of migrations from the one of this name on.
fn since(name: &str) -> u32 {
    let migrations = Migrator::migrations();
    let place = migrations
        .iter()
        .position(|migration| migration.name().ends_with(name));
    u32::try_from(migrations.len() - place.unwrap()).unwrap()
}

async fn count(connection: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Rows that refer to a tenant by `ON DELETE CASCADE` go with a table that is dropped to be made again.
#[tokio::test]
async fn upgrade_to_hosts_and_keys_keeps_what_refers_to_a_tenant() {
    for database in databases().await {
        let connection = database.connect().await;
        let fill = "
            INSERT INTO tenants (slug, name, is_default) VALUES ('t', 'T', TRUE);
            INSERT INTO tenant_hosts (host, tenant_id) VALUES ('shop.example', 1);
            INSERT INTO search_config_versions (tenant_id, number, document) VALUES (1, 1, '{}');
            INSERT INTO search_configs (tenant_id, live) VALUES (1, 1)";
        connection.execute_unprepared(fill).await.unwrap();
        let steps = since("tenant_access");
        Migrator::down(&connection, Some(steps)).await.unwrap();
        assert_eq!(count(&connection, "search_config_versions").await, 1);
        let hosts = "tenants WHERE host = 'shop.example'";
        assert_eq!(count(&connection, hosts).await, 1);
        Migrator::up(&connection, None).await.unwrap();
        for table in ["search_config_versions", "search_configs", "tenant_hosts"] {
            assert_eq!(count(&connection, table).await, 1, "{table}");
        }
        assert_eq!(count(&connection, "tenants WHERE is_default").await, 1);
    }
}

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
    // Triggers made these rows until then.
    let triggered = since("_words");
    Migrator::down(&connection, Some(triggered)).await.unwrap();
    connection.execute_unprepared(FILL).await.unwrap();
    let written_after = searched(&connection).await;
    let halves = written_after
        .iter()
        .filter(|words| words.contains("'~1/1'"));
    assert!((50..100).contains(&halves.count()), "of 150 about half");

    let steps = since("shares") - triggered;
    Migrator::down(&connection, Some(steps)).await.unwrap();
    let before = searched(&connection).await;
    assert!(before.iter().all(|words| !words.contains("'~1/")));
    let marked = before.iter().filter(|words| words.contains("'~1."));
    assert_eq!(marked.count(), 150);

    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(searched(&connection).await, written_after);
}

/// On SQLite the constraint is changed in the text of the table, and its index built anew.
#[tokio::test]
async fn external_ids_are_unique_per_seller_and_the_oldest_keeps_its_own_on_the_way_back() {
    for database in databases().await {
        let connection = database.connect().await;
        let fill = "
            INSERT INTO tenants (slug, name) VALUES ('t', 'T');
            INSERT INTO sellers (tenant_id, slug, name) VALUES (1, 's', 'S'), (1, 'o', 'O');
            INSERT INTO products (tenant_id, external_id, slug, title, seller_id, currency)
            VALUES (1, 'a', 'a', 'A', 1, 'EUR'), (1, 'b', 'b', 'B', 1, 'EUR')";
        connection.execute_unprepared(fill).await.unwrap();
        let other =
            "INSERT INTO products (tenant_id, external_id, slug, title, seller_id, currency)
                     VALUES (1, 'a', 'other', 'Other', 2, 'EUR')";
        let same = other.replace("'other', 'Other', 2", "'same', 'Same', 1");
        let steps = since("identity");
        Migrator::down(&connection, Some(steps)).await.unwrap();
        // SQLite's connections that were open before need a statement to notice.
        let connection = database.connect().await;
        assert!(connection.execute_unprepared(other).await.is_err());
        assert_eq!(count(&connection, "products").await, 2);
        Migrator::up(&connection, None).await.unwrap();
        let connection = database.connect().await;
        connection.execute_unprepared(other).await.unwrap();
        assert!(connection.execute_unprepared(&same).await.is_err());
        assert_eq!(
            count(&connection, "products WHERE external_id = 'a'").await,
            2
        );

        Migrator::down(&connection, Some(steps)).await.unwrap();
        assert_eq!(
            count(&connection, "products WHERE external_id = 'a'").await,
            1
        );
        assert_eq!(
            count(&connection, "products WHERE external_id LIKE 'a~%'").await,
            1
        );
        Migrator::up(&connection, None).await.unwrap();
        if connection.get_database_backend() == sea_orm::DbBackend::Sqlite {
            let sound = "pragma_integrity_check('products') WHERE integrity_check = 'ok'";
            assert_eq!(count(&connection, sound).await, 1);
        }
    }
}
