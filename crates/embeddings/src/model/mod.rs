//! Sentence model of the BERT family: WordPiece, encoder layers, mean pooling.

mod error;
mod files;
mod functions;
mod layers;
mod matrix;
mod tokenizer;
mod weights;

use std::path::Path;

pub use self::error::ModelError;
use self::files::ModelFiles;
use self::layers::Encoder;
use self::tokenizer::Tokenizer;
use crate::{EmbedError, Embedder, Vector};

/// Most tokens that pass through the layers at once: as many as amortise the reading of weights and stay in the processor's
/// cache.
const TOKENS_AT_ONCE: usize = 256;

/// Model read from `model.safetensors`, `config.json` and `tokenizer.json`, such as all-MiniLM-L6-v2.
#[derive(Debug)]
pub struct SentenceModel {
    id: String,
    tokenizer: Tokenizer,
    encoder: Encoder,
}

impl SentenceModel {
    /// Reads a model from its folder.
    ///
    /// # Errors
    /// Names the file that is missing or is not of this kind of model.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let files = ModelFiles::read(folder)?;
        let config = files.config()?;
        let mut tokenizer = files.tokenizer()?;
        tokenizer.cut_at(config.max_position_embeddings);
        Ok(Self {
            id: files.id(),
            encoder: files.encoder(&config)?,
            tokenizer,
        })
    }

    /// Returns the mean of the last layer for each text, without quantisation.
    fn pooled(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let tokens: Vec<Vec<u32>> = texts
            .iter()
            .map(|text| self.tokenizer.tokens(text))
            .collect();
        let mut pooled = Vec::with_capacity(texts.len());
        let mut left = &tokens[..];
        while !left.is_empty() {
            let mut sum = 0;
            let fitting = left.iter().take_while(|tokens| {
                sum += tokens.len();
                sum <= TOKENS_AT_ONCE
            });
            let (now, later) = left.split_at(fitting.count().max(1));
            pooled.extend(self.encoder.pooled(now));
            left = later;
        }
        pooled
    }
}

impl Embedder for SentenceModel {
    fn model(&self) -> &str {
        &self.id
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vector>, EmbedError> {
        let pooled = self.pooled(texts).into_iter();
        pooled.map(|values| Vector::of(&values)).collect()
    }
}

#[cfg(test)]
mod tests;
