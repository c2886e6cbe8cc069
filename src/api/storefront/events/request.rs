//! Search events on the wire.

use std::{borrow::Cow, fmt};

use poem_openapi::{
    Enum, Object,
    registry::{MetaSchemaRef, Registry},
    types::Type,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use souk_domain::{Action, Currency, HitEvent, InvalidField, MAX_PRICE, ProductId, SignedQueryId};

use crate::api::views::Timestamp;
use crate::http::fault;

/// Longest age of an event.
const OLDEST_MS: i64 = 24 * 60 * 60 * 1000;
/// Longest time that a client's clock may be ahead.
const AHEAD_MS: i64 = 5 * 60 * 1000;
const MAX_POSITION: u32 = 1_000_000;
const MAX_QUANTITY: u32 = 10_000;
/// Highest id: what every JSON reader holds exactly.
const MAX_ID: i64 = (1 << 53) - 1;

/// Events of shoppers.
#[derive(Debug, Object)]
#[oai(rename = "SearchEvents")]
pub struct EventsBody {
    /// Visitor id, for clients that cannot send the `X-Visitor-Id` header.
    #[oai(
        nullable,
        validator(min_length = 8, max_length = 128, pattern = "^[!-~]+$")
    )]
    pub visitor_id: Option<String>,
    /// Events. Each is accepted or rejected on its own.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub events: Vec<EventBody>,
}

/// Event on a search hit.
#[derive(Debug, Object, Deserialize)]
#[oai(rename = "SearchEvent")]
pub struct EventBody {
    /// Kind of action.
    #[oai(rename = "type")]
    #[serde(rename = "type")]
    pub action: ActionName,
    /// `query_id` of the search's answer.
    #[oai(validator(pattern = "^[0-9a-f]{48}$"))]
    pub query_id: String,
    /// The hit's `id`.
    #[oai(validator(minimum(value = "1"), maximum(value = "9007199254740991")))]
    pub product_id: i64,
    /// The hit's place in the whole result, from 1: the first of the second page of 20 has 21. Required but for a
    /// purchase, since a checkout need not know it.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "1000000")))]
    pub position: Option<u32>,
    /// Number of items, default 1; not allowed for a click.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "10000")))]
    pub quantity: Option<u32>,
    /// Total amount paid in minor units; for a purchase, and with an API key only: anybody else could make up the figures.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000000"))
    )]
    pub revenue: Option<i64>,
    /// The currency of that, if given: it has to be the marketplace's.
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")
    )]
    pub currency: Option<String>,
    /// Time of the event, within the last day; default now.
    #[oai(nullable)]
    pub occurred_at: Option<Timestamp>,
}

/// Event on a search hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename = "SearchAction", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ActionName {
    /// Opened its page.
    Click,
    /// Put it into the cart.
    AddToCart,
    /// Bought it.
    Purchase,
}

impl From<ActionName> for Action {
    fn from(action: ActionName) -> Self {
        match action {
            ActionName::Click => Self::Click,
            ActionName::AddToCart => Self::AddToCart,
            ActionName::Purchase => Self::Purchase,
        }
    }
}

impl EventBody {
    /// The event, and the search it belongs to.
    ///
    /// # Errors
    /// If a field is out of range, or does not go with the others.
    pub fn checked(
        &self,
        currency: Currency,
        now_ms: i64,
    ) -> Result<(SignedQueryId, HitEvent), InvalidField> {
        let query = self
            .query_id
            .parse::<SignedQueryId>()
            .map_err(|error| InvalidField::new("query_id", error.to_string()))?;
        let whole = |field, value: i64, lowest: i64, highest: i64| {
            if (lowest..=highest).contains(&value) {
                return Ok(());
            }
            let message = format!("is a whole number from {lowest} to {highest}");
            Err(InvalidField::new(field, message))
        };
        whole("product_id", self.product_id, 1, MAX_ID)?;
        if let Some(position) = self.position {
            whole("position", position.into(), 1, MAX_POSITION.into())?;
        } else if self.action != ActionName::Purchase {
            return Err(InvalidField::new("position", "is required"));
        }
        let quantity = self.quantity.unwrap_or(1);
        whole("quantity", quantity.into(), 1, MAX_QUANTITY.into())?;
        let revenue = self.revenue.unwrap_or(0);
        whole("revenue", revenue, 0, MAX_PRICE)?;
        if self.quantity.is_some() && self.action == ActionName::Click {
            return Err(InvalidField::new("quantity", "does not go with a click"));
        }
        if self.revenue.is_some() && self.action != ActionName::Purchase {
            return Err(InvalidField::new("revenue", "goes with a purchase only"));
        }
        if self
            .currency
            .as_ref()
            .is_some_and(|code| *code != currency.code())
        {
            let message = format!("is the marketplace's, {}", currency.code());
            return Err(InvalidField::new("currency", message));
        }
        let at_ms = self.occurred_at.map_or(now_ms, Timestamp::ms);
        if !(now_ms - OLDEST_MS..=now_ms + AHEAD_MS).contains(&at_ms) {
            return Err(InvalidField::new("occurred_at", "lies within the last day"));
        }
        let event = HitEvent {
            action: self.action.into(),
            product: ProductId(self.product_id),
            position: self.position,
            quantity,
            revenue,
            at_ms: at_ms.min(now_ms),
        };
        Ok((query, event))
    }
}

