//! Keeps former slugs, which lead on, and makes external ids unique per seller.

use crate::scripts::{Script, Scripts};

/// Former slugs, and external ids per seller.
pub(crate) const IDENTITY: Scripts = Scripts {
    name: "m20261129_000026_identity",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
