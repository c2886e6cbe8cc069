//! Names of the parts of a stack.

use std::fmt;

use clap::ValueEnum;

/// A part of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Name {
    Postgres,
    Redis,
    Elasticsearch,
    Api,
    Indexer,
    #[value(name = "api-2")]
    Api2,
    #[value(name = "api-3")]
    Api3,
    Edge,
    Prometheus,
}

impl Name {
    /// Every part, those first that others need.
    pub(super) const ALL: [Self; 9] = [
        Self::Postgres,
        Self::Redis,
        Self::Elasticsearch,
        Self::Api,
        Self::Indexer,
        Self::Api2,
        Self::Api3,
        Self::Edge,
        Self::Prometheus,
    ];

    /// The API processes that the front tier shares requests among.
    pub(super) const APIS: [Self; 3] = [Self::Api, Self::Api2, Self::Api3];

    /// Reports whether the part belongs to the front tier, which not every stack has.
    pub(super) fn is_of_edge(self) -> bool {
        matches!(self, Self::Api2 | Self::Api3 | Self::Edge)
    }

    /// Reports whether the part only monitors others, which not every stack has.
    pub(super) fn is_of_observers(self) -> bool {
        self == Self::Prometheus
    }

    /// Reports whether the part serves metrics on a port of its own.
    pub(super) fn tells_metrics(self) -> bool {
        self == Self::Indexer || Self::APIS.contains(&self)
    }

    /// Name on the command line, in `.souk/stack` and in `docker-compose.yml`.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Elasticsearch => "elasticsearch",
            Self::Api => "api",
            Self::Indexer => "indexer",
            Self::Api2 => "api-2",
            Self::Api3 => "api-3",
            Self::Edge => "edge",
            Self::Prometheus => "prometheus",
        }
    }

    /// Default port: free on most developers' machines, and below the ports that the
    /// system gives to outgoing connections. The indexer does not listen.
    pub(super) fn usual_port(self) -> Option<u16> {
        match self {
            Self::Postgres => Some(25_432),
            Self::Redis => Some(27_379),
            Self::Elasticsearch => Some(29_200),
            Self::Api => Some(3_000),
            Self::Api2 => Some(3_001),
            Self::Api3 => Some(3_002),
            Self::Edge => Some(8_080),
            Self::Prometheus => Some(29_090),
            Self::Indexer => None,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_knows_every_part_by_its_name() {
        for name in Name::ALL {
            assert_eq!(Name::from_str(name.key(), false), Ok(name));
        }
        assert_eq!(Name::value_variants(), Name::ALL);
    }
}
