//! Connections to the hubs of live updates.

use std::collections::VecDeque;

use bytes::Bytes;
use chrono::Utc;
use poem_openapi::param::{Header, Query};
use souk_domain::ProductId;
use souk_identity::Permission;
use souk_live::{Frame, Place, TooMany, retry};
use tokio::time::Instant;

use super::{
    payload::LiveEvents,
    reader::{Numbered, Reader},
};
use crate::{
    api::params::EventPosition,
    error::ApiError,
    http::{HeldCredentials, TenantContext},
    live::{Audience, Backlog, day_frame, hello, today},
};

/// Shortest pause before a client connects again, in milliseconds.
const RETRY_MS: u32 = 2_000;
/// Longest pause beyond it, by chance, so that not all clients of a process that ends come at once.
const RETRY_SPREAD_MS: u32 = 3_000;

/// What a client has read before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knows(Option<i64>);

impl Knows {
    /// Reads it from the header, or else from the query.
    pub(crate) fn of(
        header: &Header<Option<EventPosition>>,
        query: &Query<Option<EventPosition>>,
    ) -> Self {
        let known = header.0.as_ref().or(query.0.as_ref());
        Self(known.map(|position| position.0))
    }
}

/// Takes the place of a connection.
///
/// # Errors
/// If there is none for the client, or for anybody.
pub(crate) fn seat(
    context: &TenantContext,
    credentials: &HeldCredentials,
) -> Result<Place<String>, ApiError> {
    let connections = context.app.live.connections();
    // A storefront's server connects for many shoppers.
    let client = (!context.has_key).then(|| credentials.client().to_owned());
    connections.take(client).map_err(|refused| match refused {
        TooMany::All => ApiError::NoStreamLeft,
        TooMany::OfClient => ApiError::TooManyStreams(connections.most_of_client()),
    })
}

/// Connects somebody to products.
///
/// # Errors
/// If the database or, for a search key, the engine fails.
pub(super) async fn products(
    context: &TenantContext,
    credentials: HeldCredentials,
    place: Place<String>,
    ids: &[ProductId],
) -> Result<LiveEvents, ApiError> {
    let shown = shown(context, ids).await?;
    let products = context.app.live.products();
    // Before the states are read: what changes meanwhile is told after them.
    let subscription = products.subscribe(context.tenant.id, &shown);
    let states = products.states(context.tenant.id, &shown).await?;
    let hidden = ids.iter().filter(|id| !shown.contains(id));
    let hidden = hidden.map(|id| products.unlisted(*id));
    let hello = hello(products.position());
    let first = [hello].into_iter().chain(states).chain(hidden);
    Ok(LiveEvents::new(
        Reader {
            app: context.app.clone(),
            subscription,
            opening: opening(first),
            numbered: None,
            credentials,
            needed: None,
            checked_at: Instant::now(),
            _place: place,
        }
        .parts(),
    ))
}

/// Returns those of some products that may be shown to whoever asks.
async fn shown(context: &TenantContext, ids: &[ProductId]) -> Result<Vec<ProductId>, ApiError> {
    let Some(enforced) = context.enforced() else {
        return Ok(ids.to_vec());
    };
    let search = &context.app.search;
    let passing = search.passing(&context.tenant, ids, enforced).await?;
    Ok(passing.value.iter().map(|hit| hit.id).collect())
}

/// Connects somebody to orders.
///
/// # Errors
/// If the database fails.
pub(crate) async fn orders(
    context: &TenantContext,
    audience: Audience,
    (credentials, needed): (HeldCredentials, Option<Permission>),
    place: Place<String>,
    Knows(known): Knows,
) -> Result<LiveEvents, ApiError> {
    let (live, tenant) = (&context.app.live, context.tenant.id);
    let scope = context.app.store.scope(tenant);
    // In this order: what is published from now on arrives, and what was before has at most the number that is read then.
    let subscription = live.orders().subscribe([(tenant, audience)]);
    let follower = live.follow(tenant);
    let head = scope.events().head().await?;
    let until = follower.begin(head).max(head);
    let backlog = Backlog::new(known.unwrap_or(head), until);
    let mut first = vec![hello(backlog.position())];
    if audience == Audience::Staff {
        let (day, since_ms) = today(Utc::now());
        first.push(day_frame(day, &scope.revenue_since(since_ms).await?));
    }
    let numbered = Numbered {
        tenant,
        audience,
        follower,
        told: backlog.position(),
        backlog,
    };
    Ok(LiveEvents::new(
        Reader {
            app: context.app.clone(),
            subscription,
            opening: opening(first),
            numbered: Some(numbered),
            credentials,
            needed,
            checked_at: Instant::now(),
            _place: place,
        }
        .parts(),
    ))
}

fn opening(frames: impl IntoIterator<Item = Frame>) -> VecDeque<Bytes> {
    let pause = RETRY_MS + rand::random_range(0..=RETRY_SPREAD_MS);
    let frames = frames.into_iter().map(|frame| frame.bytes);
    [retry(pause)].into_iter().chain(frames).collect()
}
