//! Request to start an index job.

use poem_openapi::Object;
use serde::Deserialize;

/// Request to start an index job.
#[derive(Debug, Object, Deserialize)]
pub struct JobBody {
    /// Cancels a running job in favour of this one.
    #[oai(default)]
    #[serde(default)]
    pub supersede: bool,
}
