//! The proxies in front.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `proxy.trusted` | `TRUSTED_PROXIES` | empty: nobody is believed to ask for someone else |
//! | `proxy.header` | `SOUK_PROXY_HEADER` | `x_forwarded_for`; or `forwarded`, `x_real_ip` |

use serde::{Deserialize, Serialize};

use crate::http::{BadNetwork, ProxyHeader, TrustedProxies};

/// The proxies in front.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProxyConfig {
    /// Networks or addresses of trusted proxies, separated by commas.
    pub trusted: String,
    /// Header in which they name the client.
    pub header: ProxyHeader,
}

impl ProxyConfig {
    /// As requests are looked at with.
    ///
    /// # Errors
    /// If a network is none.
    pub fn trusted(&self) -> Result<TrustedProxies, BadNetwork> {
        TrustedProxies::parse(&self.trusted, self.header)
    }
}
