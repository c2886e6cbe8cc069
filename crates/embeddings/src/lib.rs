//! Vectors of texts: a sentence model read from files on disk, and the similarity of what it makes.
//!
//! Nothing is fetched. Computation is CPU-bound and blocks, so callers run it off their async workers.

mod embedder;
mod error;
mod model;
mod rows;
mod vector;

pub use embedder::Embedder;
pub use error::EmbedError;
pub use model::{ModelError, SentenceModel};
pub use rows::VectorRows;
pub use vector::Vector;
