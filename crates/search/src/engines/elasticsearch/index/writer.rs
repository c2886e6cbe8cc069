//! Applies changes: in bulk requests of a bounded size, one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::Bytes;
use souk_domain::{Language, TenantId};
use tokio::time::Instant;

use super::bulk::{self, Item, Verdict};
use super::chunks::{Chunk, ChunkLimit, Chunks};
use super::index_names::Names;
use crate::engines::elasticsearch::cluster::client::{Client, Method, Request};
use crate::engines::elasticsearch::cluster::failure::Failure;
use crate::engines::elasticsearch::options::ElasticsearchOptions;
use crate::{Generation, IndexError, IndexOp, OpOutcome, Refresh};

/// Waits between attempts at what a busy cluster turned away.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Target index of changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// Each to the one its tenant is served from. What has to be deleted from none is deleted.
    Served,
    /// All to this one, which has to be there.
    Named(TenantId, Generation),
}

impl Target {
    fn index(self, names: &Names, op: &IndexOp) -> String {
        match self {
            Self::Served => names.alias(op.tenant()),
            Self::Named(tenant, generation) => names.index(tenant, generation),
        }
    }
}

/// Sends one batch of changes.
pub(crate) struct Batch<'a> {
    pub(crate) client: &'a Client,
    pub(crate) options: &'a ElasticsearchOptions,
    pub(crate) names: &'a Names,
    pub(crate) target: Target,
    /// Languages of the tenants; that of any other is none.
    pub(crate) languages: BTreeMap<TenantId, Language>,
}