/// [`EventsBody`] as it is read: an event that cannot be read spoils no other.
#[derive(Debug, Deserialize)]
pub struct EventBatch {
    /// Visitor id sent by the client.
    #[serde(default)]
    pub visitor_id: Option<String>,
    /// The events, or what is wrong with them.
    pub events: OfferedEvents,
}

/// Most events of a request.
pub const MAX_EVENTS: usize = 100;

/// At most one event more than [`MAX_EVENTS`]: further ones are not looked at.
#[derive(Debug)]
pub struct OfferedEvents(pub Vec<OfferedEvent>);

impl<'de> Deserialize<'de> for OfferedEvents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OfferedEventsVisitor)
    }
}

struct OfferedEventsVisitor;

impl<'de> Visitor<'de> for OfferedEventsVisitor {
    type Value = OfferedEvents;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OfferedEvents, A::Error> {
        let mut events = Vec::new();
        while events.len() <= MAX_EVENTS {
            let Some(event) = list.next_element()? else {
                return Ok(OfferedEvents(events));
            };
            events.push(event);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(OfferedEvents(events))
    }
}

/// An event, or the field at fault.
#[derive(Debug)]
pub struct OfferedEvent(pub Result<EventBody, InvalidField>);

impl<'de> Deserialize<'de> for OfferedEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let event = serde_path_to_error::deserialize(value);
        Ok(Self(event.map_err(|error| {
            let path = error.path().to_string();
            fault(&path, &error.into_inner())
        })))
    }
}

impl Type for EventBatch {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        EventsBody::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        EventsBody::schema_ref()
    }

    fn register(registry: &mut Registry) {
        EventsBody::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    /// The field at fault of an event with some fields replaced.
    fn blamed(change: Value) -> Option<String> {
        let mut event = json!({
            "type": "purchase",
            "query_id": "0123456789abcdef0123456789abcdef0123456789abcdef",
            "product_id": 7,
            "position": 1,
        });
        for (name, value) in change.as_object().unwrap() {
            event[name] = value.clone();
        }
        let OfferedEvent(event) = serde_json::from_value(event).unwrap();
        let checked = event.and_then(|event| event.checked(Currency::EUR, NOW));
        checked.err().map(|fault| fault.field.into_owned())
    }

    #[test]
    fn a_fault_names_its_field() {
        let time = |ms| json!({"occurred_at": Timestamp::from_ms(ms)});
        for good in [
            json!({}),
            json!({"quantity": 2, "revenue": 1999, "currency": "EUR"}),
            json!({"position": null, "revenue": 1999}),
            json!({"type": "add_to_cart", "quantity": 2}),
            json!({"type": "click"}),
            time(NOW - OLDEST_MS),
            time(NOW + AHEAD_MS),
        ] {
            assert_eq!(blamed(good.clone()), None, "{good}");
        }
        for (bad, field) in [
            (json!({"type": "look"}), "type"),
            (json!({"query_id": "0123"}), "query_id"),
            (json!({"product_id": 0}), "product_id"),
            (json!({"product_id": "7"}), "product_id"),
            (json!({"position": 0}), "position"),
            (json!({"type": "click", "position": null}), "position"),
            (json!({"type": "add_to_cart", "position": null}), "position"),
            (json!({"quantity": 0}), "quantity"),
            (json!({"type": "click", "quantity": 1}), "quantity"),
            (json!({"revenue": -1}), "revenue"),
            (json!({"type": "add_to_cart", "revenue": 1}), "revenue"),
            (json!({"currency": "USD"}), "currency"),
            (json!({"occurred_at": "yesterday"}), "occurred_at"),
            (time(NOW - OLDEST_MS - 1), "occurred_at"),
            (time(NOW + AHEAD_MS + 1), "occurred_at"),
        ] {
            assert_eq!(blamed(bad.clone()).as_deref(), Some(field), "{bad}");
        }
        let OfferedEvent(missing) = serde_json::from_value(json!({"type": "click"})).unwrap();
        assert_eq!(missing.unwrap_err().field, "query_id");
    }
}
