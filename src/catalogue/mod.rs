//! The catalogue's ways in and out: the demo generator, import and export.

pub mod generate;
mod gtin;
