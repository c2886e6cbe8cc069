//! Weights in a file of the safetensors format: the length of a header, the header as JSON, then the numbers.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value;

use super::error::{ModelError, unsupported};
use super::matrix::Linear;

pub(super) const FILE: &str = "model.safetensors";
/// Entry of the header that is no tensor.
const METADATA: &str = "__metadata__";

/// Tensors of a file, by name.
pub(super) struct Weights<'a> {
    tensors: FxHashMap<String, Tensor>,
    data: &'a [u8],
}

#[derive(Debug, Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

impl<'a> Weights<'a> {
    pub(super) fn read(file: &'a [u8]) -> Result<Self, ModelError> {
        let cut = || unsupported(FILE, "it has a header and all numbers");
        let (length, rest) = file.split_first_chunk::<8>().ok_or_else(cut)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut())?;
        let (header, data) = rest.split_at_checked(length).ok_or_else(cut)?;
        let json = |source| ModelError::Json { file: FILE, source };
        let mut header: FxHashMap<String, Value> = serde_json::from_slice(header).map_err(json)?;
        header.remove(METADATA);
        let tensors = header.into_iter().map(|(name, tensor)| {
            let tensor = serde_json::from_value(tensor).map_err(json)?;
            Ok((name, tensor))
        });
        Ok(Self {
            tensors: tensors.collect::<Result<_, ModelError>>()?,
            data,
        })
    }

    fn tensor(&self, name: &str) -> Result<&Tensor, ModelError> {
        let prefixed = self.tensors.get(&format!("bert.{name}"));
        let tensor = prefixed.or_else(|| self.tensors.get(name));
        tensor
            .filter(|tensor| tensor.dtype == "F32")
            .ok_or_else(|| unsupported(FILE, format!("it has {name} of 32-bit floats")))
    }

    fn floats(&self, name: &str, tensor: &Tensor) -> Result<Vec<f32>, ModelError> {
        let (start, end) = tensor.data_offsets;
        let values = self.data.get(start..end).unwrap_or_default();
        let (values, rest) = values.as_chunks::<4>();
        let count = tensor
            .shape
            .iter()
            .try_fold(1_usize, |all, &side| all.checked_mul(side));
        if count != Some(values.len()) || !rest.is_empty() {
            return Err(unsupported(FILE, format!("it has all numbers of {name}")));
        }
        let values = values.iter();
        Ok(values.map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    /// Reads a row of a width.
    pub(super) fn row(&self, name: &str, width: usize) -> Result<Vec<f32>, ModelError> {
        let tensor = self.tensor(name)?;
        match tensor.shape[..] {
            [columns] if columns == width => self.floats(name, tensor),
            _ => Err(unsupported(FILE, format!("{name} has {width} numbers"))),
        }
    }

    /// Reads rows of a width, however many there are.
    pub(super) fn table(&self, name: &str, width: usize) -> Result<Vec<f32>, ModelError> {
        let tensor = self.tensor(name)?;
        match tensor.shape[..] {
            [_, columns] if columns == width => self.floats(name, tensor),
            _ => Err(unsupported(FILE, format!("{name} has {width} columns"))),
        }
    }

    /// Reads a linear layer of a number of inputs.
    pub(super) fn linear(&self, name: &str, inputs: usize) -> Result<Linear, ModelError> {
        let weights = self.table(&format!("{name}.weight"), inputs)?;
        let outputs = weights.len() / inputs;
        let bias = self.row(&format!("{name}.bias"), outputs)?;
        Ok(Linear::new(&weights, bias, inputs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[f32]) -> Vec<u8> {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        file.extend(data.iter().flat_map(|value| value.to_le_bytes()));
        file
    }

    #[test]
    fn tensors_are_read_by_name_and_checked() {
        let header = r#"{"__metadata__": {"format": "pt"},
            "bert.row": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
            "half": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]},
            "long": {"dtype": "F32", "shape": [3], "data_offsets": [4, 16]}}"#;
        let file = file(header, &[1.5, -2.0]);
        let weights = Weights::read(&file).unwrap();
        assert_eq!(weights.row("row", 2).unwrap(), [1.5, -2.0]);
        for (name, width) in [("row", 3), ("half", 2), ("long", 3), ("none", 1)] {
            assert!(weights.row(name, width).is_err(), "{name}");
        }
        for broken in [&b""[..], &[9; 8], &[255; 20]] {
            assert!(Weights::read(broken).is_err());
        }
    }
}
