//! Search events of shoppers: clicks, carts and purchases.

pub mod request;
pub mod response;

use std::collections::HashSet;

use chrono::Utc;
use poem_openapi::{ApiRequest, OpenApi, param::Header};
use souk_domain::{HitEvent, InvalidField, QueryId};

use self::{
    request::{EventBatch, OfferedEvent},
    response::{EventFault, EventsTaken},
};
use crate::{
    api::{Tag, answers::answers, params::VisitorIdParameter},
    error::ApiError,
    http::{JsonBody, JsonResponse, TenantContext, TextJsonBody, VisitorId},
};

/// Most events of a request.
const MAX_EVENTS: usize = 100;

answers! {
    /// Answers of `recordSearchEvents`.
    EventsAnswer {
        202 "They will be counted within seconds, but for those refused." => Taken(JsonResponse<EventsTaken>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Events, as scripts and as browsers send them.
#[derive(ApiRequest)]
enum EventsInput {
    /// Of a script or a server.
    Json(JsonBody<EventBatch>),
    /// By `navigator.sendBeacon`, which outlives its page.
    TextJsonBody(TextJsonBody<EventBatch>),
}

/// Operations of storefronts that tell what their shoppers do.
pub struct SearchEventsApi;

#[OpenApi(prefix_path = "/api/search", tag = "Tag::Search")]
impl SearchEventsApi {
    /// Tell what shoppers do with hits
    ///
    /// Clicks, carts and purchases, by the `query_id` of the search that led to them. They become figures of a day in the
    /// reports of administrators, popularity of products and suggestions; nothing is kept of who it was. Without a visitor,
    /// every event counts; with one, the same event counts once in half an hour. A page that is left sends them with
    /// `navigator.sendBeacon`, as text.
    #[oai(path = "/events", method = "post", operation_id = "recordSearchEvents")]
    async fn record(
        &self,
        context: TenantContext,
        /// Visitor id, 8 to 128 visible ASCII characters chosen at random by the client. It is hashed with a
        /// secret of the day, and kept nowhere.
        #[oai(name = "X-Visitor-Id")]
        visitor: Header<Option<VisitorIdParameter>>,
        body: EventsInput,
    ) -> Result<EventsAnswer, ApiError> {
        let (EventsInput::Json(JsonBody(batch)) | EventsInput::TextJsonBody(TextJsonBody(batch))) =
            body;
        let visitor = session_of(visitor.0, batch.visitor_id)?;
        let (events, errors) = sorted_out(&context, batch.events)?;
        let visitor = match visitor {
            Some(visitor) => visitor.hash(&context.app, context.tenant.id).await,
            None => None,
        };
        let distinct: HashSet<QueryId> = events.iter().map(|(query, _)| *query).collect();
        let searches: Vec<_> = distinct.into_iter().collect();
        let analytics = &context.app.analytics;
        let unknown = analytics.unknown(context.tenant.id, &searches).await;
        for (query, event) in &events {
            analytics.acted(context.tenant.id, *query, event, visitor);
        }
        let unknown = events.iter().filter(|(query, _)| unknown.contains(query));
        Ok(EventsAnswer::Taken(JsonResponse(EventsTaken {
            unknown: unknown.count() as u32,
            accepted: events.len() as u32,
            rejected: errors.len() as u32,
            errors,
        })))
    }
}

/// The visitor that the header names, else the body.
fn session_of(
    header: Option<VisitorIdParameter>,
    body: Option<String>,
) -> Result<Option<VisitorId>, ApiError> {
    if let Some(visitor) = header {
        return Ok(Some(visitor.0));
    }
    let visitor = body.as_deref().map(VisitorId::parse).transpose();
    visitor.map_err(|bad| ApiError::MalformedBody(InvalidField::new("visitor_id", bad.to_string())))
}

type SortedOut = (Vec<(QueryId, HitEvent)>, Vec<EventFault>);

/// Splits events into those that can be counted and errors of the rest.
fn sorted_out(context: &TenantContext, offered: Vec<OfferedEvent>) -> Result<SortedOut, ApiError> {
    if offered.is_empty() || offered.len() > MAX_EVENTS {
        return Err(ApiError::Unprocessable(InvalidField::new(
            "events",
            format!("are 1 to {MAX_EVENTS}"),
        )));
    }
    let now = Utc::now().timestamp_millis();
    let (mut events, mut errors) = (Vec::new(), Vec::new());
    for (index, OfferedEvent(event)) in offered.into_iter().enumerate() {
        match event.and_then(|event| event.checked(context.tenant.currency, now)) {
            Ok(event) => events.push(event),
            Err(fault) => errors.push(EventFault::new(index, fault)),
        }
    }
    Ok((events, errors))
}
