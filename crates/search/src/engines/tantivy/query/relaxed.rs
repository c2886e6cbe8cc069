//! Query relaxation on one snapshot: all stages see the same state, and only the last stage reads its hits.

use futures_util::FutureExt as _;
use souk_domain::SearchPage;
use tantivy::TantivyError;

use super::search::{RankedPage, find};
use crate::SearchPlan;
use crate::engines::tantivy::index::tenant::{Snapshot, TenantIndex};
use crate::relaxation::{self, Stages};

/// Returns the page of the strictest stage that finds something.
pub(crate) fn search(tenant: &TenantIndex, plan: &SearchPlan) -> tantivy::Result<SearchPage> {
    let snapshot = tenant.snapshot();
    let stages = SnapshotStages {
        tenant,
        snapshot: &snapshot,
    };
    // No stage awaits anything, so the future is ready when first polled.
    let relaxed = relaxation::relaxed(&stages, plan).now_or_never();
    let pending = || TantivyError::InternalError("a stage must not await".to_owned());
    let (plan, found) = relaxed.ok_or_else(pending)??;
    found.page(&snapshot, &plan)
}

/// Relaxation stages of a search on one snapshot.
struct SnapshotStages<'a> {
    tenant: &'a TenantIndex,
    snapshot: &'a Snapshot,
}

impl Stages for SnapshotStages<'_> {
    type Results = RankedPage;
    type Error = TantivyError;

    async fn find(&self, plan: &SearchPlan) -> tantivy::Result<RankedPage> {
        find(self.tenant, self.snapshot, plan)
    }

    fn total(found: &RankedPage) -> u64 {
        found.total
    }
}
