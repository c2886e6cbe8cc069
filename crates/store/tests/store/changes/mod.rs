//! Changes that name only what differs: patches of products, prices and stocks by SKU.

mod patches;
mod variants;
