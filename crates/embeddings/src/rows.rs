//! Many vectors in one block of memory, scanned exactly.

use pulp::{Arch, Simd, WithSimd};

use crate::Vector;
use crate::vector::{dot, inverse_length};

/// Rows that are compared at once.
const BLOCK: usize = 256;

/// Vectors of the same dimensions, one after another. A row is replaced in place.
#[derive(Debug, Default, Clone)]
pub struct VectorRows {
    dimensions: usize,
    values: Vec<i8>,
    inverse_lengths: Vec<f32>,
}

impl VectorRows {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.inverse_lengths.len()
    }

    /// Returns true if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.inverse_lengths.is_empty()
    }

    /// Appends a vector. The first one decides the dimensions. Returns false, and does nothing, if it has others.
    pub fn push(&mut self, vector: &Vector) -> bool {
        let values = vector.values();
        if self.is_empty() {
            self.dimensions = values.len();
        }
        if values.len() != self.dimensions {
            return false;
        }
        self.values.extend_from_slice(values);
        self.inverse_lengths.push(inverse_length(values));
        true
    }

    /// Replaces a row that is there. Returns false, and does nothing, if the vector has other dimensions.
    pub fn replace(&mut self, row: usize, vector: &Vector) -> bool {
        let values = vector.values();
        if values.len() != self.dimensions || row >= self.len() {
            return false;
        }
        let start = row * self.dimensions;
        self.values[start..start + self.dimensions].copy_from_slice(values);
        self.inverse_lengths[row] = inverse_length(values);
        true
    }

    /// Removes a row and puts the last one in its place.
    pub fn swap_remove(&mut self, row: usize) {
        let last = (self.len() - 1) * self.dimensions;
        self.values
            .copy_within(last..last + self.dimensions, row * self.dimensions);
        self.values.truncate(last);
        self.inverse_lengths.swap_remove(row);
    }

    /// Calls `take` with the place and the similarity of each row to a vector, with -1 to 1 as a cosine.
    pub fn for_each_similarity(&self, vector: &Vector, mut take: impl FnMut(usize, f32)) {
        let query = vector.values();
        if self.is_empty() || query.len() != self.dimensions {
            return;
        }
        let inverse = inverse_length(query);
        for (block, rows) in self.values.chunks(self.dimensions * BLOCK).enumerate() {
            let mut products = [0; BLOCK];
            Arch::new().dispatch(Products {
                query,
                rows,
                products: &mut products,
            });
            let first = block * BLOCK;
            let lengths = self.inverse_lengths[first..].iter();
            for (place, (product, own)) in products.iter().zip(lengths).enumerate() {
                take(first + place, *product as f32 * inverse * own);
            }
        }
    }
}

/// Scalar products of a vector with some rows. Inlined, the loops are compiled for the vector instructions of the machine.
struct Products<'a> {
    query: &'a [i8],
    rows: &'a [i8],
    products: &'a mut [i32; BLOCK],
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let rows = self.rows.chunks_exact(self.query.len());
        for (product, row) in self.products.iter_mut().zip(rows) {
            *product = dot(self.query, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(values: [i8; 3]) -> Vector {
        Vector::from_bytes(&values.map(|value| value as u8)).unwrap()
    }

    fn similarities(rows: &VectorRows, query: &Vector) -> Vec<f32> {
        let mut found = Vec::new();
        rows.for_each_similarity(query, |row, similarity| {
            assert_eq!(row, found.len());
            found.push(similarity);
        });
        found
    }

    #[test]
    fn rows_are_compared_by_direction() {
        let mut rows = VectorRows::default();
        for values in [[3, 0, 0], [0, 5, 0], [-7, 0, 0], [1, 1, 0]] {
            assert!(rows.push(&vector(values)));
        }
        let found = similarities(&rows, &vector([100, 0, 0]));
        let expected = [1.0, 0.0, -1.0, 0.5_f32.sqrt()];
        let close = found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(close, "{found:?}");
    }

    #[test]
    fn rows_are_replaced_and_removed() {
        let mut rows = VectorRows::default();
        for values in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
            rows.push(&vector(values));
        }
        assert!(rows.replace(1, &vector([0, -1, 0])));
        rows.swap_remove(0);
        assert_eq!(similarities(&rows, &vector([0, 0, 9])), [1.0, 0.0]);
        assert_eq!(similarities(&rows, &vector([0, 9, 0])), [0.0, -1.0]);
        rows.swap_remove(1);
        rows.swap_remove(0);
        assert!(rows.is_empty());
    }

    #[test]
    fn other_dimensions_are_refused() {
        let mut rows = VectorRows::default();
        rows.push(&vector([1, 0, 0]));
        let other = Vector::from_bytes(&[1, 2]).unwrap();
        assert!(!rows.push(&other) && !rows.replace(0, &other));
        assert!(similarities(&rows, &other).is_empty());
    }
}
