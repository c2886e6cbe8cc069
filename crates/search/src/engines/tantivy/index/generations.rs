//! Index generations: builds, lists, puts into service and discards further indexes of a tenant.

use std::path::Path;
use std::sync::Arc;

use souk_domain::{Language, TenantId};

use super::layout;
use super::schema;
use super::tenant::TenantIndex;
use super::{Inner, index_error};
use crate::{Generation, IndexError, IndexOp, OpOutcome, PhysicalIndex, Refresh};

impl Inner {
    pub(crate) fn create(
        &self,
        tenant: TenantId,
        language: Language,
        generation: Generation,
    ) -> Result<(), IndexError> {
        let _lifecycle = self.lifecycle.lock();
        if self.open_generation(tenant, generation)?.is_some() {
            return Ok(());
        }
        let folder = self.folder(tenant).generation(generation);
        let folder = TenantIndex::path(&folder, language);
        let index = TenantIndex::create(&folder, language, generation)
            .map_err(|error| index_error(error, &folder))?;
        self.building.write().insert((tenant, generation), index);
        Ok(())
    }

    pub(crate) fn apply_to(
        &self,
        tenant: TenantId,
        generation: Generation,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        let index = self.generation(tenant, generation)?;
        self.with_writer(&index, |writer, versions| {
            writer.apply(&index, versions, ops, refresh)
        })
    }

    pub(crate) fn finish(
        &self,
        tenant: TenantId,
        generation: Generation,
    ) -> Result<u64, IndexError> {
        let index = self.generation(tenant, generation)?;
        self.with_writer(&index, |writer, versions| writer.refresh(&index, versions))?;
        Ok(index.snapshot().searcher.num_docs())
    }

    pub(crate) fn serve(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError> {
        let _lifecycle = self.lifecycle.lock();
        let index = self
            .open_generation(tenant, generation)?
            .ok_or_else(|| missing(tenant, generation))?;
        // Opening the writer first keeps a process without the write lock from serving this generation.
        self.with_writer(&index, |writer, versions| writer.refresh(&index, versions))?;
        let folder = self.folder(tenant);
        folder
            .set_served(generation)
            .map_err(IndexError::unavailable)?;
        let before = self.tenants.write().insert(tenant, index.clone());
        self.building.write().remove(&(tenant, generation));
        if let Some(before) = before.filter(|before| !Arc::ptr_eq(before, &index)) {
            drop(before.writer.lock().writer.take());
        }
        Ok(())
    }

    pub(crate) fn discard(
        &self,
        tenant: TenantId,
        generation: Generation,
    ) -> Result<(), IndexError> {
        let _lifecycle = self.lifecycle.lock();
        let folder = self.folder(tenant);
        if folder.served().map_err(IndexError::unavailable)? == generation {
            let reason = format!("generation {} is served", generation.0);
            return Err(IndexError::engine(reason));
        }
        if let Some(index) = self.building.write().remove(&(tenant, generation)) {
            drop(index.writer.lock().writer.take());
        }
        folder.remove(generation).map_err(IndexError::unavailable)
    }

    pub(crate) fn indexes(&self, tenant: TenantId) -> Result<Vec<PhysicalIndex>, IndexError> {
        let folder = self.folder(tenant);
        let served = folder.served().map_err(IndexError::unavailable)?;
        let mut found = Vec::new();
        for generation in folder.generations().map_err(IndexError::unavailable)? {
            let usable = folder.usable(generation);
            let paths = folder
                .indexes_of(generation)
                .map_err(IndexError::unavailable)?;
            let documents = match self.open_already(tenant, generation) {
                Some(open) => open.snapshot().searcher.num_docs(),
                None => usable.as_ref().map_or(0, |(path, _)| documents(path)),
            };
            let name = folder.generation(generation);
            found.push(PhysicalIndex {
                generation,
                name: name.display().to_string(),
                serving: generation == served,
                documents,
                bytes: paths.iter().map(|path| layout::bytes(path)).sum(),
                current: usable.is_some(),
            });
        }
        Ok(found)
    }

    /// Returns the index of this generation, opening it if needed.
    pub(crate) fn generation(
        &self,
        tenant: TenantId,
        generation: Generation,
    ) -> Result<Arc<TenantIndex>, IndexError> {
        if let Some(open) = self.open_already(tenant, generation) {
            return Ok(open);
        }
        let _lifecycle = self.lifecycle.lock();
        let opened = self.open_generation(tenant, generation)?;
        opened.ok_or_else(|| missing(tenant, generation))
    }

    fn open_already(&self, tenant: TenantId, generation: Generation) -> Option<Arc<TenantIndex>> {
        let served = self.tenants.read().get(&tenant).cloned();
        served
            .filter(|served| served.generation == generation)
            .or_else(|| self.building.read().get(&(tenant, generation)).cloned())
    }

    /// Returns the generation's index, opening it if needed. Callers hold `lifecycle`.
    fn open_generation(
        &self,
        tenant: TenantId,
        generation: Generation,
    ) -> Result<Option<Arc<TenantIndex>>, IndexError> {
        if let Some(open) = self.open_already(tenant, generation) {
            return Ok(Some(open));
        }
        let Some((path, language)) = self.folder(tenant).usable(generation) else {
            return Ok(None);
        };
        let index = TenantIndex::open(&path, language, generation)
            .map_err(|error| index_error(error, &path))?;
        self.building
            .write()
            .insert((tenant, generation), index.clone());
        Ok(Some(index))
    }
}

/// Counts the documents of an index that is not open; 0 if it cannot be read.
fn documents(path: &Path) -> u64 {
    let metas = tantivy::Index::open_in_dir(path).and_then(|index| {
        schema::register_tokenizers(&index);
        index.load_metas()
    });
    let documents = |segments: Vec<tantivy::SegmentMeta>| {
        segments
            .iter()
            .map(|segment| u64::from(segment.num_docs()))
            .sum()
    };
    metas.map_or(0, |metas| documents(metas.segments))
}

fn missing(tenant: TenantId, generation: Generation) -> IndexError {
    IndexError::Missing(format!(
        "of generation {} for tenant {tenant}",
        generation.0
    ))
}
