//! Changes of products and variants that name only what differs.

#[cfg(test)]
mod merge_model;
mod product_patch;
mod variant_update;

pub use product_patch::{Change, KeptParts, PatchedProduct, ProductPatch, VariantPatch};
pub use variant_update::VariantUpdate;
