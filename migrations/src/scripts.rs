//! Migrations that are SQL alone: scripts for either database, run as they are.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// A migration of SQL scripts.
pub(crate) struct Scripts {
    /// Name in the database, which never changes.
    pub(crate) name: &'static str,
    pub(crate) postgres: Script,
    pub(crate) sqlite: Script,
}

/// Statements for one kind of database.
pub(crate) struct Script {
    /// Statements that migrate, in order.
    pub(crate) up: &'static [&'static str],
    /// Statements that revert the migration.
    pub(crate) down: &'static str,
}

impl Script {
    /// Nothing to do, and nothing to take back.
    pub(crate) const NONE: Self = Self {
        up: &[],
        down: "SELECT 1",
    };
}

impl Scripts {
    fn of(&self, manager: &SchemaManager<'_>) -> &Script {
        match manager.get_database_backend() {
            DbBackend::Postgres => &self.postgres,
            _ => &self.sqlite,
        }
    }
}

impl MigrationName for Scripts {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Scripts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in self.of(manager).up {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = self.of(manager).down;
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    // SQLite would not by itself.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
