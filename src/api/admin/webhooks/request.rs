//! Request bodies of webhooks.

use poem_openapi::{Object, types::MaybeUndefined};
use serde::Deserialize;
use souk_domain::{InvalidField, events::event_type};
use souk_store::{WebhookEndpoint, WebhookEndpointInput};

use crate::api::{admin::check_entries, merge_patch::not_null};

/// Most kinds of events that an endpoint names.
const MAX_EVENT_TYPES: usize = 100;

/// Endpoint to be made.
#[derive(Debug, Object, Deserialize)]
pub struct WebhookBody {
    /// URL that deliveries are posted to: `https`, in the public internet, without user name and fragment.
    #[oai(validator(min_length = 1, max_length = 2048))]
    pub url: String,
    /// Purpose.
    #[oai(nullable, validator(max_length = 200))]
    pub description: Option<String>,
    /// Kinds of events that it is told of, as `GET /api/admin/webhooks/event-types` lists them; all if absent.
    #[oai(nullable, validator(min_items = 1, max_items = 100))]
    pub event_types: Option<Vec<String>>,
    /// False to make it without deliveries; default true.
    #[oai(nullable)]
    pub enabled: Option<bool>,
}

/// Change of an endpoint. What is left out stays as it is.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct WebhookPatchBody {
    /// URL.
    #[oai(validator(min_length = 1, max_length = 2048))]
    #[serde(deserialize_with = "not_null")]
    pub url: Option<String>,
    /// Purpose.
    #[oai(validator(max_length = 200))]
    #[serde(deserialize_with = "not_null")]
    pub description: Option<String>,
    /// Kinds of events that it is told of; null means all.
    #[oai(nullable, validator(min_items = 1, max_items = 100))]
    pub event_types: MaybeUndefined<Vec<String>>,
    /// False to end deliveries: those that wait fail. True to begin again.
    #[serde(deserialize_with = "not_null")]
    pub enabled: Option<bool>,
}

impl WebhookBody {
    /// Returns the endpoint to be made.
    ///
    /// # Errors
    /// If a kind of events is unknown.
    pub fn into_input(self) -> Result<WebhookEndpointInput, InvalidField> {
        Ok(WebhookEndpointInput {
            url: self.url,
            description: self.description.unwrap_or_default(),
            event_types: self.event_types.map(known).transpose()?,
            is_enabled: self.enabled.unwrap_or(true),
        })
    }
}

impl WebhookPatchBody {
    /// Returns the endpoint as it is to be.
    ///
    /// # Errors
    /// If a kind of events is unknown.
    pub fn applied_to(
        self,
        current: WebhookEndpoint,
    ) -> Result<WebhookEndpointInput, InvalidField> {
        Ok(WebhookEndpointInput {
            url: self.url.unwrap_or(current.url),
            description: self.description.unwrap_or(current.description),
            event_types: match self.event_types {
                MaybeUndefined::Undefined => current.event_types,
                MaybeUndefined::Null => None,
                MaybeUndefined::Value(types) => Some(known(types)?),
            },
            is_enabled: self.enabled.unwrap_or(current.disabled.is_none()),
        })
    }
}

/// Checks that the catalogue has these kinds, and puts them in order.
fn known(mut types: Vec<String>) -> Result<Vec<String>, InvalidField> {
    check_entries("event_types", types.len(), MAX_EVENT_TYPES)?;
    if let Some(unknown) = types.iter().find(|name| event_type(name).is_none()) {
        let message = format!("must be kinds of events, and `{unknown}` is none");
        return Err(InvalidField::new("event_types", message));
    }
    types.sort_unstable();
    types.dedup();
    Ok(types)
}
