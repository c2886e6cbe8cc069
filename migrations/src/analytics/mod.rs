//! What people search, click and buy, by day.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// The tables of search analytics.
pub(crate) struct Analytics;

impl MigrationName for Analytics {
    fn name(&self) -> &str {
        "m20261127_000005_analytics"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Analytics {
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
