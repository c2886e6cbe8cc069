//! Ports of a stack: requested, remembered or default.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Result, bail};

use super::super::{name::Name, place::Place};
use crate::parts::free_port;

/// Ports that were asked for.
#[derive(clap::Args, Default)]
pub(crate) struct Wanted {
    /// Port of the API [default: 3000]
    #[arg(long, value_name = "PORT")]
    api_port: Option<u16>,
    /// Port of PostgreSQL [default: 25432]
    #[arg(long, value_name = "PORT")]
    postgres_port: Option<u16>,
    /// Port of Redis [default: 27379]
    #[arg(long, value_name = "PORT")]
    redis_port: Option<u16>,
    /// Port of Elasticsearch [default: 29200]
    #[arg(long, value_name = "PORT")]
    elasticsearch_port: Option<u16>,
    /// With --edge, where the second API process listens [default: 3001]
    #[arg(long, value_name = "PORT")]
    api_2_port: Option<u16>,
    /// With --edge, where the third API process listens [default: 3002]
    #[arg(long, value_name = "PORT")]
    api_3_port: Option<u16>,
    /// With --edge, where nginx listens [default: 8080]
    #[arg(long, value_name = "PORT")]
    edge_port: Option<u16>,
    /// With --observe, where Prometheus listens [default: 29090]
    #[arg(long, value_name = "PORT")]
    prometheus_port: Option<u16>,
}

/// The port of every part that listens.
pub(super) struct Ports {
    served: Vec<(Name, u16)>,
    /// Metrics ports, any free ones: only Prometheus needs to know them.
    metrics: Vec<(Name, u16)>,
}

impl Wanted {
    fn of(&self, name: Name) -> Option<u16> {
        match name {
            Name::Api => self.api_port,
            Name::Postgres => self.postgres_port,
            Name::Redis => self.redis_port,
            Name::Elasticsearch => self.elasticsearch_port,
            Name::Api2 => self.api_2_port,
            Name::Api3 => self.api_3_port,
            Name::Edge => self.edge_port,
            Name::Prometheus => self.prometheus_port,
            Name::Indexer => None,
        }
    }
}

impl Ports {
    /// Chooses the requested port, else that of the previous start, else the default. A running part keeps its port, and
    /// nobody else may be where one is to start.
    pub(super) fn choose(place: &Place, names: &[Name], wanted: &Wanted) -> Result<Self> {
        let (mut served, mut metrics) = (Vec::new(), Vec::new());
        for &name in names {
            let before = place.record(name);
            if name.tells_metrics() {
                let running = before.as_ref().filter(|record| record.is_alive());
                match running.map(|record| record.metrics) {
                    Some(known) => metrics.extend(known.map(|port| (name, port))),
                    None => metrics.push((name, free_port()?)),
                }
            }
            let wanted = wanted.of(name);
            let Some(usual) = name.usual_port() else {
                continue;
            };
            let known = before.as_ref().and_then(|record| record.port);
            let port = wanted.or(known).unwrap_or(usual);
            if before.is_some_and(|record| record.is_alive()) {
                if known != Some(port) {
                    bail!(
                        "{name} runs already, elsewhere than on port {port}; `cargo xtask stack down` first, since \
                         others know it where it is"
                    );
                }
            } else if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
                bail!(
                    "port {port}, where {name} would listen, is taken by another process; stop that, or choose \
                     another port with --{name}-port"
                );
            }
            served.push((name, port));
        }
        Ok(Self { served, metrics })
    }

    /// Port of a part.
    pub(super) fn of(&self, name: Name) -> Option<u16> {
        port_of(&self.served, name)
    }

    /// Metrics port of a part.
    pub(super) fn metrics_of(&self, name: Name) -> Option<u16> {
        port_of(&self.metrics, name)
    }
}

fn port_of(ports: &[(Name, u16)], name: Name) -> Option<u16> {
    let mut ports = ports.iter();
    ports
        .find(|(other, _)| *other == name)
        .map(|(_, port)| *port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_the_option_that_changes_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(folder.path().to_owned());
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let free = || free_port().ok();
        let wanted = Wanted {
            redis_port: Some(port),
            api_port: free(),
            postgres_port: free(),
            elasticsearch_port: free(),
            ..Wanted::default()
        };
        let names = place.names(false, false);
        let error = Ports::choose(&place, &names, &wanted)
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(&port.to_string()), "{error}");
        assert!(error.contains("--redis-port"), "{error}");
    }

    #[test]
    fn requested_port_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(folder.path().to_owned());
        let port = free_port().unwrap();
        let wanted = Wanted {
            redis_port: Some(port),
            api_port: Some(free_port().unwrap()),
            postgres_port: Some(free_port().unwrap()),
            elasticsearch_port: Some(free_port().unwrap()),
            edge_port: Some(free_port().unwrap()),
            api_2_port: Some(free_port().unwrap()),
            api_3_port: Some(free_port().unwrap()),
            prometheus_port: Some(free_port().unwrap()),
        };
        let ports = Ports::choose(&place, &Name::ALL, &wanted).unwrap();
        assert_eq!(ports.of(Name::Edge), wanted.edge_port);
        assert_eq!(ports.of(Name::Redis), Some(port));
        assert_eq!(ports.of(Name::Prometheus), wanted.prometheus_port);
        assert_eq!(ports.of(Name::Indexer), None);
        for name in Name::ALL {
            assert_eq!(ports.metrics_of(name).is_some(), name.tells_metrics());
        }
    }
}
