//! What every request passes through, and what handlers take from a request.

mod admin_key;
mod cached;
mod compression;
mod envelope;
mod marketplace;
mod request_id;
mod route_table;
mod text;

pub use admin_key::{Admin, AdminKey};
pub use cached::{Cached, Made};
pub use compression::Compression;
pub use envelope::Envelope;
pub use marketplace::Marketplace;
pub use request_id::RequestId;
pub use route_table::RouteTable;

use poem::http::HeaderName;

pub use crate::marketplaces::Found;

/// The header that carries a marketplace's key.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
