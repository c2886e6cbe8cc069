//! Functions of single numbers, written so that the compiler can make vector instructions of them.

/// Returns e to the power of a number, with a relative error below 1e-6.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let power = (x * std::f32::consts::LOG2_E).round_ties_even();
    let rest = x - power * LN2_HIGH - power * LN2_LOW;
    let mut sum = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_65,
        0.5,
    ] {
        sum = sum * rest + coefficient;
    }
    let small = sum * rest * rest + rest + 1.0;
    small * f32::from_bits(((power as i32 + 127) << 23) as u32)
}

/// Gaussian error linear unit, by the error function of Abramowitz and Stegun, 7.1.26: its error is below 2e-7.
#[inline(always)]
pub(super) fn gelu(x: f32) -> f32 {
    let z = x * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z.abs());
    let mut sum = 1.061_405_4;
    for coefficient in [-1.453_152_1, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
        sum = sum * t + coefficient;
    }
    let error = (1.0 - sum * t * exp(-z * z)).copysign(z);
    0.5 * x * (1.0 + error)
}

/// Makes scores sum to 1.
#[inline(always)]
pub(super) fn softmax(scores: &mut [f32]) {
    let most = scores.iter().fold(f32::MIN, |most, &score| most.max(score));
    let mut sum = 0.0;
    for score in &mut *scores {
        *score = exp(*score - most);
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exp_is_that_of_the_library(x in -80_f32..80.0) {
            prop_assert!((exp(x) / x.exp() - 1.0).abs() < 1e-6);
        }

        #[test]
        fn softmax_sums_to_one(mut scores in prop::collection::vec(-50_f32..50.0, 1..40)) {
            softmax(&mut scores);
            prop_assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn gelu_has_its_known_values() {
        for (x, expected) in [
            (0.0, 0.0),
            (1.0, 0.841_344_7),
            (-1.0, -0.158_655_26),
            (3.0, 2.995_950_3),
            (-6.0, 0.0),
        ] {
            assert!((gelu(x) - expected).abs() < 1e-5, "{x}: {}", gelu(x));
        }
    }
}
