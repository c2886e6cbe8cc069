//! The admin API.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `admin.key` | `SOUK_ADMIN_KEY` | unset: one is made at the first start and kept in `admin-key` in the data folder |

use serde::{Deserialize, Serialize};

use super::Secret;

/// The admin API.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdminConfig {
    /// Key that `Authorization: Bearer ...` must hold under `/api/admin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
}
