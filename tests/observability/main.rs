//! Souk seen from outside: metrics, as Prometheus gets them, logs and traces of real processes.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod cardinality;
mod dashboards;
mod exported;
mod process;
mod scrape;
mod secrets;
mod traces;
