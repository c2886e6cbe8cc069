//! Projection that the SQL engine searches: words, part numbers and attributes of product documents, and words of names.
//!
//! Triggers note what has changed; [`SqlProjection`] reads it after the commit, as the indexer does, and writes the tables.
//! Words are those that [`crate::query::analysis`] makes for every engine.

mod rows;

use std::collections::BTreeSet;

use souk_domain::{Language, TenantId};
use souk_store::{ProjectionBatch, SearchProjection, Store, StoreError};

pub(crate) use rows::{IndexedTexts, NameRow, ProductRow, STEM_MARK, VocabularyRow};

use super::dialect::index;
use crate::{SearchError, query::analysis::Analyzer, words};

/// Writer of what the SQL engine searches. Those of several processes share the work.
#[derive(Debug, Clone)]
pub struct SqlProjection {
    store: Store,
    notes: SearchProjection,
}

impl SqlProjection {
    /// Returns the projection of a migrated database.
    pub fn new(store: Store) -> Self {
        Self {
            notes: store.search_projection(),
            store,
        }
    }

    /// Has everything of a tenant projected again if its words were made by another analyzer than this program's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prepare(&self, tenant: TenantId, language: Language) -> Result<bool, StoreError> {
        self.notes.renew(tenant, &analyzer_hash(language)).await
    }

    /// Projects up to `limit` waiting changes, and returns how many notes it settled.
    ///
    /// # Errors
    /// If the database fails; then the same changes wait as before.
    pub async fn advance(&self, limit: u32) -> Result<usize, SearchError> {
        let taken = self.notes.take(limit).await;
        let Some(batch) = taken.map_err(SearchError::unavailable)? else {
            return Ok(0);
        };
        self.write(&batch).await?;
        let notes = batch.notes;
        batch.commit().await.map_err(SearchError::unavailable)?;
        Ok(notes)
    }

    /// Projects all waiting changes, up to `limit` in a transaction, and returns how many notes it settled.
    ///
    /// # Errors
    /// If the database fails; what was committed before stays.
    pub async fn catch_up(&self, limit: u32) -> Result<u64, SearchError> {
        let mut projected = 0;
        loop {
            match self.advance(limit).await? {
                0 => return Ok(projected),
                notes => projected += notes as u64,
            }
        }
    }

    async fn write(&self, batch: &ProjectionBatch) -> Result<(), SearchError> {
        let connection = batch.connection();
        index::begin(connection).await?;
        let tenants: BTreeSet<TenantId> = (batch.products.keys().copied())
            .chain(batch.names.iter().map(|name| name.tenant))
            .collect();
        let mut unlisted: Vec<i64> = Vec::new();
        for tenant in tenants {
            let found = self.store.tenants().get(tenant).await;
            let Some(found) = found.map_err(SearchError::unavailable)? else {
                continue;
            };
            let mut analyzer = Analyzer::new(found.language);
            let mut vocabulary = BTreeSet::new();
            let ids = batch.products.get(&tenant).map_or(&[][..], Vec::as_slice);
            let documents = self.store.scope(tenant).documents(ids).await;
            let documents = documents.map_err(SearchError::unavailable)?;
            let products: Vec<ProductRow<'_>> = documents
                .iter()
                .map(|document| ProductRow::new(document, &mut analyzer, &mut vocabulary))
                .collect();
            let names: Vec<NameRow<'_>> = (batch.names.iter())
                .filter(|name| name.tenant == tenant)
                .map(|name| NameRow::new(name, &mut analyzer, &mut vocabulary))
                .collect();
            let listed: BTreeSet<i64> = products.iter().map(|row| row.id).collect();
            unlisted.extend(ids.iter().map(|id| id.0).filter(|id| !listed.contains(id)));
            index::write_products(connection, tenant, &products).await?;
            index::write_names(connection, &names).await?;
            index::write_vocabulary(connection, tenant, vocabulary).await?;
            let made_by = batch.made_by(tenant, &analyzer_hash(found.language)).await;
            made_by.map_err(SearchError::unavailable)?;
        }
        index::delete(connection, &batch.deleted, &unlisted).await
    }
}

/// Returns what tells the analyzer that makes a language's words from others.
fn analyzer_hash(language: Language) -> String {
    format!("{:016x}", words::fingerprint(language))
}
