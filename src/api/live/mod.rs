//! Live updates by server-sent events: products for everybody, orders for their customers.

mod payload;
mod reader;
mod streams;

use poem_openapi::{
    OpenApi,
    param::{Header, Query},
};
use souk_identity::TokenKind;

pub(crate) use self::streams::{Knows, orders, seat};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{EventPosition, WatchedIds},
        selling::hash_of,
    },
    error::ApiError,
    http::{HeldCredentials, MaybeSession, TenantContext},
    live::Audience,
};
pub use payload::LiveEvents;

answers! {
    /// Answers of operations of live updates.
    LiveAnswer {
        200 "Events, until the connection ends." => Events(LiveEvents),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations of live updates.
pub struct LiveApi;

#[OpenApi(prefix_path = "/api/live", tag = "Tag::Live")]
impl LiveApi {
    /// Watch products
    ///
    /// An event `product.changed` for each product at the beginning, and then whenever its price, its stock or whether it is listed
    /// changes. `is_listed` is false for one that nobody can see, of which nothing else is told.
    #[oai(path = "/", method = "get", operation_id = "watchProducts")]
    async fn products(
        &self,
        context: TenantContext,
        credentials: HeldCredentials,
        /// Ids of products, separated by commas; at most 100.
        products: Query<WatchedIds>,
        /// Id of the last event that was read. Every product's present state is told again in any case.
        #[oai(name = "Last-Event-ID")]
        _last_event: Header<Option<EventPosition>>,
        /// The same for clients that cannot send the header.
        #[oai(name = "last_event_id")]
        _last_event_id: Query<Option<EventPosition>>,
    ) -> Result<LiveAnswer, ApiError> {
        let place = seat(&context, &credentials)?;
        let credentials = credentials.of_anybody();
        let events = streams::products(&context, credentials, place, &products.0.0).await?;
        Ok(LiveAnswer::Events(events))
    }

    /// Watch one's purchases
    ///
    /// An event for each step of an order, such as `order.placed`, `order.paid` and `order.fulfilled`, with the ids of the order and
    /// its purchase. Of somebody who is signed in, all purchases; of a guest, that of the token. An event `reset` says that some are
    /// missing: then read the purchases again.
    #[oai(path = "/orders", method = "get", operation_id = "watchPurchases")]
    async fn orders(
        &self,
        session: MaybeSession,
        context: TenantContext,
        credentials: HeldCredentials,
        /// Token of a guest's purchase.
        #[oai(name = "X-Order-Token")]
        token: Header<Option<String>>,
        /// Id of the last event that was read: those after it are told first.
        #[oai(name = "Last-Event-ID")]
        last_event: Header<Option<EventPosition>>,
        /// The same for clients that cannot send the header.
        last_event_id: Query<Option<EventPosition>>,
    ) -> Result<LiveAnswer, ApiError> {
        let audience = audience(&context, &session, token.0.as_deref()).await?;
        let place = seat(&context, &credentials)?;
        let knows = Knows::of(&last_event, &last_event_id);
        let events = orders(&context, audience, (credentials, None), place, knows).await?;
        Ok(LiveAnswer::Events(events))
    }
}

/// Returns whose purchases are watched.
///
/// # Errors
/// If nobody is signed in, and there is no token, or no purchase of it.
async fn audience(
    context: &TenantContext,
    session: &MaybeSession,
    token: Option<&str>,
) -> Result<Audience, ApiError> {
    if let Some(live) = &session.0 {
        return Ok(Audience::Account(live.account.id));
    }
    let token = hash_of(TokenKind::Order, "X-Order-Token", token)?;
    let token = token.ok_or(ApiError::SignInRequired)?;
    let scope = context.app.store.scope(context.tenant.id);
    let group = scope.order_group_of_token(token).await?;
    group
        .map(Audience::Purchase)
        .ok_or(ApiError::NotFound("order"))
}
