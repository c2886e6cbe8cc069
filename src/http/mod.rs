//! What every request passes through, and what handlers take from a request.

mod admin_key;
mod envelope;
mod marketplace;
mod request_id;
mod route_table;
mod text;

pub use admin_key::{Admin, AdminKey};
pub use envelope::Envelope;
pub use marketplace::Marketplace;
pub use request_id::RequestId;
pub use route_table::RouteTable;
