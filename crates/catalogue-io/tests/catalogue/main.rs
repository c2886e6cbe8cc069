//! The catalogue's ways in and out, on real databases.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod export;
mod forms;
mod generate;
mod import;
mod openings;
mod profiles;
mod shop;
