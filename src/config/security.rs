//! Settings of security headers.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `security.hsts_max_age_secs` | `SOUK_HSTS_MAX_AGE_SECS` | `0`: nothing is said, for Souk itself does not speak TLS |

use serde::{Deserialize, Serialize};

/// Settings of security headers.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityConfig {
    /// For how many seconds browsers are to use this host with TLS only. Set it where a proxy in front speaks TLS, and
    /// nothing else on this host and its subdomains is needed without.
    pub hsts_max_age_secs: u64,
}
