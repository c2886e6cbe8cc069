//! Products of one seller that are not archived, and their archiving in bulk.

use sea_orm::FromQueryResult;
use souk_domain::{ProductId, SellerId};

use super::{Products, begun_anew};
use crate::{
    Backend, StoreError,
    backend::{IdRow, all, now_ms},
};

#[derive(FromQueryResult)]
struct LiveRow {
    id: i64,
    external_id: String,
}

/// Products of a seller that are not archived, by id: `$1` tenant, `$2` seller, `$3` id before, `$4` number.
pub(crate) const LIVE: &str = "SELECT id, external_id FROM products
     WHERE tenant_id = $1 AND seller_id = $2 AND id > $3 AND status <> 'archived'
     ORDER BY id LIMIT $4";

/// `$1` tenant, `$2` ids, `$3` now, `$4` seller. The pluses are for SQLite.
pub(crate) fn archive_sql(backend: Backend) -> String {
    format!(
        "UPDATE products SET status = 'archived', updated_at = $3
         WHERE {} AND +tenant_id = $1 AND +seller_id = $4 AND status <> 'archived'
         RETURNING id",
        backend.among_ids("id", "$2")
    )
}

impl Products {
    /// Returns id and external id of up to `limit` products of a seller after an id that are not archived, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn live_of_seller(
        &self,
        seller: SellerId,
        after: ProductId,
        limit: u32,
    ) -> Result<Vec<(ProductId, String)>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            seller.0.into(),
            after.0.into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(LIVE, values);
        let rows: Vec<LiveRow> = all(self.scope.store.connection(), statement).await?;
        let products = rows.into_iter();
        Ok(products
            .map(|row| (ProductId(row.id), row.external_id))
            .collect())
    }

    /// Archives products of a seller in one transaction, and returns how many were not. Those that belong to another
    /// seller by now stay.
    ///
    /// # Errors
    /// If the database fails; nothing is written then.
    #[tracing::instrument(name = "archive_products", skip_all)]
    pub async fn archive_of_seller(
        &self,
        seller: SellerId,
        ids: &[ProductId],
    ) -> Result<u64, StoreError> {
        if ids.is_empty() {
            return Ok(0);
        }
        begun_anew(|_| self.archive_once(seller, ids)).await
    }

    async fn archive_once(&self, seller: SellerId, ids: &[ProductId]) -> Result<u64, StoreError> {
        let store = &self.scope.store;
        let backend = store.backend();
        let ids = || backend.ids(ids.iter().map(|id| id.0));
        let transaction = store.begin().await?;
        if backend == Backend::Postgres {
            // In the order of their ids, as all who write several lock them.
            let sql = "SELECT id FROM products WHERE tenant_id = $1 AND id = ANY ($2::bigint[]) ORDER BY id FOR UPDATE";
            let lock = backend.statement(sql, [self.scope.tenant.0.into(), ids()]);
            all::<IdRow>(&transaction, lock).await?;
        }
        let values = [
            self.scope.tenant.0.into(),
            ids(),
            now_ms().into(),
            seller.0.into(),
        ];
        let statement = backend.statement(archive_sql(backend), values);
        let archived: Vec<IdRow> = all(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(archived.len() as u64)
    }
}
