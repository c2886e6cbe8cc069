//! Vectors of products' texts, by model.

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::{ProductId, TenantId};

use crate::backend::{Kind, all, execute, json};
use crate::catalogue::LISTED;
use crate::{Backend, Store, StoreError};

/// Vectors that models have made of products' texts.
#[derive(Debug, Clone)]
pub struct ProductVectors {
    store: Store,
}

/// Text of a product, and what its vector was made of.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ProductText {
    /// Id of the product.
    pub id: i64,
    /// Title; none if the product is not listed.
    pub title: Option<String>,
    /// Description.
    pub description: String,
    /// Hash of the text that the model's vector was made of, if there is one.
    pub text_hash: Option<i64>,
}

/// Vector to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVector {
    /// The product.
    pub product: ProductId,
    /// Hash of the text.
    pub text_hash: i64,
    /// The vector, one byte per dimension.
    pub vector: Vec<u8>,
}

/// Characters of a title and of a description that are read.
const READ_CHARACTERS: usize = 1_000;

#[derive(FromQueryResult)]
struct VectorRow {
    product_id: i64,
    vector: Vec<u8>,
}

#[derive(Serialize)]
struct NewRow {
    product_id: i64,
    text_hash: i64,
    vector: String,
}

impl Store {
    /// Returns the vectors of products' texts.
    pub fn product_vectors(&self) -> ProductVectors {
        ProductVectors {
            store: self.clone(),
        }
    }
}

impl ProductVectors {
    /// Returns the beginnings of the texts of some products. Those that no longer exist are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn texts(
        &self,
        tenant: TenantId,
        model: &str,
        products: &[ProductId],
    ) -> Result<Vec<ProductText>, StoreError> {
        let backend = self.store.backend();
        let ids = backend.ids(products.iter().map(|product| product.0));
        let sql = text_query(&backend.among_ids("p.id", "$3"));
        let values = [tenant.0.into(), model.into(), ids];
        let statement = backend.statement(sql, values);
        all(self.store.connection(), statement).await
    }

    /// Returns the beginnings of the texts of products above an id, rising.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn texts_after(
        &self,
        tenant: TenantId,
        model: &str,
        after: ProductId,
        limit: u32,
    ) -> Result<Vec<ProductText>, StoreError> {
        let sql = format!("{} LIMIT $4", text_query("p.id > $3"));
        let values = [
            tenant.0.into(),
            model.into(),
            after.0.into(),
            i64::from(limit).into(),
        ];
        let statement = self.store.backend().statement(sql, values);
        all(self.store.connection(), statement).await
    }

    /// Returns vectors of products above an id, rising.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read(
        &self,
        tenant: TenantId,
        model: &str,
        after: ProductId,
        limit: u32,
    ) -> Result<Vec<(ProductId, Vec<u8>)>, StoreError> {
        let sql = "SELECT product_id, vector FROM product_vectors
                   WHERE tenant_id = $1 AND model = $2 AND product_id > $3 ORDER BY product_id LIMIT $4";
        let values = [
            tenant.0.into(),
            model.into(),
            after.0.into(),
            i64::from(limit).into(),
        ];
        let statement = self.store.backend().statement(sql, values);
        let rows: Vec<VectorRow> = all(self.store.connection(), statement).await?;
        let vectors = rows.into_iter();
        Ok(vectors
            .map(|row| (ProductId(row.product_id), row.vector))
            .collect())
    }

    /// Keeps vectors of a model. Those of products that are gone meanwhile are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn write(
        &self,
        tenant: TenantId,
        model: &str,
        vectors: &[NewVector],
    ) -> Result<(), StoreError> {
        let backend = self.store.backend();
        let rows = vectors.iter().map(|new| NewRow {
            product_id: new.product.0,
            text_hash: new.text_hash,
            vector: hex::encode(&new.vector),
        });
        let rows = json(&rows.collect::<Vec<_>>())?;
        let columns = [
            ("product_id", Kind::Integer),
            ("text_hash", Kind::Integer),
            ("vector", Kind::Text),
        ];
        let bytes = match backend {
            Backend::Postgres => "decode(r.vector, 'hex')",
            Backend::Sqlite => "unhex(r.vector)",
        };
        let sql = format!(
            "INSERT INTO product_vectors (tenant_id, product_id, model, text_hash, vector)
             SELECT p.tenant_id, p.id, $2, r.text_hash, {bytes}
             FROM {} JOIN products p ON p.tenant_id = $1 AND p.id = r.product_id WHERE true
             ON CONFLICT (tenant_id, product_id, model) DO UPDATE
             SET text_hash = excluded.text_hash, vector = excluded.vector",
            backend.record_set("$3", &columns)
        );
        let statement = backend.statement(sql, [tenant.0.into(), model.into(), rows]);
        execute(self.store.connection(), statement).await?;
        Ok(())
    }
}

/// Returns the statement of the texts of products that meet a condition.
fn text_query(condition: &str) -> String {
    format!(
        "SELECT p.id, CASE WHEN {LISTED} THEN substr(p.title, 1, {READ_CHARACTERS}) END AS title,
             substr(p.description, 1, {READ_CHARACTERS}) AS description, v.text_hash
         FROM products p
         LEFT JOIN product_vectors v ON v.tenant_id = p.tenant_id AND v.product_id = p.id AND v.model = $2
         WHERE p.tenant_id = $1 AND {condition} ORDER BY p.id"
    )
}
