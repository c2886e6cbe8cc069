//! Reading of rows: from cells to products.

pub(super) mod assemble;
pub(super) mod attributes;
pub(super) mod categories;
pub(super) mod columns;
pub(super) mod dates;
mod details;
mod email;
mod group;
pub(super) mod kinds;
pub(super) mod money;
pub(super) mod names;
pub(super) mod offers;
pub(super) mod options;
mod own;
mod properties;
pub(super) mod ratings;
pub(super) mod references;
pub(super) mod text;
pub(super) mod value;
mod visibility;
pub(super) mod words;
