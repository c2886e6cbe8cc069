//! Resolution of names into addresses that were checked.

use std::{error::Error, io, net::SocketAddr, time::Duration};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::networks::Networks;

/// Longest time of a resolution.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Name that leads to no address that a delivery may go to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    /// The name has no address, or the name servers fail.
    #[error("the name cannot be resolved")]
    Unresolved(#[source] io::Error),
    /// Name with an address that is not in the public internet.
    #[error("the name leads to an address that is not in the public internet")]
    Private,
}

/// Resolver of the connections: they go to the very addresses that were checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CheckedResolver(pub(crate) Networks);

/// Returns the addresses of a name, if deliveries may go to all of them.
pub(crate) async fn resolve(
    name: &str,
    port: u16,
    networks: Networks,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let resolving = tokio::time::timeout(TIMEOUT, tokio::net::lookup_host((name, port))).await;
    let resolved =
        resolving.map_err(|_| ResolveError::Unresolved(io::ErrorKind::TimedOut.into()))?;
    let addresses: Vec<_> = resolved.map_err(ResolveError::Unresolved)?.collect();
    match addresses.iter().all(|address| networks.allow(address.ip())) {
        _ if addresses.is_empty() => Err(ResolveError::Unresolved(io::ErrorKind::NotFound.into())),
        true => Ok(addresses),
        false => Err(ResolveError::Private),
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = self.0;
        Box::pin(async move {
            // The port is the connection's own.
            let addresses = resolve(name.as_str(), 0, networks).await;
            let addresses =
                addresses.map_err(|error| Box::new(error) as Box<dyn Error + Send + Sync>)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn name_of_a_private_address_is_refused() {
        let refused = resolve("localhost", 80, Networks::Public).await;
        assert!(matches!(refused, Err(ResolveError::Private)), "{refused:?}");
        let allowed = resolve("localhost", 80, Networks::Any).await.unwrap();
        assert!(allowed.iter().all(|address| address.ip().is_loopback()));
    }
}
