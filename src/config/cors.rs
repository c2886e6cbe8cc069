//! Settings of CORS.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `cors.allowed_origins` | `CORS_ALLOWED_ORIGINS` | empty: nothing; `*`: every origin |
//! | `cors.allowed_methods` | `CORS_ALLOWED_METHODS` | `GET, HEAD, POST, PUT, PATCH, DELETE` |
//! | `cors.allowed_headers` | `CORS_ALLOWED_HEADERS` | `Authorization, Content-Type, If-Match, If-None-Match, X-Actor, X-Api-Key, X-Request-Id, X-Visitor-Id` |
//! | `cors.allow_credentials` | `CORS_ALLOW_CREDENTIALS` | `false` |
//! | `cors.max_age_secs` | `CORS_MAX_AGE_SECS` | `7200` |

use serde::{Deserialize, Serialize};

use crate::http::{BadCors, Cors, CorsOptions};

/// Settings of CORS.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorsConfig {
    /// Allowed origins, such as `https://shop.example`, separated by commas; `*` for all.
    pub allowed_origins: String,
    /// With which methods.
    pub allowed_methods: String,
    /// With which headers.
    pub allowed_headers: String,
    /// True to allow cookies and other credentials of the browser; not for `*`.
    pub allow_credentials: bool,
    /// For how many seconds a browser may remember the answer.
    pub max_age_secs: u32,
}

impl Default for CorsConfig {
    fn default() -> Self {
        Self {
            allowed_origins: String::new(),
            allowed_methods: "GET, HEAD, POST, PUT, PATCH, DELETE".to_owned(),
            allowed_headers:
                "Authorization, Content-Type, If-Match, If-None-Match, X-Actor, X-Api-Key, X-Request-Id, X-Visitor-Id"
                    .to_owned(),
            allow_credentials: false,
            max_age_secs: 7_200,
        }
    }
}

impl CorsConfig {
    /// As requests are looked at with.
    ///
    /// # Errors
    /// If an origin, method or header is none, or every origin would be given credentials.
    pub fn cors(&self) -> Result<Cors, BadCors> {
        Cors::new(&CorsOptions {
            origins: &self.allowed_origins,
            methods: &self.allowed_methods,
            headers: &self.allowed_headers,
            credentials: self.allow_credentials,
            max_age_secs: self.max_age_secs,
        })
    }
}
