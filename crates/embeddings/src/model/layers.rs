//! Encoder layers: attention among the tokens of a text, then two linear layers for each token.

use std::ops::Range;

use pulp::Arch;

use super::functions::{gelu, softmax};
use super::matrix::Linear;

/// Tables of embeddings and layers of a model.
#[derive(Debug)]
pub(super) struct Encoder {
    pub(super) hidden: usize,
    pub(super) heads: usize,
    /// Rows by token.
    pub(super) words: Vec<f32>,
    /// Rows by place in the text.
    pub(super) places: Vec<f32>,
    /// Rows by kind of text; only the first is used.
    pub(super) kinds: Vec<f32>,
    pub(super) norm: LayerNorm,
    pub(super) layers: Vec<Layer>,
}

#[derive(Debug)]
pub(super) struct Layer {
    pub(super) query: Linear,
    pub(super) key: Linear,
    pub(super) value: Linear,
    pub(super) attended: Linear,
    pub(super) attended_norm: LayerNorm,
    pub(super) inner: Linear,
    pub(super) outer: Linear,
    pub(super) outer_norm: LayerNorm,
}

#[derive(Debug)]
pub(super) struct LayerNorm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) epsilon: f32,
}

impl Encoder {
    /// Returns the mean of the last layer's rows for each text. Texts share the linear layers and nothing else.
    pub(super) fn pooled(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let mut ranges: Vec<Range<usize>> = Vec::with_capacity(texts.len());
        let mut rows = Vec::new();
        for tokens in texts {
            let start = rows.len() / self.hidden;
            ranges.push(start..start + tokens.len());
            for (place, &token) in tokens.iter().enumerate() {
                rows.extend(self.embedded(token, place));
            }
        }
        self.norm.apply(&mut rows);
        for layer in &self.layers {
            layer.apply(&mut rows, &ranges, self.heads);
        }
        let pooled = ranges.into_iter().map(|range| {
            let count = range.len() as f32;
            let text = &rows[range.start * self.hidden..range.end * self.hidden];
            let mut mean = vec![0.0; self.hidden];
            for row in text.chunks_exact(self.hidden) {
                add(&mut mean, row);
            }
            mean.iter_mut().for_each(|value| *value /= count);
            mean
        });
        pooled.collect()
    }

    fn embedded(&self, token: u32, place: usize) -> impl Iterator<Item = f32> {
        let row = |table: &'_ [f32], number: usize| {
            let start = number * self.hidden;
            table[start..start + self.hidden].to_vec()
        };
        let word = row(&self.words, token as usize);
        let place = row(&self.places, place);
        let kind = row(&self.kinds, 0);
        let parts = word.into_iter().zip(place).zip(kind);
        parts.map(|((word, place), kind)| word + place + kind)
    }
}

impl Layer {
    fn apply(&self, rows: &mut [f32], texts: &[Range<usize>], heads: usize) {
        let projected = Projected {
            query: self.query.apply(rows),
            key: self.key.apply(rows),
            value: self.value.apply(rows),
            hidden: self.query.outputs(),
        };
        let mut mixed = vec![0.0; projected.query.len()];
        Arch::new().dispatch(|| {
            for text in texts {
                for head in 0..heads {
                    projected.attend(text, head, heads, &mut mixed);
                }
            }
        });
        add(rows, &self.attended.apply(&mixed));
        self.attended_norm.apply(rows);
        let mut inner = self.inner.apply(rows);
        Arch::new().dispatch(|| inner.iter_mut().for_each(|value| *value = gelu(*value)));
        add(rows, &self.outer.apply(&inner));
        self.outer_norm.apply(rows);
    }
}

/// Queries, keys and values of all tokens.
struct Projected {
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    hidden: usize,
}

impl Projected {
    /// Mixes the values of a text's tokens by how well their keys answer each query, for one head.
    #[inline(always)]
    fn attend(&self, text: &Range<usize>, head: usize, heads: usize, mixed: &mut [f32]) {
        let size = self.hidden / heads;
        let part = |token: usize| {
            let start = token * self.hidden + head * size;
            start..start + size
        };
        let scale = 1.0 / (size as f32).sqrt();
        let mut scores = vec![0.0; text.len()];
        for token in text.clone() {
            let query = &self.query[part(token)];
            for (score, other) in scores.iter_mut().zip(text.clone()) {
                *score = product(query, &self.key[part(other)]) * scale;
            }
            softmax(&mut scores);
            let mixed = &mut mixed[part(token)];
            for (score, other) in scores.iter().zip(text.clone()) {
                for (sum, value) in mixed.iter_mut().zip(&self.value[part(other)]) {
                    *sum += score * value;
                }
            }
        }
    }
}

/// Returns the scalar product, summed in lanes, since the order of a plain sum of floats could not be changed.
#[inline(always)]
fn product(one: &[f32], other: &[f32]) -> f32 {
    let (chunks, rest) = one.as_chunks::<8>();
    let (other_chunks, other_rest) = other.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for (one, other) in chunks.iter().zip(other_chunks) {
        for lane in 0..8 {
            lanes[lane] += one[lane] * other[lane];
        }
    }
    let rest = rest.iter().zip(other_rest).map(|(one, other)| one * other);
    lanes.iter().sum::<f32>() + rest.sum::<f32>()
}

impl LayerNorm {
    /// Gives each row a mean of 0 and a variance of 1, then scales and shifts it.
    fn apply(&self, rows: &mut [f32]) {
        let width = self.weight.len();
        for row in rows.chunks_exact_mut(width) {
            let mean = row.iter().sum::<f32>() / width as f32;
            row.iter_mut().for_each(|value| *value -= mean);
            let variance = row.iter().map(|value| value * value).sum::<f32>() / width as f32;
            let scale = 1.0 / (variance + self.epsilon).sqrt();
            for ((value, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *value = *value * scale * weight + bias;
            }
        }
    }
}

fn add(to: &mut [f32], other: &[f32]) {
    for (sum, value) in to.iter_mut().zip(other) {
        *sum += value;
    }
}
