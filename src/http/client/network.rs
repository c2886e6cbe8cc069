//! Network of a client, hashed: what cannot be chosen as freely as a visitor id.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::Utc;
use souk_domain::TenantId;
use souk_search_service::VisitorHash;

use super::Client;
use crate::state::AppState;

/// Bits of the address that a network has in common.
const IPV4_BITS: u32 = 24;
const IPV6_BITS: u32 = 48;

/// Network of a request's client: /24 for IPv4, /48 for IPv6. Analytics hash it at once; sessions keep it for their owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestNetwork(Option<IpAddr>);

impl RequestNetwork {
    /// The network of a client.
    pub(in crate::http) fn of(client: Client) -> Self {
        Self::at(client.address())
    }

    /// The network of an address.
    pub(crate) fn at(address: Option<IpAddr>) -> Self {
        Self(address.map(|address| match address {
            IpAddr::V4(address) => {
                let rest = Ipv4Addr::BITS - IPV4_BITS;
                Ipv4Addr::from_bits(address.to_bits() >> rest << rest).into()
            }
            IpAddr::V6(address) => {
                let rest = Ipv6Addr::BITS - IPV6_BITS;
                Ipv6Addr::from_bits(address.to_bits() >> rest << rest).into()
            }
        }))
    }

    /// Returns today's hash; `None` while the day's salt cannot be read.
    pub async fn hash(&self, app: &AppState, tenant: TenantId) -> Option<VisitorHash> {
        let now = Utc::now().timestamp_millis();
        app.visitor_hasher.hash(tenant, &self.name(), now).await
    }

    /// Returns the network as people read it, such as `192.0.2.0/24`.
    pub(crate) fn label(&self) -> String {
        match self.0 {
            Some(IpAddr::V4(network)) => format!("{network}/{IPV4_BITS}"),
            Some(IpAddr::V6(network)) => format!("{network}/{IPV6_BITS}"),
            None => "local".to_owned(),
        }
    }

    /// Returns the name that is hashed.
    pub(crate) fn name(&self) -> String {
        // No visitor id has a space.
        match self.0 {
            Some(network) => format!("network {network}"),
            None => "network local".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_of_one_network() {
        let network = |address: &str| RequestNetwork::of(Client::of(address.parse().unwrap()));
        assert_eq!(network("192.0.2.1"), network("192.0.2.254"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:ffff::1"));
        assert_ne!(network("2001:db8:1::1"), network("2001:db8:2::1"));
    }
}
