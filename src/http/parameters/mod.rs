//! Names that a request uses, beside those that are known.

mod known;
mod nearest;

pub(super) use known::AskedUri;
pub use known::KnownParameters;
pub(crate) use nearest::nearest;
