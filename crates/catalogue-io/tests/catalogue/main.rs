//! The catalogue's ways in and out, on real databases.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bounds;
mod exchange;
mod export;
mod faults;
mod forms;
mod generate;
mod import;
mod media;
mod observed;
mod openings;
mod private;
mod profiles;
mod reimports;
mod sellers;
mod shop;
mod visibility;
