//! Request bodies of tenants and their keys.

use poem_openapi::Object;
use serde::Deserialize;
use souk_domain::{Currency, HostName, InvalidField, Language, shop_currency};
use souk_store::{NewTenant, TenantChanges};

use crate::api::views::Timestamp;

/// A tenant to be made.
#[derive(Debug, Object, Deserialize)]
pub struct NewTenantBody {
    /// Unique name in URLs and commands.
    #[oai(validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub slug: String,
    /// Display name; the slug if not given.
    #[oai(nullable, validator(min_length = 1, max_length = 200))]
    pub name: Option<String>,
    /// Host names whose requests are for it, such as `shop.example`. Each belongs to one tenant only.
    #[oai(default, validator(max_items = 100))]
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Language whose stems its search uses, ISO 639-1, or `simple` for none; default `en`.
    #[oai(nullable)]
    pub language: Option<String>,
    /// Currency of its prices, ISO 4217; default `EUR`.
    #[oai(
        nullable,
        validator(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")
    )]
    pub currency: Option<String>,
}

/// A tenant's changeable properties.
#[derive(Debug, Object, Deserialize)]
pub struct TenantBody {
    /// Display name.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub name: String,
    /// All host names whose requests are for it from now on.
    #[oai(validator(max_items = 100))]
    pub hosts: Vec<String>,
    /// True has it serve the hosts that are no tenant's, in the place of another.
    pub is_default: bool,
}

/// A key to be made.
#[derive(Debug, Object, Deserialize)]
pub struct TenantKeyBody {
    /// Purpose of the key.
    #[oai(default, validator(max_length = 100))]
    #[serde(default)]
    pub label: String,
    /// Time from which it is refused, in the future; never if not given.
    #[oai(nullable)]
    pub expires_at: Option<Timestamp>,
}

impl NewTenantBody {
    /// Returns the tenant to be added.
    ///
    /// # Errors
    /// If a host, the language or the currency is none.
    pub fn into_input(self) -> Result<NewTenant, InvalidField> {
        let language = match &self.language {
            Some(code) => code.parse::<Language>(),
            None => Ok(Language::English),
        };
        let currency = match &self.currency {
            Some(code) => shop_currency(code),
            None => Ok(Currency::EUR),
        };
        Ok(NewTenant {
            name: self.name.unwrap_or_else(|| self.slug.clone()),
            slug: self.slug,
            hosts: read_hosts(&self.hosts)?,
            language: language.map_err(|error| InvalidField::new("language", error.to_string()))?,
            currency: currency.map_err(|error| InvalidField::new("currency", error.to_string()))?,
        })
    }
}

impl TenantBody {
    /// Returns the changes.
    ///
    /// # Errors
    /// If a host is none.
    pub fn into_changes(self) -> Result<TenantChanges, InvalidField> {
        Ok(TenantChanges {
            hosts: Some(read_hosts(&self.hosts)?),
            name: Some(self.name),
            is_default: Some(self.is_default),
        })
    }
}

fn read_hosts(hosts: &[String]) -> Result<Vec<HostName>, InvalidField> {
    let read = |(place, host): (usize, &String)| {
        host.parse::<HostName>()
            .map_err(|error| InvalidField::new(format!("hosts[{place}]"), error.to_string()))
    };
    hosts.iter().enumerate().map(read).collect()
}
