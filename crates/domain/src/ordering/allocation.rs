//! Splitting of an amount into parts that add up to it.

/// Splits `total` in proportion to `weights` by the method of the largest remainder (Hamilton's).
///
/// Each part is its exact share rounded towards zero. The units that are left go to the largest remainders, the
/// first of equal ones. The parts always add up to `total`, and none is larger than its weight while `total` is at
/// most their sum. A negative weight counts as zero; if all are zero, the parts are as equal as they can be.
/// Without weights there are no parts.
///
/// See M. Balinski and H. P. Young, *Fair Representation* (1982), chapter 3.
pub fn allocate(total: i64, weights: &[i64]) -> Vec<i64> {
    let mut weights: Vec<i128> = weights.iter().map(|&weight| weight.max(0).into()).collect();
    if weights.iter().all(|&weight| weight == 0) {
        weights.fill(1);
    }
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return Vec::new();
    }
    let (magnitude, sign) = (i128::from(total).abs(), i128::from(total).signum());
    let mut parts: Vec<i128> = weights.iter().map(|w| magnitude * w / sum).collect();
    let left = magnitude - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    // Stable, so that the first of equal remainders is served first.
    order.sort_by_key(|&at| std::cmp::Reverse(magnitude * weights[at] % sum));
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    let signed = parts.into_iter().map(|part| part * sign);
    // No part is beyond the total, which is an `i64`.
    signed.map(|part| part as i64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_left_over_go_to_the_largest_remainders() {
        for (total, weights, parts) in [
            (100, vec![1, 1, 1], vec![34, 33, 33]),
            (10, vec![3, 3, 1], vec![4, 4, 2]),
            (5, vec![0, 2, 2], vec![0, 3, 2]),
            (-100, vec![1, 1, 1], vec![-34, -33, -33]),
            (3, vec![0, 0], vec![2, 1]),
            (7, vec![-5, 1], vec![0, 7]),
            (0, vec![4, 4], vec![0, 0]),
            (5, vec![], vec![]),
            (i64::MIN, vec![i64::MAX, 0], vec![i64::MIN, 0]),
        ] {
            assert_eq!(allocate(total, &weights), parts, "{total} by {weights:?}");
        }
    }

    proptest! {
        #[test]
        fn parts_add_up_and_lie_within_one_unit_of_their_share(
            total: i64,
            weights in prop::collection::vec(prop_oneof![0_i64..10, 0..i64::MAX], 1..40),
        ) {
            let parts = allocate(total, &weights);
            prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(total));
            let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
            if sum > 0 {
                for (&part, &weight) in parts.iter().zip(&weights) {
                    // |part - total * weight / sum| < 1, without a division.
                    let gap = i128::from(part).abs() - i128::from(total).abs() * i128::from(weight) / sum;
                    prop_assert!((0..=1).contains(&gap), "{part} of {total} by {weight} of {sum}");
                }
            }
        }

        #[test]
        fn part_is_never_above_its_weight_while_the_total_is_covered(
            weights in prop::collection::vec(0_i64..1_000, 1..20),
            share in 0_i64..=100,
        ) {
            let total = weights.iter().sum::<i64>() * share / 100;
            let parts = allocate(total, &weights);
            if total > 0 {
                prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| (0..=*weight).contains(part)));
            }
        }
    }
}
