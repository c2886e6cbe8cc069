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
}

impl Name {
    /// Every part, those first that others need.
    pub(super) const ALL: [Self; 5] = [
        Self::Postgres,
        Self::Redis,
        Self::Elasticsearch,
        Self::Api,
        Self::Indexer,
    ];

    /// What it is called on the command line, in `.souk/stack` and in `docker-compose.yml`.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Elasticsearch => "elasticsearch",
            Self::Api => "api",
            Self::Indexer => "indexer",
        }
    }

    /// Where it listens if nothing else is said: where no developer has a server already, and below the ports that the
    /// system gives to outgoing connections. The indexer does not listen.
    pub(super) fn usual_port(self) -> Option<u16> {
        match self {
            Self::Postgres => Some(25_432),
            Self::Redis => Some(27_379),
            Self::Elasticsearch => Some(29_200),
            Self::Api => Some(3_000),
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
