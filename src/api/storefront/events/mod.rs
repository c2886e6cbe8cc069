//! Search events of shoppers: clicks, carts and purchases.

pub mod request;
pub mod response;

use std::collections::HashSet;

use chrono::Utc;
use poem_openapi::{ApiRequest, OpenApi, param::Header};
use souk_domain::{HitEvent, InvalidField, QueryId};
use souk_search_service::VisitorHash;

use self::{
    request::{EventBatch, MAX_EVENTS, OfferedEvent},
    response::{EventFault, EventsTaken},
};
use crate::{
    api::{Tag, answers::answers, params::VisitorIdParameter},
    error::ApiError,
    http::{JsonBody, JsonResponse, TenantContext, TextJsonBody, VisitorId},
};

/// Most bytes of a request's events: a hundred of 650 bytes each.
const MAX_EVENT_BYTES: usize = 64 * 1024;
/// Most rejected events of a request whose reasons are told.
const MAX_ERRORS: usize = 10;

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
    Json(JsonBody<EventBatch, MAX_EVENT_BYTES>),
    /// By `navigator.sendBeacon`, which outlives its page.
    TextJsonBody(TextJsonBody<EventBatch, MAX_EVENT_BYTES>),
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
        let network = context.network().await;
        let now = Utc::now().timestamp_millis();
        let (events, mut errors) = sorted_out(&context, batch.events.0, now)?;
        let rejected = errors.len() as u32;
        errors.truncate(MAX_ERRORS);
        let visitor = match visitor {
            Some(visitor) => visitor.hash(&context.app, context.tenant.id).await,
            None => None,
        };
        let distinct: HashSet<QueryId> = events.iter().map(|(query, _)| *query).collect();
        let searches: Vec<_> = distinct.into_iter().collect();
        let analytics = &context.app.analytics;
        let unknown = match context.has_key {
            true => analytics.unknown(context.tenant.id, &searches).await,
            false => HashSet::new(),
        };
        for (query, event) in &events {
            // A shop's own server tells of many shoppers from one network.
            let network = match context.has_key {
                true => visitor.or_else(|| Some(VisitorHash::unique())),
                false => network,
            };
            analytics.acted(context.tenant.id, *query, event, (visitor, network), now);
        }
        let unknown = context.has_key.then(|| {
            let unknown = events.iter().filter(|(query, _)| unknown.contains(query));
            unknown.count() as u32
        });
        Ok(EventsAnswer::Taken(JsonResponse(EventsTaken {
            unknown,
            accepted: events.len() as u32,
            rejected,
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
fn sorted_out(
    context: &TenantContext,
    offered: Vec<OfferedEvent>,
    now: i64,
) -> Result<SortedOut, ApiError> {
    if offered.is_empty() || offered.len() > MAX_EVENTS {
        return Err(ApiError::Unprocessable(InvalidField::new(
            "events",
            format!("are 1 to {MAX_EVENTS}"),
        )));
    }
    let (mut events, mut errors) = (Vec::new(), Vec::new());
    for (index, OfferedEvent(event)) in offered.into_iter().enumerate() {
        let checked = event.and_then(|event| {
            let (signed, event) = event.checked(context.tenant.currency, now)?;
            if event.revenue > 0 && !context.has_key {
                let message = "is taken with an API key of the marketplace only";
                return Err(InvalidField::new("revenue", message));
            }
            let signer = context.app.search.query_ids();
            let query = signer.verify(context.tenant.id, &signed, now);
            let query = query.ok_or_else(|| {
                let message = "is not of a search of this marketplace within the last day";
                InvalidField::new("query_id", message)
            })?;
            Ok((query, event))
        });
        match checked {
            Ok(event) => events.push(event),
            Err(fault) => errors.push(EventFault::new(index, fault)),
        }
    }
    Ok((events, errors))
}
