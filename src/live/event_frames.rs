//! Events as those who watch orders are told of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, SecondsFormat};
use serde_json::{Map, Value, json};
use souk_domain::OrderId;
use souk_live::Frame;
use souk_store::{DayRevenue, Event, LowStock, OrderOwner, Scope, StoreError};

use super::audience::Audience;

/// Beginning of the subject of an event of an order.
const ORDERS: &str = "orders/";

/// An event, and whose order it is of.
pub(super) struct OrderEvent<'e> {
    pub(super) event: &'e Event,
    pub(super) order: OrderId,
    pub(super) owner: OrderOwner,
}

/// Returns those of some events that are of orders, in their order.
pub(super) async fn order_events<'e>(
    scope: &Scope,
    events: &'e [Event],
) -> Result<Vec<OrderEvent<'e>>, StoreError> {
    let of_orders: Vec<(OrderId, &Event)> = events
        .iter()
        .filter_map(|event| {
            let order = event.subject.strip_prefix(ORDERS)?.parse().ok()?;
            Some((OrderId(order), event))
        })
        .collect();
    let mut orders: Vec<OrderId> = of_orders.iter().map(|(order, _)| *order).collect();
    orders.sort_unstable();
    orders.dedup();
    let owners = scope.order_owners(&orders).await?;
    let owners: HashMap<OrderId, OrderOwner> = owners
        .into_iter()
        .map(|owner| (owner.order, owner))
        .collect();
    let events = of_orders.into_iter().filter_map(|(order, event)| {
        let owner = *owners.get(&order)?;
        Some(OrderEvent {
            event,
            order,
            owner,
        })
    });
    Ok(events.collect())
}

impl OrderEvent<'_> {
    /// Returns true if a reader is told of it.
    pub(super) fn concerns(&self, audience: Audience) -> bool {
        Audience::of(&self.owner).any(|told| told == audience)
    }

    /// Returns the event as an audience is told of it: customers of no more than that it happened.
    pub(super) fn frame(&self, audience: Audience) -> Frame {
        let Event {
            number,
            kind,
            data,
            actor,
            at_ms,
            ..
        } = self.event;
        let mut told = match audience {
            Audience::Staff => serde_json::from_str(data).unwrap_or_default(),
            Audience::Account(_) | Audience::Purchase(_) => Map::new(),
        };
        told.insert("order".to_owned(), self.order.0.into());
        told.insert("purchase".to_owned(), self.owner.group.0.into());
        told.insert("at".to_owned(), time(*at_ms).into());
        if audience == Audience::Staff {
            told.insert("actor".to_owned(), actor.as_str().into());
        }
        Frame::new(Some(*number), kind, &Value::Object(told).to_string())
    }
}

/// Returns the first event of a connection, with the position that it begins at.
pub fn hello(position: i64) -> Frame {
    let data = json!({"position": position}).to_string();
    Frame::new(Some(position), "hello", &data)
}

/// Returns the event which says that events are missing, and all has to be read again.
pub fn reset(position: i64) -> Frame {
    let data = json!({"position": position}).to_string();
    Frame::new(Some(position), "reset", &data)
}

/// Returns a day's revenue, which has no position: each connection begins with it.
pub fn day_frame(day: NaiveDate, revenue: &[DayRevenue]) -> Frame {
    let currencies = revenue.iter().map(|it| {
        json!({
            "currency": it.currency,
            "purchases": it.purchases,
            "sold": it.sold,
            "refunded": it.refunded,
        })
    });
    let currencies: Vec<Value> = currencies.collect();
    let data = json!({"day": day.to_string(), "currencies": currencies});
    Frame::new(None, "revenue", &data.to_string())
}

/// Returns the event that few units of a variant are left. It has no position.
pub(super) fn low_stock_frame(low: &LowStock) -> Frame {
    let data = json!({
        "product": low.product.0,
        "variant": low.variant.0,
        "sku": low.sku,
        "stock": low.stock,
    });
    Frame::new(None, "stock.low", &data.to_string())
}

fn time(at_ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use souk_domain::{AccountId, OrderGroupId};

    use super::*;

    #[test]
    fn customer_is_told_neither_figures_nor_who_did_it() {
        let event = Event {
            number: 4,
            kind: "order.placed".to_owned(),
            subject: "orders/7".to_owned(),
            data: r#"{"order":7,"seller":2,"total":500}"#.to_owned(),
            actor: "account:9".to_owned(),
            at_ms: 0,
        };
        let account = AccountId(3);
        let event = OrderEvent {
            event: &event,
            order: OrderId(7),
            owner: OrderOwner {
                order: OrderId(7),
                group: OrderGroupId(5),
                account: Some(account),
            },
        };
        let text = |audience| {
            let frame = event.frame(audience);
            String::from_utf8(frame.bytes.to_vec()).unwrap()
        };
        assert_eq!(
            text(Audience::Account(account)),
            "id: 4\nevent: order.placed\ndata: {\"at\":\"1970-01-01T00:00:00.000Z\",\"order\":7,\"purchase\":5}\n\n"
        );
        let staff = text(Audience::Staff);
        assert!(staff.contains("\"total\":500") && staff.contains("\"actor\":\"account:9\""));
        assert!(event.concerns(Audience::Staff));
        assert!(event.concerns(Audience::Account(account)));
        assert!(event.concerns(Audience::Purchase(OrderGroupId(5))));
        assert!(!event.concerns(Audience::Account(AccountId(4))));
        assert!(!event.concerns(Audience::Purchase(OrderGroupId(6))));
    }
}
