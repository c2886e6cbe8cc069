//! Product of token rows with a matrix of weights.

use pulp::{Arch, Simd, WithSimd};

/// Rows that are multiplied together: with two registers of columns, they leave room for the weights.
const ROWS: usize = 6;

/// Linear layer. Its weights lie as the kernel reads them: panels of as many outputs as fill two registers, within a panel one
/// input after another.
#[derive(Debug)]
pub(super) struct Linear {
    inputs: usize,
    outputs: usize,
    width: usize,
    panels: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// Takes weights with a row per output.
    pub(super) fn new(weights: &[f32], mut bias: Vec<f32>, inputs: usize) -> Self {
        let width = Arch::new().dispatch(PanelWidth);
        let outputs = bias.len();
        let mut panels = Vec::with_capacity(outputs.next_multiple_of(width) * inputs);
        for first in (0..outputs).step_by(width) {
            for input in 0..inputs {
                let weight = |output: usize| weights.get(output * inputs + input);
                let column = (first..first + width).map(|output| match output < outputs {
                    true => weight(output).copied().unwrap_or_default(),
                    false => 0.0,
                });
                panels.extend(column);
            }
        }
        bias.resize(outputs.next_multiple_of(width), 0.0);
        Self {
            inputs,
            outputs,
            width,
            panels,
            bias,
        }
    }

    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Returns the outputs of rows of inputs.
    pub(super) fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let count = rows.len() / self.inputs;
        let mut outputs = vec![0.0; count * self.outputs];
        Arch::new().dispatch(Product {
            linear: self,
            blocks: &interleaved(rows, self.inputs),
            outputs: &mut outputs,
        });
        outputs
    }
}

/// Interleaves each block of rows, so that what is multiplied with one weight lies side by side. Missing rows of the last
/// block are zero.
fn interleaved(rows: &[f32], inputs: usize) -> Vec<[f32; ROWS]> {
    let count = rows.len() / inputs;
    let mut blocks = vec![[0.0; ROWS]; count.div_ceil(ROWS) * inputs];
    for (number, row) in rows.chunks_exact(inputs).enumerate() {
        let block = &mut blocks[number / ROWS * inputs..][..inputs];
        for (place, value) in block.iter_mut().zip(row) {
            place[number % ROWS] = *value;
        }
    }
    blocks
}

/// Number of floats in two registers.
struct PanelWidth;

impl WithSimd for PanelWidth {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        2 * S::F32_LANES
    }
}

struct Product<'a> {
    linear: &'a Linear,
    blocks: &'a [[f32; ROWS]],
    outputs: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Linear {
            inputs,
            outputs,
            width,
            ..
        } = *self.linear;
        let (bias, _) = S::as_simd_f32s(&self.linear.bias);
        let panels = self.linear.panels.chunks_exact(inputs * width);
        // A panel stays in the cache while all rows pass.
        for ((number, panel), bias) in panels.enumerate().zip(bias.chunks_exact(2)) {
            let (weights, _) = S::as_simd_f32s(panel);
            let (weights, _) = weights.as_chunks::<2>();
            let first = number * width;
            let columns = width.min(outputs - first);
            for (block, xs) in self.blocks.chunks_exact(inputs).enumerate() {
                let mut sums = [[bias[0], bias[1]]; ROWS];
                for (x, weight) in xs.iter().zip(weights) {
                    for row in 0..ROWS {
                        let x = simd.splat_f32s(x[row]);
                        sums[row][0] = simd.mul_add_e_f32s(x, weight[0], sums[row][0]);
                        sums[row][1] = simd.mul_add_e_f32s(x, weight[1], sums[row][1]);
                    }
                }
                let rows = self.outputs.chunks_exact_mut(outputs);
                for (row, sums) in rows.skip(block * ROWS).zip(&sums) {
                    let halves = pulp_floats::<S>(sums);
                    row[first..first + columns].copy_from_slice(&halves[..columns]);
                }
            }
        }
    }
}

/// Returns the numbers of registers.
#[inline(always)]
fn pulp_floats<S: Simd>(registers: &[S::f32s]) -> &[f32] {
    pulp::bytemuck::cast_slice(registers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn product_is_that_of_the_definition(rows in 0_usize..15, inputs in 1_usize..9, outputs in 1_usize..40) {
            let number = |place: usize| ((place * 37 % 19) as f32 - 9.0) / 4.0;
            let weights: Vec<f32> = (0..inputs * outputs).map(number).collect();
            let bias: Vec<f32> = (0..outputs).map(|it| number(it + 5)).collect();
            let xs: Vec<f32> = (0..rows * inputs).map(|it| number(it + 11)).collect();
            let mut expected = Vec::new();
            for row in xs.chunks_exact(inputs) {
                for (weights, bias) in weights.chunks_exact(inputs).zip(&bias) {
                    let products = row.iter().zip(weights).map(|(x, weight)| x * weight);
                    expected.push(products.sum::<f32>() + bias);
                }
            }
            let found = Linear::new(&weights, bias, inputs).apply(&xs);
            prop_assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                prop_assert!((found - expected).abs() < 1e-3);
            }
        }
    }
}
