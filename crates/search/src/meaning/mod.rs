//! Search by meaning beside the words: when it applies, and the fusion of both orders, the same for every engine.
//!
//! An engine only says which products are nearest to a vector, by [`SearchEngine::nearest`](crate::SearchEngine::nearest). One that
//! cannot, and one that fails at it, leaves the words alone.

mod applies;
mod fused_page;
mod fusion;
mod shared_words;

pub use self::applies::meaning_weight;
pub(crate) use self::fused_page::fused_page;
