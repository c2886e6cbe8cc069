//! The base schema: tenants, the catalogue, the outbox and the triggers that fill it.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// The base schema.
pub(crate) struct Base;

impl MigrationName for Base {
    fn name(&self) -> &str {
        "m20261121_000001_base"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Base {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (tables, triggers) = match manager.get_database_backend() {
            DbBackend::Postgres => (
                include_str!("postgres_tables.sql"),
                include_str!("postgres_triggers.sql"),
            ),
            _ => (
                include_str!("sqlite_tables.sql"),
                include_str!("sqlite_triggers.sql"),
            ),
        };
        let connection = manager.get_connection();
        connection.execute_unprepared(tables).await?;
        connection.execute_unprepared(triggers).await?;
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
