//! Counts networks beside visitors, and gives the installation a secret to sign ids of searches with.

use crate::scripts::{Script, Scripts};

/// Columns `networks` and `click_networks`, tables `search_networks` and `installation_secrets`.
pub(crate) const NETWORKS: Scripts = Scripts {
    name: "m20261129_000030_networks",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
