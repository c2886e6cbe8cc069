//! Direction of a text in one byte per dimension.

use std::sync::Arc;

use crate::EmbedError;

/// Direction of a text, one byte per dimension. Its length says nothing: only directions are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vector(Arc<[i8]>);

impl Vector {
    /// Returns the direction of some numbers, the largest of which becomes 127 or -127.
    ///
    /// # Errors
    /// If the numbers are all zero or one is not finite.
    pub fn of(values: &[f32]) -> Result<Self, EmbedError> {
        let largest = values
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        if !values.iter().all(|value| value.is_finite()) || largest <= f32::MIN_POSITIVE {
            return Err(EmbedError::NoDirection);
        }
        let scale = 127.0 / largest;
        Ok(Self(
            values
                .iter()
                .map(|value| (value * scale).round() as i8)
                .collect(),
        ))
    }

    /// Reads a stored vector. Returns none if it has no direction.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let has_direction = bytes.iter().any(|&byte| byte != 0);
        has_direction.then(|| Self(bytes.iter().map(|&byte| byte as i8).collect()))
    }

    /// Returns the bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().map(|&value| value as u8).collect()
    }

    /// Returns the values, one per dimension.
    pub fn values(&self) -> &[i8] {
        &self.0
    }

    /// Returns the cosine of the angle between two vectors, from -1 to 1; 0 if they differ in dimensions.
    #[cfg(test)]
    pub(crate) fn similarity(&self, other: &Self) -> f32 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        let dot = dot(&self.0, &other.0) as f32;
        dot * inverse_length(&self.0) * inverse_length(&other.0)
    }
}

/// Returns 1 divided by the length of a vector that is not zero.
pub(crate) fn inverse_length(values: &[i8]) -> f32 {
    1.0 / (dot(values, values) as f32).sqrt()
}

/// Returns the scalar product of two vectors of the same dimensions.
#[inline(always)]
pub(crate) fn dot(one: &[i8], other: &[i8]) -> i32 {
    let products = one.iter().zip(other);
    products.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_keep_the_angle(one in prop::collection::vec(-1_f32..1.0, 64), other in prop::collection::vec(-1_f32..1.0, 64)) {
            let length = |values: &[f32]| values.iter().map(|value| value * value).sum::<f32>().sqrt();
            prop_assume!(length(&one) > 1.0 && length(&other) > 1.0);
            let products = one.iter().zip(&other).map(|(a, b)| a * b);
            let cosine = products.sum::<f32>() / length(&one) / length(&other);
            let (one, other) = (Vector::of(&one).unwrap(), Vector::of(&other).unwrap());
            prop_assert!((one.similarity(&other) - cosine).abs() < 0.01);
            prop_assert_eq!(Vector::from_bytes(&one.to_bytes()), Some(one.clone()));
        }
    }

    #[test]
    fn vector_without_direction_is_refused() {
        for values in [
            &[0.0, 0.0][..],
            &[1.0, f32::NAN],
            &[f32::INFINITY, 1.0],
            &[],
        ] {
            assert!(Vector::of(values).is_err(), "{values:?}");
        }
        assert_eq!(Vector::from_bytes(&[0, 0]), None);
    }
}
