//! What caches were not told.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// The table of what caches were not told.
pub(crate) struct Cache;

impl MigrationName for Cache {
    fn name(&self) -> &str {
        "m20261121_000003_cache"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Cache {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("postgres.sql"),
            _ => include_str!("sqlite.sql"),
        };
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = include_str!("down.sql");
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
