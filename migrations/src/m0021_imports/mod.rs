//! Adds the table of imports: uploaded files, the jobs that import them, and their leases.

use crate::scripts::{Script, Scripts};

/// Table `import_jobs`.
pub(crate) const IMPORTS: Scripts = Scripts {
    name: "m20261129_000024_imports",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
