//! Files of a model.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use xxhash_rust::xxh3::Xxh3;

use super::error::{ModelError, unsupported};
use super::layers::{Encoder, Layer, LayerNorm};
use super::tokenizer::{Tokenizer, TokenizerFile};
use super::weights::{self, Weights};

/// Version of what this crate makes of a model's files. Part of a model's id.
const COMPUTATION: u8 = 1;

/// Part of `config.json` that the computation depends on.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    hidden_act: String,
    hidden_size: usize,
    intermediate_size: usize,
    layer_norm_eps: f32,
    pub(super) max_position_embeddings: usize,
    num_attention_heads: usize,
    num_hidden_layers: usize,
    #[serde(default = "absolute")]
    position_embedding_type: String,
}

fn absolute() -> String {
    "absolute".to_owned()
}

pub(super) struct ModelFiles {
    config: Vec<u8>,
    tokenizer: Vec<u8>,
    weights: Vec<u8>,
}

impl ModelFiles {
    pub(super) fn read(folder: &Path) -> Result<Self, ModelError> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|source| ModelError::Read { path, source })
        };
        Ok(Self {
            config: read("config.json")?,
            tokenizer: read("tokenizer.json")?,
            weights: read(weights::FILE)?,
        })
    }

    /// Returns the id of a model: a hash of its files and of the computation.
    pub(super) fn id(&self) -> String {
        let mut hash = Xxh3::new();
        hash.update(&[COMPUTATION]);
        for file in [&self.config, &self.tokenizer, &self.weights] {
            hash.update(&file.len().to_le_bytes());
            hash.update(file);
        }
        format!("{:016x}", hash.digest())
    }

    pub(super) fn config(&self) -> Result<Config, ModelError> {
        let file = "config.json";
        let config: Config = serde_json::from_slice(&self.config)
            .map_err(|source| ModelError::Json { file, source })?;
        let heads = config.num_attention_heads;
        for (holds, must) in [
            (config.hidden_act == "gelu", "hidden_act is gelu"),
            (
                config.position_embedding_type == "absolute",
                "position_embedding_type is absolute",
            ),
            (
                heads > 0 && config.hidden_size.is_multiple_of(heads),
                "hidden_size is a multiple of num_attention_heads",
            ),
            (
                config.max_position_embeddings > 2,
                "max_position_embeddings is more than 2",
            ),
        ] {
            if !holds {
                return Err(unsupported(file, must));
            }
        }
        Ok(config)
    }

    pub(super) fn tokenizer(&self) -> Result<Tokenizer, ModelError> {
        let file = "tokenizer.json";
        let read: TokenizerFile = serde_json::from_slice(&self.tokenizer)
            .map_err(|source| ModelError::Json { file, source })?;
        Tokenizer::new(read).map_err(|must| unsupported(file, must))
    }

    pub(super) fn encoder(&self, config: &Config) -> Result<Encoder, ModelError> {
        let weights = Weights::read(&self.weights)?;
        let hidden = config.hidden_size;
        let norm = |name: &str| {
            Ok::<_, ModelError>(LayerNorm {
                weight: weights.row(&format!("{name}.weight"), hidden)?,
                bias: weights.row(&format!("{name}.bias"), hidden)?,
                epsilon: config.layer_norm_eps,
            })
        };
        let table = |name: &str| weights.table(&format!("embeddings.{name}.weight"), hidden);
        let layer = |number: usize| {
            let name = |part: &str| format!("encoder.layer.{number}.{part}");
            Ok::<_, ModelError>(Layer {
                query: weights.linear(&name("attention.self.query"), hidden)?,
                key: weights.linear(&name("attention.self.key"), hidden)?,
                value: weights.linear(&name("attention.self.value"), hidden)?,
                attended: weights.linear(&name("attention.output.dense"), hidden)?,
                attended_norm: norm(&name("attention.output.LayerNorm"))?,
                inner: weights.linear(&name("intermediate.dense"), hidden)?,
                outer: weights.linear(&name("output.dense"), config.intermediate_size)?,
                outer_norm: norm(&name("output.LayerNorm"))?,
            })
        };
        Ok(Encoder {
            hidden,
            heads: config.num_attention_heads,
            words: table("word_embeddings")?,
            places: table("position_embeddings")?,
            kinds: table("token_type_embeddings")?,
            norm: norm("embeddings.LayerNorm")?,
            layers: (0..config.num_hidden_layers)
                .map(layer)
                .collect::<Result<_, _>>()?,
        })
    }
}
