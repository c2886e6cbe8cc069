//! The service over both databases: what is told, what is counted, what is over.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod guessing;
mod importing;
mod interleavings;
mod signing_in;
mod support;
