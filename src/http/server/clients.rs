//! Connections of each client.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::http::{Client, TrustedProxies};

/// Shortest time between two warnings of refused connections.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Open connections by client.
#[derive(Default)]
pub(super) struct ClientConnections {
    open: Mutex<HashMap<Client, usize>>,
    /// Number of refused connections since the last warning, and its time.
    refused: Mutex<(u64, Option<Instant>)>,
}

/// Place of a connection among those of its client; dropping it gives the place back.
pub(super) struct ClientPlace {
    client: Client,
    all: Arc<ClientConnections>,
}

impl ClientConnections {
    /// Takes a place for a connection from an address; `None` if its client has `most` open. Trusted proxies and this
    /// machine, where one may run, connect for others: they have as many as they like.
    #[allow(clippy::option_option)]
    pub(super) fn take(
        self: &Arc<Self>,
        address: IpAddr,
        most: usize,
        proxies: &TrustedProxies,
    ) -> Option<Option<ClientPlace>> {
        let address = address.to_canonical();
        if address.is_loopback() || proxies.trusts(address) {
            return Some(None);
        }
        let client = Client::of(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.entry(client).or_default();
        if *own >= most {
            self.warn(client, most);
            return None;
        }
        *own += 1;
        Some(Some(ClientPlace {
            client,
            all: Arc::clone(self),
        }))
    }

    /// Warns of refused connections, from time to time.
    fn warn(&self, client: Client, most: usize) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.0 += 1;
        if refused.1.is_some_and(|last| last.elapsed() < WARN_EVERY) {
            return;
        }
        tracing::warn!(
            %client,
            refused = refused.0,
            most,
            "connections of one client are refused beyond SOUK_MAX_CLIENT_CONNECTIONS; \
             if it is a proxy, name it in TRUSTED_PROXIES"
        );
        *refused = (0, Some(Instant::now()));
    }
}

impl Drop for ClientPlace {
    fn drop(&mut self) {
        let mut open = self.all.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use souk_config::ProxyHeader;

    use super::*;

    #[test]
    fn each_client_has_its_own_places() {
        let all = Arc::<ClientConnections>::default();
        let proxies = TrustedProxies::parse("10.0.0.0/8", ProxyHeader::XForwardedFor).unwrap();
        let take = |address: &str| all.take(address.parse().unwrap(), 2, &proxies);
        let first = take("192.0.2.1").unwrap();
        let _second = take("192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_none());
        assert!(take("::ffff:192.0.2.1").is_none());
        let _other = take("192.0.2.2").unwrap();
        drop(first);
        let _again = take("192.0.2.1").unwrap();

        let household = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(take);
        let taken = household.each_ref().map(Option::is_some);
        assert_eq!(taken, [true, true, false]);
        let proxied: Vec<_> = (0..9).map(|_| take("10.1.2.3")).collect();
        assert!(proxied.iter().all(Option::is_some));

        drop((_second, _other, _again, household));
        assert!(all.open.lock().unwrap().is_empty());
    }
}
