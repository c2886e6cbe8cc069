//! Significance test of two proportions.

/// The two-proportion z-test with a pooled estimate, two-sided (Fleiss, Levin and Paik: Statistical Methods for Rates and
/// Proportions, 3rd edition, section 3.3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoProportions {
    /// The second share less the first.
    pub difference: f64,
    /// Difference in standard errors.
    pub z: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

/// Below this, a difference is held to be none of chance.
const LEVEL: f64 = 0.05;
/// As few of each outcome have to be there for the normal distribution to be near.
const FEWEST: f64 = 5.0;

impl TwoProportions {
    /// Compares successes among trials; none if there are too few of either outcome to tell.
    pub fn test(first: (i64, i64), second: (i64, i64)) -> Option<Self> {
        let [(x1, n1), (x2, n2)] = [first, second].map(|(successes, trials)| {
            // Successes may be told of searches that were counted before the period.
            (successes.clamp(0, trials.max(0)) as f64, trials as f64)
        });
        if n1 <= 0.0 || n2 <= 0.0 {
            return None;
        }
        let pooled = (x1 + x2) / (n1 + n2);
        let fewest = pooled.min(1.0 - pooled) * n1.min(n2);
        if fewest < FEWEST {
            return None;
        }
        let error = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
        let difference = x2 / n2 - x1 / n1;
        let z = difference / error;
        Some(Self {
            difference,
            z,
            p_value: libm::erfc(z.abs() / std::f64::consts::SQRT_2),
        })
    }

    /// Whether the difference is held to be none of chance.
    pub fn is_significant(&self) -> bool {
        self.p_value < LEVEL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_figures_come_out() {
        // 120 of 1000 against 150 of 1000: pooled 0.135, standard error 0.015282.
        let test = TwoProportions::test((120, 1_000), (150, 1_000)).unwrap();
        assert!((test.z - 1.9631).abs() < 1e-3, "{test:?}");
        assert!((test.p_value - 0.0496).abs() < 1e-3, "{test:?}");
        assert!(test.is_significant());
        let less = TwoProportions::test((150, 1_000), (120, 1_000)).unwrap();
        assert!((less.z + test.z).abs() < 1e-12 && less.p_value == test.p_value);
        let same = TwoProportions::test((100, 1_000), (200, 2_000)).unwrap();
        assert_eq!((same.z, same.p_value), (0.0, 1.0));
    }

    #[test]
    fn of_too_little_nothing_is_told() {
        for (first, second) in [
            ((0, 0), (5, 10)),
            ((1, 10), (5, 10)),
            ((0, 1_000), (0, 1_000)),
            ((1_000, 1_000), (1_000, 1_000)),
        ] {
            assert_eq!(TwoProportions::test(first, second), None);
        }
        // More clicks than searches: of searches of the day before.
        assert!(TwoProportions::test((2_000, 1_000), (500, 1_000)).is_some());
    }
}
