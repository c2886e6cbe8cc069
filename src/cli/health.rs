//! `souk health`: whether a running service can answer, for whoever watches it and has no curl at hand.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;

use super::output;
use crate::config::Config;

/// Longer than the service itself waits for what it depends on.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Service to check.
#[derive(Debug, Args)]
pub(super) struct Health {
    /// URL of the service, such as http://127.0.0.1:3000 [default: the configured address]
    url: Option<String>,
}

#[derive(Deserialize)]
struct Readiness {
    status: String,
}

/// Prints `ready` or `degraded`, and fails if the service is neither.
pub(super) async fn run(command: Health, config: &Config) -> anyhow::Result<()> {
    let base = command
        .url
        .unwrap_or_else(|| format!("http://{}", reachable(config.server.listen)));
    let url = format!("{}/health/ready", base.trim_end_matches('/'));
    // A proxy knows another machine by the name of this one.
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(TIMEOUT)
        .build()?;
    let answer = client
        .get(&url)
        .send()
        .await
        .with_context(|| format!("{url} does not answer"))?;
    if !answer.status().is_success() {
        bail!("{url} answers {}", answer.status());
    }
    let readiness: Readiness = answer
        .json()
        .await
        .with_context(|| format!("{url} is no service of Souk"))?;
    output::line(&readiness.status)
}

/// An address to connect to: who listens on all of them can be reached on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcard_address_is_checked_on_loopback() {
        for (listen, expected) in [
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:1", "[::1]:1"),
            ("10.0.0.7:1", "10.0.0.7:1"),
        ] {
            assert_eq!(
                reachable(listen.parse().unwrap()),
                expected.parse().unwrap()
            );
        }
    }
}
