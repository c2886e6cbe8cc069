//! One connection: what it is told first, what it has missed, and what happens while it is open.

use std::{collections::VecDeque, hash::Hash};

use bytes::Bytes;
use futures_util::{Stream, stream};
use souk_domain::TenantId;
use souk_identity::Permission;
use souk_live::{Frame, HEARTBEAT, Place, Subscription};
use souk_telemetry::chain;
use tokio::time::{Instant, sleep};

use crate::{
    http::HeldCredentials,
    live::{Audience, Backlog, Follower},
    state::AppState,
};

/// Reader of the events of a connection.
pub(super) struct Reader<T: Eq + Hash> {
    pub(super) app: AppState,
    pub(super) subscription: Subscription<T>,
    /// What is sent before anything else.
    pub(super) opening: VecDeque<Bytes>,
    /// Events of a tenant, where they are numbered.
    pub(super) numbered: Option<Numbered>,
    pub(super) credentials: HeldCredentials,
    /// Permission that the credentials have to have.
    pub(super) needed: Option<Permission>,
    pub(super) checked_at: Instant,
    pub(super) _place: Place<String>,
}

/// Position of a reader among the events of a tenant.
pub(super) struct Numbered {
    pub(super) tenant: TenantId,
    pub(super) audience: Audience,
    pub(super) follower: Follower,
    pub(super) backlog: Backlog,
    /// Number up to which it has been told.
    pub(super) told: i64,
}

impl Numbered {
    /// Returns true if a frame was told before, and else notes that it is.
    fn knows(&mut self, frame: &Frame) -> bool {
        match frame.position {
            Some(position) if position <= self.told => true,
            Some(position) => {
                self.told = position;
                false
            }
            None => false,
        }
    }
}

impl<T: Eq + Hash + Send + Sync + 'static> Reader<T> {
    /// Reads until the connection is to end.
    pub(super) fn parts(self) -> impl Stream<Item = Bytes> + Send + 'static {
        stream::unfold(self, |mut reader| async move {
            let part = reader.next().await?;
            Some((part, reader))
        })
    }

    /// Returns what to send next. None at shutdown, when the credentials are no longer good, and when the reader is too slow or
    /// the database fails: then it resumes by itself.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.app.shutdown.is_cancelled() || !self.is_let_in().await {
                return None;
            }
            if let Some(part) = self.opening.pop_front() {
                return Some(part);
            }
            if self.read_backlog().await? {
                continue;
            }
            let heartbeat = self.app.live.options().heartbeat;
            let frame = tokio::select! {
                biased;
                () = self.app.shutdown.cancelled() => return None,
                frame = self.subscription.next() => frame.ok()?,
                () = sleep(heartbeat) => return self.heartbeat(),
            };
            if !self.knows(&frame) {
                return Some(frame.bytes);
            }
        }
    }

    fn knows(&mut self, frame: &Frame) -> bool {
        let numbered = self.numbered.as_mut();
        numbered.is_some_and(|numbered| numbered.knows(frame))
    }

    /// Checks the credentials again from time to time.
    async fn is_let_in(&mut self) -> bool {
        if self.checked_at.elapsed() < self.app.live.options().recheck {
            return true;
        }
        self.checked_at = Instant::now();
        let check = self.credentials.are_in_force(&self.app, self.needed);
        Box::pin(check).await
    }

    /// Reads a page of what was missed. Returns false if there is nothing, and `None` if it cannot be read.
    async fn read_backlog(&mut self) -> Option<bool> {
        let Some(numbered) = &mut self.numbered else {
            return Some(false);
        };
        if numbered.backlog.is_over() {
            return Some(false);
        }
        let (tenant, audience) = (numbered.tenant, numbered.audience);
        let page = numbered.backlog.next(&self.app.store, tenant, audience);
        match page.await {
            Ok(frames) => {
                numbered.told = numbered.told.max(numbered.backlog.position());
                self.opening
                    .extend(frames.into_iter().map(|frame| frame.bytes));
                Some(true)
            }
            Err(error) => {
                tracing::debug!(error = chain(&error), "missed events not read");
                None
            }
        }
    }

    /// Returns a comment. Where others' events were published meanwhile, it moves the position on past them, so that whoever
    /// resumes after long need not read them.
    fn heartbeat(&mut self) -> Option<Bytes> {
        let published = self
            .numbered
            .as_ref()
            .and_then(|numbered| numbered.follower.published());
        // After the number was read: all up to it is in the queue, or was taken from it.
        if let Some(frame) = self.subscription.try_next().ok()? {
            let is_known = self.knows(&frame);
            return Some(if is_known { HEARTBEAT } else { frame.bytes });
        }
        match (published, &mut self.numbered) {
            (Some(published), Some(numbered)) if published > numbered.told => {
                numbered.told = published;
                Some(format!(":\nid: {published}\n\n").into())
            }
            _ => Some(HEARTBEAT),
        }
    }
}
