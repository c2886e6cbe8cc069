//! What every request passes through, and what handlers take from a request.

mod admin_key;
mod api_or_pages;
mod cached;
mod client;
mod compression;
mod cors;
mod error_handling;
mod limits;
mod measured;
mod rate_limit;
mod request_id;
mod route_table;
mod search_context;
mod security_headers;
mod server;
mod tenant;
mod text;
mod visitor;

pub use admin_key::{Admin, AdminKey};
pub use api_or_pages::ApiOrPages;
pub use cached::{Cached, Made, Replayed};
pub use client::{BadNetwork, Client, ProxyHeader, TrustedProxies};
pub use compression::Compression;
pub use cors::{BadCors, Cors, CorsOptions};
pub use error_handling::ErrorHandling;
pub use limits::RequestLimits;
pub use measured::Measured;
pub use rate_limit::{PolicyCounts, RateLimit, RateLimitOptions, RateLimits};
pub use request_id::RequestId;
pub use route_table::RouteTable;
pub use security_headers::SecurityHeaders;
pub use server::{ConnectionLimits, serve};
pub use tenant::TenantContext;
pub use visitor::{InvalidVisitorId, RequestVisitor, VisitorId};

use poem::http::HeaderName;

pub use crate::tenant_directory::Found;

/// The header that carries a marketplace's key.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
