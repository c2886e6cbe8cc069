//! Settings of the database.

use super::{Setting, secret, setting};

pub(super) const SETTINGS: &[Setting] = &[
    setting(
        "data.dir",
        "SOUK_DATA_DIR",
        "folder of the embedded database and index",
    ),
    secret(
        "database.url",
        "DATABASE_URL",
        "PostgreSQL; unset: SQLite in the data folder",
    ),
    setting(
        "database.max_connections",
        "SOUK_DATABASE_MAX_CONNECTIONS",
        "most database connections",
    ),
    setting(
        "database.slow_query_ms",
        "SOUK_SLOW_QUERY_MS",
        "a statement that takes as long is logged; 0: none is",
    ),
];
