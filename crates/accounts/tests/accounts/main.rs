//! The service over both databases: what is told, what is counted, what is over.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod factors;
mod guessing;
mod importing;
mod interleavings;
mod oathtool;
mod second_step;
mod signing_in;
mod step_up;
mod support;
