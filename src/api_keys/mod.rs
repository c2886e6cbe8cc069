//! API keys: made, and found again by those who check requests.

mod directory;
mod issuing;
mod refused;

pub(crate) use self::issuing::{DEFAULT_DAYS, DEFAULT_OVERLAP_HOURS};
pub use self::{
    directory::ApiKeyDirectory,
    issuing::{Issued, KeyError, KeyRequest, issue, rotate},
    refused::RefusedKeys,
};
