//! What every request passes through, and what handlers take from a request.

mod admin_key;
mod cached;
mod client;
mod compression;
mod cors;
mod entrance;
mod envelope;
mod guidance;
mod limits;
mod marketplace;
mod measured;
mod rate_limit;
mod request_id;
mod route_table;
mod server;
mod session;
mod strictness;
mod text;

pub use admin_key::{Admin, AdminKey};
pub use cached::{Cached, Made, Recalled};
pub use client::{BadNetwork, Client, ProxyHeader, TrustedProxies};
pub use compression::Compression;
pub use cors::{BadCors, Cors, CorsOptions};
pub use entrance::Entrance;
pub use envelope::Envelope;
pub use limits::RequestLimits;
pub use marketplace::Marketplace;
pub use measured::Measured;
pub use rate_limit::{PolicyCounts, RateLimit, RateLimitOptions, RateLimits};
pub use request_id::RequestId;
pub use route_table::RouteTable;
pub use server::{ConnectionLimits, serve};
pub use session::{BadSessionId, Session, SessionId};
pub use strictness::Strictness;

use poem::http::HeaderName;

pub use crate::marketplaces::Found;

/// The header that carries a marketplace's key.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
