//! Conversion of ratings, which are `f64` in the database and `f32` in a document.

/// Returns the lowest and the highest `f64` that round to a number.
pub(crate) fn rounding_to(number: f32) -> (f64, f64) {
    let halfway = |neighbour: f32| (f64::from(number) + f64::from(neighbour)) / 2.0;
    (halfway(number.next_down()), halfway(number.next_up()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_is_within_bounds_of_its_rounding() {
        for (sum, count) in [(43, 10), (13, 3), (41, 10), (9, 2), (1, 1)] {
            let mean = f64::from(sum) / f64::from(count);
            let (low, high) = rounding_to(mean as f32);
            assert!(low <= mean && mean <= high, "{mean}");
            assert!(high - low < 1e-6);
        }
    }
}
