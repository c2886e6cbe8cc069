//! Keeps second factors, and sign-ins that wait for one.

use crate::scripts::{Script, Scripts};

/// Tables `account_totp`, `recovery_codes` and `sign_in_challenges`, and the column `factor_at` of sessions.
pub(crate) const SECOND_FACTORS: Scripts = Scripts {
    name: "m20261130_000042_second_factors",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
