//! The schema of PostgreSQL and SQLite: tables, triggers and indexes.
//!
//! Both databases have the same tables under the same names; what differs is how a trigger is written and how
//! full text is kept. SQL is written by hand, one file a database, because triggers are the heart of it.

use sea_orm_migration::{
    MigratorTrait,
    prelude::*,
    sea_orm::{
        ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend,
        SqliteTransactionMode, TransactionOptions, TransactionTrait,
    },
};

mod m0001_base;
mod m0002_fulltext;
mod m0003_cache;
mod m0004_sessions;
mod m0005_search_configs;
mod m0006_analytics;
mod m0007_trace;
mod m0008_visitors;
mod m0009_pruning;
mod m0010_proven_queries;
mod m0011_packed;
mod m0012_shares;
mod m0013_visitor_salts;
mod m0014_tenant_access;
mod m0015_bulk;
mod m0016_variant_sku;
mod m0017_offers;
mod m0019_closing;
mod m0020_places;
mod m0021_imports;
mod m0022_attributes;
mod m0023_identity;
mod m0024_details;
mod m0025_projection;
mod m0026_variants;
mod m0027_networks;
mod m0028_words;
mod m0029_values;
mod m0031_notices;
mod m0035_further_offers;
mod m0036_vectors;
mod m0037_api_keys;
mod m0038_audit;
mod m0039_accounts;
mod m0040_account_sessions;
mod m0041_mails;
mod m0042_second_factors;
mod m0043_people;
mod m0044_identity_limits;
mod m0046_selling;
mod m0047_event_sinks;
mod scripts;

/// Key of the advisory lock; no other program may use it on the same database.
const ADVISORY_LOCK: i64 = 0x50_55_4B_01;

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let scripts = [
            m0001_base::BASE,
            m0002_fulltext::FULLTEXT,
            m0003_cache::CACHE,
            m0004_sessions::SESSIONS,
            m0005_search_configs::SEARCH_CONFIGS,
            m0006_analytics::ANALYTICS,
            m0007_trace::TRACE,
            m0008_visitors::VISITORS,
            m0009_pruning::PRUNING,
            m0010_proven_queries::PROVEN_QUERIES,
            m0011_packed::PACKED,
            m0012_shares::SHARES,
            m0013_visitor_salts::VISITOR_SALTS,
            m0014_tenant_access::TENANT_ACCESS,
            m0015_bulk::BULK,
            m0016_variant_sku::VARIANT_SKU,
            m0017_offers::OFFERS,
            m0019_closing::CLOSING,
            m0020_places::PLACES,
            m0021_imports::IMPORTS,
            m0022_attributes::ATTRIBUTES,
            m0023_identity::IDENTITY,
            m0024_details::DETAILS,
            m0025_projection::PROJECTION,
            m0026_variants::VARIANTS,
            m0027_networks::NETWORKS,
            m0028_words::WORDS,
            m0029_values::VALUES,
            m0031_notices::NOTICES,
            m0035_further_offers::FURTHER_OFFERS,
            m0036_vectors::VECTORS,
            m0037_api_keys::API_KEYS,
            m0038_audit::AUDIT,
            m0039_accounts::ACCOUNTS,
            m0040_account_sessions::ACCOUNT_SESSIONS,
            m0041_mails::MAILS,
            m0043_people::PEOPLE,
            m0044_identity_limits::IDENTITY_LIMITS,
            m0046_selling::SELLING,
            m0047_event_sinks::EVENT_SINKS,
            m0042_second_factors::SECOND_FACTORS,
        ];
        scripts
            .into_iter()
            .map(|scripts| Box::new(scripts) as Box<dyn MigrationTrait>)
            .collect()
    }
}

/// Applies what is pending, all or nothing, and returns the names of what it applied.
///
/// Several processes may call it at once: one works, the others wait and find nothing to do.
///
/// # Errors
/// If the database refuses a statement or cannot be reached.
pub async fn migrate(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = database.begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        let lock = format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})");
        transaction.execute_unprepared(&lock).await?;
    }
    let names = Migrator::get_pending_migrations(&transaction)
        .await?
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    Migrator::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(names)
}

/// Applies [`migrate`] to the database at a URL, `postgres://...` or `sqlite://PATH?mode=rwc`.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_url(url: &str) -> Result<Vec<String>, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    let names = migrate(&database).await;
    database.close().await?;
    names
}

/// Names of the migrations that [`migrate`] would apply; changes nothing.
///
/// # Errors
/// If the database cannot be reached, or was migrated by a newer version of Souk.
pub async fn pending(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let pending = Migrator::get_pending_migrations_read_only(database).await?;
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect())
}

#[cfg(test)]
mod tests {
    use sea_orm_migration::sea_orm::Statement;

    use super::*;

    #[tokio::test]
    async fn migrations_up_then_down_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("souk.db");
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let all = Migrator::migrations().len();
        assert_eq!(migrate_url(&url).await.unwrap().len(), all);
        let database = Database::connect(&url).await.unwrap();
        Migrator::down(&database, None).await.unwrap();
        let left = "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'seaql_%'";
        let left = Statement::from_string(DbBackend::Sqlite, left);
        let left = database.query_one_raw(left).await.unwrap().unwrap();
        assert_eq!(left.try_get_by_index::<i64>(0).unwrap(), 0);
        database.close().await.unwrap();
        assert_eq!(migrate_url(&url).await.unwrap().len(), all);
    }
}
