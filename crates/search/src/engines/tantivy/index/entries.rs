//! Lists indexed products by id, for verification against the database.

use souk_domain::ProductId;
use tantivy::DocId;

use super::columns::alive;
use super::schema;
use super::tenant::TenantIndex;
use crate::IndexEntry;

/// Returns up to `limit` entries with ids above `after`, in ascending order.
pub(crate) fn entries(
    tenant: &TenantIndex,
    after: Option<ProductId>,
    limit: usize,
) -> tantivy::Result<Vec<IndexEntry>> {
    tenant.refresh()?;
    let snapshot = tenant.snapshot();
    let mut found: Vec<(i64, usize, DocId)> = Vec::new();
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let is_alive = alive(reader);
        for (doc, &id) in table.ids.iter().enumerate() {
            let doc = doc as DocId;
            let follows = after.is_none_or(|after| id > after.0);
            if follows && is_alive(doc) {
                found.push((id, segment, doc));
            }
        }
    }
    if found.len() > limit {
        found.select_nth_unstable(limit);
        found.truncate(limit);
    }
    found.sort_unstable();
    let columns = snapshot.segments().map(|(reader, _)| {
        let fast = reader.fast_fields();
        Ok((fast.u64(schema::VERSION)?, fast.u64(schema::CONTENT_HASH)?))
    });
    let columns: Vec<_> = columns.collect::<tantivy::Result<_>>()?;
    let entry = |(id, segment, doc): (i64, usize, DocId)| {
        let (versions, hashes) = &columns[segment];
        IndexEntry {
            id: ProductId(id),
            version: versions.first(doc).unwrap_or_default(),
            content_hash: hashes.first(doc).unwrap_or_default(),
        }
    };
    Ok(found.into_iter().map(entry).collect())
}
