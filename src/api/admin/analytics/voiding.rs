//! Takes back what was counted of searches: for the admin API and the command line.

use std::net::IpAddr;

use chrono::Utc;
use souk_domain::{InvalidField, TenantId};
use souk_search::QueryText;
use souk_search_service::{QueryIdSigner, VisitorHasher, network_key};
use souk_store::{Store, StoreError, Voided};

use crate::{
    api::{admin::check_search_text, params::CalendarDay},
    http::RequestNetwork,
};

/// What is to be taken back, as it is written: one of the three.
#[derive(Debug, Clone, Default)]
pub(crate) struct VoidRequest {
    /// Day, such as `2026-01-31`.
    pub(crate) day: Option<String>,
    /// Address of the network, with or without its length, such as `203.0.113.0/24`.
    pub(crate) network: Option<String>,
    /// Text that was searched for.
    pub(crate) query: Option<String>,
}

/// Failure of taking back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VoidError {
    /// The request names nothing, too much or something else.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl VoidRequest {
    /// Returns what it stands for.
    async fn resolve(
        self,
        hasher: &VisitorHasher,
        signer: &QueryIdSigner,
        tenant: TenantId,
    ) -> Result<Voided, VoidError> {
        match (self.day, self.network, self.query) {
            (Some(day), None, None) => {
                let day = CalendarDay::read(&day)
                    .ok_or_else(|| InvalidField::new("day", "must be a day such as 2026-01-31"))?;
                Ok(Voided::Day(day.number()))
            }
            (None, Some(network), None) => {
                let address = network_address(&network).ok_or_else(|| {
                    InvalidField::new("network", "must be an address such as 203.0.113.0/24")
                })?;
                let now = Utc::now();
                let name = RequestNetwork::at(Some(address)).name();
                let hash = hasher.hash(tenant, &name, now.timestamp_millis()).await;
                let hash = hash.ok_or(StoreError::NotFound("salt of the day"))?;
                Ok(Voided::Network {
                    day: CalendarDay::of(now).number(),
                    network: network_key(hash),
                })
            }
            (None, None, Some(query)) => {
                let text = QueryText::new(&query);
                if text.shown().is_empty() {
                    return Err(InvalidField::new("query", "must not be empty").into());
                }
                check_search_text("query", &query)?;
                Ok(Voided::Query {
                    keys: signer.stored_keys(tenant, text.key()),
                    text: text.shown().to_owned(),
                })
            }
            _ => {
                let message = "must be the only one of `day`, `network` and `query`";
                Err(InvalidField::new("day", message).into())
            }
        }
    }

    /// Takes it back, and returns the number of sums that were changed or deleted.
    pub(crate) async fn run(
        self,
        store: &Store,
        hasher: &VisitorHasher,
        signer: &QueryIdSigner,
        tenant: TenantId,
    ) -> Result<u64, VoidError> {
        let what = self.resolve(hasher, signer, tenant).await?;
        Ok(store.scope(tenant).voidable_analytics().void(&what).await?)
    }
}

/// Address of a network that is written with or without its length.
fn network_address(network: &str) -> Option<IpAddr> {
    let (address, length) = match network.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (network, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let is_length =
        |length: &str| length.len() <= 3 && length.parse().is_ok_and(|bits: u8| bits <= most);
    length.is_none_or(is_length).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_has_an_address_and_a_length_at_most() {
        for written in ["203.0.113.7", "203.0.113.0/24", "2001:db8::/48"] {
            assert!(network_address(written).is_some(), "{written}");
        }
        for written in [
            "",
            "203.0.113",
            "203.0.113.0/",
            "203.0.113.0/33",
            "203.0.113.0/24/24",
            "::/x",
        ] {
            assert!(network_address(written).is_none(), "{written}");
        }
    }
}
