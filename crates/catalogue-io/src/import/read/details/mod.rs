//! Further facts of products and variants: images, weights and sizes.

pub(super) mod images;
pub(super) mod measures;
