//! Rows as PostgreSQL's COPY takes them: out of one database and into another.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::TryStreamExt;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, Statement,
    sqlx::{self, PgConnection, postgres::PgPoolCopyExt},
};

/// Bytes that are sent at once.
const CHUNK: usize = 1 << 18;
/// Changes that wait to be indexed: of the tables filled, the one that is not the catalogue.
const OUTBOX: &str = "outbox";

/// The rows of a database, a file for each table.
pub(super) struct Rows {
    tables: Vec<Table>,
}

struct Table {
    name: String,
    file: PathBuf,
}

/// Time to load rows.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Copied {
    /// The catalogue: products, their variants, and what searches read of them.
    pub(super) catalogue: Duration,
    /// Changes that wait to be indexed.
    pub(super) outbox: Duration,
    /// Number of rows.
    pub(super) rows: u64,
}

impl Rows {
    /// Writes all rows that `source` has, of tables that are empty in a fresh database.
    pub(super) async fn of(
        source: &DatabaseConnection,
        fresh: &DatabaseConnection,
        folder: &Path,
    ) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let known = filled(fresh).await?;
        let mut tables = Vec::new();
        for name in filled(source).await?.difference(&known) {
            let file = folder.join(name);
            let mut rows = BufWriter::new(File::create(&file)?);
            let copy = format!("COPY \"{name}\" TO STDOUT");
            let pool = source.get_postgres_connection_pool();
            let mut chunks = pool.copy_out_raw(&copy).await?;
            while let Some(chunk) = chunks.try_next().await? {
                rows.write_all(&chunk)?;
            }
            rows.flush()?;
            let name = name.clone();
            tables.push(Table { name, file });
        }
        Ok(Self { tables })
    }

    /// Size in bytes.
    pub(super) fn bytes(&self) -> Result<u64> {
        let sizes = self.tables.iter().map(|table| fs::metadata(&table.file));
        Ok(sizes
            .map(|size| size.map(|size| size.len()))
            .sum::<Result<u64, _>>()?)
    }

    /// Loads them into a fresh database by COPY and nothing else: no trigger sees a row, and no foreign key is checked.
    pub(super) async fn copy_into(&self, target: &DatabaseConnection) -> Result<Copied> {
        let pool = target.get_postgres_connection_pool();
        let mut connection = pool.acquire().await?;
        sqlx::raw_sql("SET session_replication_role = replica")
            .execute(&mut *connection)
            .await?;
        let mut copied = Copied::default();
        for table in &self.tables {
            let begun = Instant::now();
            copied.rows += table.copy_into(&mut connection).await?;
            if table.name == OUTBOX {
                copied.outbox += begun.elapsed();
            } else {
                copied.catalogue += begun.elapsed();
            }
        }
        // Nobody else is to write without triggers.
        connection.close().await?;
        Ok(copied)
    }
}

impl Table {
    async fn copy_into(&self, connection: &mut PgConnection) -> Result<u64> {
        let copy = format!("COPY \"{}\" FROM STDIN", self.name);
        let mut file = File::open(&self.file)?;
        let mut chunk = vec![0; CHUNK];
        let mut copying = connection.copy_in_raw(&copy).await?;
        loop {
            let length = file.read(&mut chunk)?;
            if length == 0 {
                break;
            }
            copying.send(&chunk[..length]).await?;
        }
        let rows = copying.finish().await?;
        ensure!(rows > 0, "{} is empty", self.name);
        Ok(rows)
    }
}

/// The tables that have a row.
async fn filled(database: &DatabaseConnection) -> Result<BTreeSet<String>> {
    let select = |sql: String| Statement::from_string(DbBackend::Postgres, sql);
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
    let mut filled = BTreeSet::new();
    for table in database.query_all_raw(select(tables.to_owned())).await? {
        let name: String = table.try_get_by_index(0)?;
        let exists = select(format!("SELECT EXISTS (SELECT FROM \"{name}\")"));
        let row = database.query_one_raw(exists).await?.context("no answer")?;
        if row.try_get_by_index(0)? {
            filled.insert(name);
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use souk_testkit::TestDatabase;

    use super::*;

    #[tokio::test]
    async fn rows_are_copied_as_they_are_and_nothing_else_is_written() {
        let (source, target) = (
            TestDatabase::postgres().await,
            TestDatabase::postgres().await,
        );
        let (source, target) = (source.connect().await, target.connect().await);
        source
            .execute_unprepared(
                "INSERT INTO tenants (id, slug, name) VALUES (1, 'one', 'One');
                 INSERT INTO sellers (id, tenant_id, slug, name) VALUES (1, 1, 'ada', 'Ada');
                 INSERT INTO products (id, tenant_id, external_id, slug, title, seller_id, currency)
                     VALUES (1, 1, 'e', 's', E'A \\\\ tab\\t', 1, 'EUR');
                 DELETE FROM outbox",
            )
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let rows = Rows::of(&source, &target, folder.path()).await.unwrap();
        let copied = rows.copy_into(&target).await.unwrap();

        let tables = filled(&target).await.unwrap();
        assert_eq!(tables, filled(&source).await.unwrap());
        assert!(tables.contains("search_pending") && !tables.contains(OUTBOX));
        assert!(copied.rows >= 5 && copied.outbox.is_zero(), "{copied:?}");
        let again = Rows::of(&source, &target, folder.path()).await.unwrap();
        assert_eq!(again.bytes().unwrap(), 0);
        let title = Statement::from_string(DbBackend::Postgres, "SELECT title FROM products");
        let row = target.query_one_raw(title).await.unwrap().unwrap();
        let title: String = row.try_get_by_index(0).unwrap();
        assert_eq!(title, "A \\ tab\t");
    }
}
