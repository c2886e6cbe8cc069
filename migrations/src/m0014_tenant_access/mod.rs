//! Gives a tenant any number of hosts and keys, and one tenant the unknown hosts.

use crate::scripts::{Script, Scripts};

/// Tables `tenant_hosts` and `tenant_keys`, which take over the columns of `tenants`, and `tenants.is_default`.
pub(crate) const TENANT_ACCESS: Scripts = Scripts {
    name: "m20261129_000017_tenant_access",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
