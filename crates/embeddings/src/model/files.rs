//! Files of a model.

use std::fs;
use std::path::{Path, PathBuf};

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde::Deserialize;
use xxhash_rust::xxh3::Xxh3;

use super::layers::{Encoder, Layer, LayerNorm};
use super::matrix::Linear;
use super::tokenizer::{Tokenizer, TokenizerFile};

/// Version of what this crate makes of a model's files. Part of a model's id.
const COMPUTATION: u8 = 1;

/// A model that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file cannot be read.
    #[error("{} cannot be read", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Failure to read it.
        source: std::io::Error,
    },
    /// A JSON file has another form.
    #[error("{file} has another form than that of a BERT model")]
    Json {
        /// Name of the file.
        file: &'static str,
        /// What it lacks.
        source: serde_json::Error,
    },
    /// The weights have another form.
    #[error("model.safetensors cannot be read as weights")]
    Weights(#[from] SafeTensorError),
    /// The model is of another kind.
    #[error("{file} must say that {must}")]
    Unsupported {
        /// Name of the file.
        file: &'static str,
        /// What must hold.
        must: String,
    },
}

fn unsupported(file: &'static str, must: impl Into<String>) -> ModelError {
    let must = must.into();
    ModelError::Unsupported { file, must }
}

/// Part of `config.json` that the computation depends on.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    hidden_act: String,
    hidden_size: usize,
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
            weights: read("model.safetensors")?,
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
        let weights = Weights(SafeTensors::deserialize(&self.weights)?);
        let hidden = config.hidden_size;
        let norm = |name: &str| {
            Ok::<_, ModelError>(LayerNorm {
                weight: weights.values(&format!("{name}.weight"), &[hidden])?,
                bias: weights.values(&format!("{name}.bias"), &[hidden])?,
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
                outer: weights.linear_of_any(&name("output.dense"))?,
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

struct Weights<'a>(SafeTensors<'a>);

impl Weights<'_> {
    fn view(&self, name: &str) -> Result<TensorView<'_>, ModelError> {
        let view = match self.0.tensor(&format!("bert.{name}")) {
            Ok(view) => view,
            Err(_) => self.0.tensor(name)?,
        };
        match view.dtype() {
            Dtype::F32 => Ok(view),
            _ => Err(unsupported(
                "model.safetensors",
                format!("{name} is of 32-bit floats"),
            )),
        }
    }

    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let view = self.view(name)?;
        if view.shape() != shape {
            return Err(unsupported(
                "model.safetensors",
                format!("{name} is {shape:?}"),
            ));
        }
        Ok(floats(&view))
    }

    /// Reads rows of a width, however many there are.
    fn table(&self, name: &str, width: usize) -> Result<Vec<f32>, ModelError> {
        let view = self.view(name)?;
        match view.shape() {
            [_, columns] if *columns == width => Ok(floats(&view)),
            _ => Err(unsupported(
                "model.safetensors",
                format!("{name} has {width} columns"),
            )),
        }
    }

    fn linear(&self, name: &str, inputs: usize) -> Result<Linear, ModelError> {
        let linear = self.linear_of_any(name)?;
        if linear.inputs() != inputs {
            let must = format!("{name}.weight has {inputs} columns");
            return Err(unsupported("model.safetensors", must));
        }
        Ok(linear)
    }

    fn linear_of_any(&self, name: &str) -> Result<Linear, ModelError> {
        let view = self.view(&format!("{name}.weight"))?;
        let &[outputs, inputs] = view.shape() else {
            return Err(unsupported(
                "model.safetensors",
                format!("{name}.weight has rows and columns"),
            ));
        };
        let bias = self.values(&format!("{name}.bias"), &[outputs])?;
        Ok(Linear::new(&floats(&view), bias, inputs))
    }
}

fn floats(view: &TensorView<'_>) -> Vec<f32> {
    let (values, _) = view.data().as_chunks::<4>();
    values
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect()
}
