//! Events as `search-insights` sends them.

use std::collections::HashSet;

use poem::{Request, Response};
use serde_json::{Value, json};
use souk_domain::{Action, HitEvent, InvalidField, MAX_PRICE, Money, ProductId, QueryId};
use souk_search_service::VisitorHash;

use crate::api::call;
use crate::{
    error::ApiError,
    http::{TenantContext, VisitorId},
};

/// Most events of a request.
const MAX_EVENTS: usize = 1_000;
/// Most products of an event.
const MAX_PRODUCTS: usize = 20;
/// Longest age of an event.
const OLDEST_MS: i64 = 24 * 60 * 60 * 1_000;
/// Longest time that a client's clock may be ahead.
const AHEAD_MS: i64 = 5 * 60 * 1_000;
const MAX_POSITION: u64 = 1_000_000;
const MAX_QUANTITY: u64 = 10_000;

/// Actions on hits of a search.
struct Done {
    query: QueryId,
    events: Vec<HitEvent>,
    visitor: Option<VisitorId>,
}

/// Counts events one by one: what is no event of a search's hit is left out.
pub(crate) async fn record(
    context: &TenantContext,
    request: &Request,
    mut body: Value,
) -> Result<Response, ApiError> {
    let Some(Value::Array(offered)) = body.get_mut("events").map(Value::take) else {
        return Err(InvalidField::new("events", "is a list").into());
    };
    if offered.len() > MAX_EVENTS {
        let message = format!("holds at most {MAX_EVENTS}");
        return Err(InvalidField::new("events", message).into());
    }
    let now = call::now_ms();
    let done: Vec<Done> = offered
        .iter()
        .filter_map(|event| read(event, context, now))
        .collect();
    let searches: HashSet<QueryId> = done.iter().map(|done| done.query).collect();
    let searches: Vec<_> = searches.into_iter().collect();
    let (tenant, analytics) = (context.tenant.id, &context.app.analytics);
    let unknown = analytics.unknown(tenant, &searches).await;
    let (named, network) = call::visitors(context, request, None).await;
    let mut accepted = 0;
    for Done {
        query,
        events,
        visitor,
    } in done
        .into_iter()
        .filter(|done| !unknown.contains(&done.query))
    {
        let visitor = match visitor {
            Some(visitor) => visitor.hash(&context.app, tenant).await,
            None => named,
        };
        // A shop's own server tells of many shoppers from one network.
        let network = match context.has_key {
            true => visitor.or_else(|| Some(VisitorHash::unique())),
            false => network,
        };
        for event in &events {
            analytics.acted(tenant, query, event, (visitor, network), now);
        }
        accepted += 1;
    }
    Ok(call::value(
        &json!({"status": 200, "message": "OK", "accepted": accepted}),
    ))
}

/// Reads an event; none if it is not of a hit of a search, or not of the last day.
fn read(event: &Value, context: &TenantContext, now: i64) -> Option<Done> {
    let action = action(event)?;
    let at_ms = match &event["timestamp"] {
        Value::Null => now,
        given => given.as_f64()? as i64,
    };
    if !(now - OLDEST_MS..=now + AHEAD_MS).contains(&at_ms) {
        return None;
    }
    let query: QueryId = event["queryID"].as_str()?.parse().ok()?;
    let ids = event["objectIDs"].as_array()?;
    let position = |place: usize| {
        let position = event["positions"][place].as_u64();
        position.filter(|position| (1..=MAX_POSITION).contains(position))
    };
    let bought = |place: usize| {
        let data = &event["objectData"][place];
        let quantity = data["quantity"]
            .as_u64()
            .unwrap_or(1)
            .clamp(1, MAX_QUANTITY);
        let price = match &data["price"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let price =
            price.and_then(|price| Money::parse_major(&price, context.tenant.currency).ok());
        // Anybody without a key could make up the figures.
        let price = price.filter(|_| context.has_key && action == Action::Purchase);
        let revenue = price.map_or(0, |price| price.minor.saturating_mul(quantity as i64));
        (quantity, revenue.min(MAX_PRICE))
    };
    let events = ids
        .iter()
        .take(MAX_PRODUCTS)
        .enumerate()
        .filter_map(|(place, id)| {
            let (quantity, revenue) = bought(place);
            Some(HitEvent {
                action,
                product: id.as_str()?.parse::<ProductId>().ok()?,
                position: position(place).and_then(|position| u32::try_from(position).ok()),
                quantity: if action == Action::Click {
                    1
                } else {
                    quantity as u32
                },
                revenue,
                at_ms: at_ms.min(now),
            })
        });
    let token = event["userToken"].as_str();
    Some(Done {
        query,
        events: events.collect(),
        visitor: token.and_then(|token| VisitorId::parse(token).ok()),
    })
}

/// Returns what is counted; none for views, and for what widgets tell of themselves.
fn action(event: &Value) -> Option<Action> {
    match (event["eventType"].as_str()?, event["eventSubtype"].as_str()) {
        ("click", _) => Some(Action::Click),
        ("conversion", Some("purchase")) => Some(Action::Purchase),
        // One that says no more is at least as much as a cart.
        ("conversion", _) => Some(Action::AddToCart),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_events_are_told() {
        let kind = |event: Value| action(&event);
        assert_eq!(kind(json!({"eventType": "click"})), Some(Action::Click));
        assert_eq!(
            kind(json!({"eventType": "conversion"})),
            Some(Action::AddToCart)
        );
        let bought = json!({"eventType": "conversion", "eventSubtype": "purchase"});
        assert_eq!(kind(bought), Some(Action::Purchase));
        for ignored in ["view", "instantsearch"] {
            assert_eq!(kind(json!({"eventType": ignored})), None);
        }
    }
}
