//! Renames the table of salts by which visitor ids are hashed.

use crate::scripts::{Script, Scripts};

/// `session_secrets` becomes `visitor_salts`.
pub(crate) const VISITOR_SALTS: Scripts = Scripts {
    name: "m20261129_000016_visitor_salts",
    postgres: Script {
        up: &["ALTER TABLE session_secrets RENAME TO visitor_salts"],
        down: "ALTER TABLE visitor_salts RENAME TO session_secrets",
    },
    sqlite: Script {
        up: &["ALTER TABLE session_secrets RENAME TO visitor_salts"],
        down: "ALTER TABLE visitor_salts RENAME TO session_secrets",
    },
};
