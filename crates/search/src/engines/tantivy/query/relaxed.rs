//! Relaxing in one go: all stages see the same state of the index, and the hits of the last one alone are read.

use futures_util::FutureExt as _;
use souk_domain::SearchPage;
use tantivy::TantivyError;

use super::search::{Found, find};
use crate::SearchPlan;
use crate::engines::tantivy::index::tenant::{Snapshot, TenantIndex};
use crate::relaxation::{self, Stages};

/// The page of the strictest stage that finds something.
pub(crate) fn search(tenant: &TenantIndex, plan: &SearchPlan) -> tantivy::Result<SearchPage> {
    let snapshot = tenant.snapshot();
    let stages = InOneGo {
        tenant,
        snapshot: &snapshot,
    };
    // Nothing in it waits, so that it is ready when it is first asked.
    let relaxed = relaxation::relaxed(&stages, plan).now_or_never();
    let waiting = || TantivyError::InternalError("a stage waits for something".to_owned());
    let (plan, found) = relaxed.ok_or_else(waiting)??;
    found.page(&snapshot, &plan)
}

/// The stages of one search.
struct InOneGo<'a> {
    tenant: &'a TenantIndex,
    snapshot: &'a Snapshot,
}

impl Stages for InOneGo<'_> {
    type Found = Found;
    type Error = TantivyError;

    async fn find(&self, plan: &SearchPlan) -> tantivy::Result<Found> {
        find(self.tenant, self.snapshot, plan)
    }

    fn total(found: &Found) -> u64 {
        found.total
    }
}
