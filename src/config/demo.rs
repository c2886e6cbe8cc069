//! The demo marketplace that a first start fills an empty database with.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `demo.enabled` | `SOUK_DEMO` | `true` |
//! | `demo.products` | `SOUK_DEMO_PRODUCTS` | `2000` |

use serde::{Deserialize, Serialize};

/// The demo marketplace.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DemoConfig {
    /// True to fill an empty database.
    pub enabled: bool,
    /// With how many products.
    pub products: u32,
}

impl Default for DemoConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            products: 2_000,
        }
    }
}
