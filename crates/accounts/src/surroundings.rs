//! Time and randomness, which tests hold still.

use std::fmt::Debug;

use chrono::Utc;

/// Source of time and randomness.
pub trait Surroundings: Debug + Send + Sync {
    /// Returns the time in milliseconds since 1970 UTC.
    fn now_ms(&self) -> i64;

    /// Returns random bytes that nobody can foretell.
    fn random(&self) -> [u8; 32];
}

/// The host's clock and randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Surroundings for System {
    fn now_ms(&self) -> i64 {
        Utc::now().timestamp_millis()
    }

    fn random(&self) -> [u8; 32] {
        rand::random()
    }
}
