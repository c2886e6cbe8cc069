//! Leaves what the SQL engine searches to a projection made of product documents, with words as every engine splits them.

use crate::scripts::{Script, Scripts};

/// Tables `search_words`, `search_names` and `search_analyzers`; notes of all changes in `search_pending`.
pub(crate) const WORDS: Scripts = Scripts {
    name: "m20261130_000031_words",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
