//! Live updates for staff.

use poem_openapi::{
    OpenApi,
    param::{Header, Query},
};
use souk_identity::{Permission, needed::OrdersRead};

use crate::{
    api::{
        Tag,
        answers::answers,
        live::{Knows, LiveEvents, orders, seat},
        params::EventPosition,
    },
    error::ApiError,
    http::{Allowed, HeldCredentials, TenantContext},
    live::Audience,
};

answers! {
    /// Answers of `adminWatchOrders`.
    AdminLiveAnswer {
        200 "Events, until the connection ends." => Events(LiveEvents),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations of live updates for staff.
pub struct AdminLiveApi;

#[OpenApi(prefix_path = "/api/admin/live", tag = "Tag::Admin")]
impl AdminLiveApi {
    /// Watch orders
    ///
    /// An event for each step of an order, such as `order.placed`, `order.paid` and `order.refunded`, with who took it. Besides,
    /// `revenue` has what was sold and refunded on this day (UTC), and `stock.low` a variant of which few units are left after some
    /// were sold. An event `reset` says that some are missing: then read the orders again.
    #[oai(path = "/", method = "get", operation_id = "adminWatchOrders")]
    async fn orders(
        &self,
        _may: Allowed<OrdersRead>,
        context: TenantContext,
        credentials: HeldCredentials,
        /// Id of the last event that was read: those after it are told first.
        #[oai(name = "Last-Event-ID")]
        last_event: Header<Option<EventPosition>>,
        /// The same for clients that cannot send the header.
        last_event_id: Query<Option<EventPosition>>,
    ) -> Result<AdminLiveAnswer, ApiError> {
        let place = seat(&context, &credentials)?;
        let knows = Knows::of(&last_event, &last_event_id);
        let held = (credentials, Some(Permission::OrdersRead));
        let events = orders(&context, Audience::Staff, held, place, knows).await?;
        Ok(AdminLiveAnswer::Events(events))
    }
}