impl Batch<'_> {
    /// Applies the changes and answers their outcomes in order.
    pub(crate) async fn apply(
        &self,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        let ops: Arc<[IndexOp]> = ops.into();
        let mut outcomes = vec![OpOutcome::Stale; ops.len()];
        let mut chunks = self.chunks(&ops);
        let mut sent_before = false;
        loop {
            let chunk;
            (chunk, chunks) = encode_next(chunks).await?;
            for (place, reason) in chunk.refused {
                outcomes[place] = OpOutcome::Rejected(reason);
            }
            // A request refreshes what it wrote itself; what others wrote takes one more.
            let is_only = chunk.is_last && !sent_before;
            let itself = if is_only { refresh } else { Refresh::Later };
            if !chunk.items.is_empty() {
                self.send(chunk.items, itself, &ops, &mut outcomes).await?;
                sent_before |= !chunk.is_last;
            }
            if chunk.is_last {
                break;
            }
        }
        if sent_before && refresh == Refresh::Now {
            self.refresh(&ops).await?;
        }
        Ok(outcomes)
    }

    fn chunks(&self, ops: &Arc<[IndexOp]>) -> Chunks {
        let indexes = ops.iter().map(|op| self.target.index(self.names, op));
        let limit = ChunkLimit {
            count: self.options.bulk_count,
            bytes: self.options.bulk_bytes,
        };
        Chunks::new(
            Arc::clone(ops),
            indexes.collect(),
            self.languages.clone(),
            limit,
        )
    }

    /// Sends changes until each has an outcome, for as long as the cluster may be busy.
    async fn send(
        &self,
        mut items: Vec<Item>,
        refresh: Refresh,
        ops: &[IndexOp],
        outcomes: &mut [OpOutcome],
    ) -> Result<(), IndexError> {
        let deadline = Instant::now() + self.options.retry_for;
        let mut waits = ExponentialBuilder::default()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_jitter()
            .without_max_times()
            .build();
        loop {
            let (busy, why) = self.attempt(items, refresh, ops, outcomes).await?;
            if busy.is_empty() {
                return Ok(());
            }
            let wait = waits.next().unwrap_or(LONGEST_WAIT);
            if Instant::now() + wait > deadline {
                return Err(IndexError::unavailable(format!(
                    "{} changes were turned away until time was up: {why}",
                    busy.len()
                )));
            }
            tracing::debug!(changes = busy.len(), %why, ?wait, "the cluster is busy");
            tokio::time::sleep(wait).await;
            items = busy;
        }
    }

    /// Sends changes once, and answers those to send again and why.
    async fn attempt(
        &self,
        items: Vec<Item>,
        refresh: Refresh,
        ops: &[IndexOp],
        outcomes: &mut [OpOutcome],
    ) -> Result<(Vec<Item>, String), IndexError> {
        let verdicts = match self.request(&items, refresh).await {
            Ok(answer) => bulk::verdicts(&answer).map_err(IndexError::engine)?,
            Err(failure) if failure.is_busy() => return Ok((items, failure.to_string())),
            Err(failure) if failure.has_status(413) && items.len() == 1 => {
                outcomes[items[0].place] = OpOutcome::Rejected(failure.to_string());
                return Ok((Vec::new(), String::new()));
            }
            Err(failure) => return Err(failure.writing(&self.options.prefix)),
        };
        if verdicts.len() != items.len() {
            let answered = verdicts.len();
            return Err(IndexError::engine(format!(
                "{} changes were sent, {answered} answered",
                items.len()
            )));
        }
        let mut busy = Vec::new();
        let mut why = String::new();
        for (item, verdict) in items.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Done(outcome) => outcomes[item.place] = outcome,
                Verdict::Busy(reason) => {
                    why = reason;
                    busy.push(item);
                }
                Verdict::Missing if item.is_deletion && matches!(self.target, Target::Served) => {
                    outcomes[item.place] = OpOutcome::Stale;
                }
                Verdict::Missing => {
                    let index = self.target.index(self.names, &ops[item.place]);
                    return Err(IndexError::Missing(index));
                }
                Verdict::Blocked(reason) => return Err(IndexError::unavailable(reason)),
                Verdict::Failed(reason) => return Err(IndexError::engine(reason)),
            }
        }
        Ok((busy, why))
    }

    async fn request(&self, items: &[Item], refresh: Refresh) -> Result<Bytes, Failure> {
        let size = items.iter().map(|item| item.lines.len()).sum();
        let mut body = Vec::with_capacity(size);
        items
            .iter()
            .for_each(|item| body.extend_from_slice(&item.lines));
        let mut parameters = vec![("filter_path", "items.*.status,items.*.error")];
        if refresh == Refresh::Now {
            parameters.push(("refresh", "true"));
        }
        if matches!(self.target, Target::Served) {
            parameters.push(("require_alias", "true"));
        }
        let request = Request::new(Method::Post, "_bulk")
            .parameters(&parameters)
            .body(body);
        self.client.manage(request).await
    }

    async fn refresh(&self, ops: &[IndexOp]) -> Result<(), IndexError> {
        let indexes: BTreeSet<_> = ops
            .iter()
            .map(|op| self.target.index(self.names, op))
            .collect();
        let indexes = indexes.into_iter().collect::<Vec<_>>().join(",");
        let path = format!("{indexes}/_refresh");
        let request =
            Request::new(Method::Post, &path).parameters(&[("ignore_unavailable", "true")]);
        let refreshed = self.client.manage(request).await;
        refreshed
            .map(drop)
            .map_err(|failure| failure.writing(&indexes))
    }
}

/// Encodes the next chunk on a thread of its own: whatever shares the caller's, such as the renewal of a lease, goes on.
async fn encode_next(mut chunks: Chunks) -> Result<(Chunk, Chunks), IndexError> {
    let encoding = tokio::task::spawn_blocking(move || (chunks.encode_next(), chunks));
    encoding
        .await
        .map_err(|error| IndexError::engine(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::mpsc;

    use futures_util::poll;
    use tokio::runtime::Builder;
    use tokio::task::spawn_blocking;

    use super::*;

    #[test]
    fn documents_are_encoded_beside_the_callers_other_work() {
        let mut runtime = Builder::new_current_thread();
        runtime.max_blocking_threads(1);
        let (free, busy) = mpsc::channel::<()>();
        runtime.build().unwrap().block_on(async {
            spawn_blocking(move || busy.recv());
            let limit = ChunkLimit { count: 1, bytes: 1 };
            let chunks = Chunks::new(Arc::new([]), Vec::new(), BTreeMap::new(), limit);
            let mut encoding = pin!(encode_next(chunks));
            assert!(poll!(encoding.as_mut()).is_pending());
            free.send(()).unwrap();
            assert!(encoding.await.is_ok());
        });
    }
}
