//! The catalogue's ways in and out: the demo generator, import and export.

pub mod export;
pub mod generate;
mod gtin;
pub mod import;
pub mod progress;
mod references;
