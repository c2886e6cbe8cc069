//! Random draws, reproducible by their seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Random choices that come out the same on every platform and with every version of the `rand` crate:
/// only the ChaCha stream is borrowed, and only arithmetic that IEEE 754 rounds exactly is used.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of one stream; the streams of a seed are independent of each other.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream);
        Self(generator)
    }

    /// Evenly from `0..end`; `end` is not zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.0.next_u64()) * end as u128) >> 64) as usize
    }

    /// Evenly from `first..=last`.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below((last - first + 1) as usize) as i64
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Draws one of the choices, evenly.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Draws this number of different choices, in random order; all of them if there are fewer.
    pub(super) fn pick_several<'a, T>(&mut self, choices: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left: Vec<&T> = choices.iter().collect();
        let wanted = count.min(left.len());
        (0..wanted)
            .map(|_| left.swap_remove(self.below(left.len())))
            .collect()
    }

    /// A permutation of the items.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Evenly from `[0, 1)`.
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Close to a standard normal deviate: twelve even ones summed.
    pub(super) fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A factor around 1 whose logarithm is normal with the given deviation.
    pub(super) fn log_normal(&mut self, deviation: f64) -> f64 {
        // (1 + x/1024)^1024 stands for exp(x), which differs between platforms in its last bits.
        let mut power = 1.0 + self.bell() * deviation / 1024.0;
        for _ in 0..10 {
            power *= power;
        }
        power
    }

    /// An index below `end` whose frequency falls like a power of it: few get much, many get little.
    pub(super) fn long_tail(&mut self, end: usize, steep: Tail) -> usize {
        let unit = self.unit();
        let skewed = match steep {
            Tail::Gentle => unit * unit,
            Tail::Steep => unit * unit * unit.sqrt(),
        };
        ((skewed * end as f64) as usize).min(end - 1)
    }

    /// A value of 1 and more, Pareto distributed: the n-th largest of many is about `n^-0.75` of the largest.
    pub(super) fn fame(&mut self) -> f64 {
        let root = (1.0 - self.unit()).sqrt();
        1.0 / (root * root.sqrt())
    }
}

/// Exponent by which a long tail falls.
#[derive(Clone, Copy)]
pub(super) enum Tail {
    Gentle,
    Steep,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_repeatable_and_independent() {
        let rolls = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            [dice.below(1_000_000), dice.below(1_000_000)]
        };
        assert_eq!(rolls(7, 3), rolls(7, 3));
        assert_ne!(rolls(7, 3), rolls(7, 4));
        assert_ne!(rolls(7, 3), rolls(8, 3));
    }

    #[test]
    fn factors_lie_around_one() {
        let mut dice = Dice::new(1, 1);
        let mut ranking_signals: Vec<f64> = (0..1_001).map(|_| dice.log_normal(0.3)).collect();
        ranking_signals.sort_by(f64::total_cmp);
        assert!(
            (0.95..1.05).contains(&ranking_signals[500]),
            "{}",
            ranking_signals[500]
        );
        assert!(ranking_signals[0] > 0.2 && ranking_signals[1_000] < 4.0);
    }

    #[test]
    fn a_long_tail_favours_its_head_and_reaches_its_end() {
        let mut dice = Dice::new(1, 2);
        let mut counts = [0_usize; 100];
        for _ in 0..20_000 {
            counts[dice.long_tail(100, Tail::Steep)] += 1;
        }
        assert!(counts[0] > 10 * counts[50]);
        assert!(counts.iter().all(|&count| count > 0));
    }

    #[test]
    fn several_picks_are_different() {
        let mut dice = Dice::new(1, 5);
        let picked = dice.pick_several(&[1, 2, 3], 5);
        assert_eq!(picked.len(), 3);
    }
}
