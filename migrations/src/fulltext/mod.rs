//! Full text for the database engine, kept by triggers so that a change made by plain SQL counts like any other.
//!
//! Words are kept as they are written, lower-cased and without Latin accents, but not stemmed: the engine finds the
//! words of the same stem, beginning or spelling in the vocabulary, so that every language and both databases match
//! alike. Names of categories, fandoms and sellers have indexes of their own: renaming one rewrites no product.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Full text.
pub(crate) struct Fulltext;

impl MigrationName for Fulltext {
    fn name(&self) -> &str {
        "m20261121_000002_fulltext"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Fulltext {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("postgres.sql"),
            _ => include_str!("sqlite.sql"),
        };
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("postgres_down.sql"),
            _ => include_str!("sqlite_down.sql"),
        };
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
