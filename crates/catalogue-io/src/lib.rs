//! Import, export and demo generation of catalogues.

pub mod export;
pub mod generate;
mod gtin;
pub mod import;
pub mod output_file;
pub mod progress;
mod references;
mod spreadsheet;
