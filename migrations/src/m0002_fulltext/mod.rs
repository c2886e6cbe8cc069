//! Full text for the database engine, kept by triggers so that a change made by plain SQL counts like any other.
//!
//! Words are kept as they are written, lower-cased and without Latin accents, but not stemmed: the engine finds the
//! words of the same stem, prefix or spelling in the vocabulary, so that every language and both databases match
//! alike. Names of categories, fandoms and sellers have indexes of their own: renaming one rewrites no product.

use crate::scripts::{Script, Scripts};

/// Full text.
pub(crate) const FULLTEXT: Scripts = Scripts {
    name: "m20261121_000002_fulltext",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
