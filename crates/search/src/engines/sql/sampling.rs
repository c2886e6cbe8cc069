//! Count strategies, and sample rates of products that are counted or ranked.
//!
//! A result of up to 6,500 products by estimate is counted whole. Of a larger one a sample is counted, so that no search
//! reads more than some thousand rows. SQLite and small catalogues always count whole.

/// Most products by estimate that are counted exactly. Above 5,000 by the error of estimates.
pub(crate) const EXACT_LIMIT: u64 = 6_500;
/// Most hits that are counted of a larger result.
const HIT_SAMPLE: u64 = 4_000;
/// Most products that are counted for one facet that excludes its own filter.
const FACET_SAMPLE: u64 = 2_500;
/// Most products that a search by relevance ranks of a larger result, matching titles first.
const RANKING_SAMPLE: u64 = 3_000;
/// Halvings of the smallest sample that products are tagged for.
const HALVINGS: u32 = 12;

/// Sample rate: all products, or what is left after some halvings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SampleRate {
    halvings: u32,
}

impl SampleRate {
    /// All products.
    pub(crate) const ALL: Self = Self { halvings: 0 };

    /// Returns the largest rate that leaves at most about `most` of `size` products.
    pub(crate) fn of(most: u64, size: u64) -> Self {
        let halvings = (0..HALVINGS).find(|halvings| size >> halvings <= most);
        Self {
            halvings: halvings.unwrap_or(HALVINGS),
        }
    }

    /// Returns true if nothing is left out.
    pub(crate) fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// Returns the factor of counts in a sample of this rate.
    pub(crate) fn scale(self) -> u64 {
        1 << self.halvings
    }

    /// Number of halvings.
    pub(crate) fn halvings(self) -> u32 {
        self.halvings
    }
}

/// Strategy of counting a result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CountStrategy {
    /// Counts all products, read once.
    Exact,
    /// Counts a sample of the hits, and one for each excluded filter.
    Sampled(Estimates),
}

/// Estimated number of products in each set that a result consists of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Estimates {
    /// In the whole catalogue.
    pub(crate) catalogue: u64,
    /// Hits.
    pub(crate) hits: u64,
    /// Hits whose titles match.
    pub(crate) titles: u64,
    /// Hits without one filter, in the order of the excluded filters.
    pub(crate) per_filter: Vec<u64>,
    /// Factor of the usual sample sizes.
    pub(crate) thoroughness: u64,
}

impl Estimates {
    /// Returns the sample rate of the hits.
    pub(crate) fn hit_rate(&self) -> SampleRate {
        self.rate(self.hits, HIT_SAMPLE)
    }

    /// Returns the sample rate of the hits without the excluded filter at a place.
    pub(crate) fn facet_rate(&self, place: usize) -> SampleRate {
        self.rate(
            self.per_filter.get(place).copied().unwrap_or(0),
            FACET_SAMPLE,
        )
    }

    fn rate(&self, size: u64, most: u64) -> SampleRate {
        if size <= EXACT_LIMIT * self.thoroughness {
            SampleRate::ALL
        } else {
            SampleRate::of(most * self.thoroughness, size)
        }
    }

    /// Returns true if all hits can be ranked.
    pub(crate) fn is_ranked_whole(&self) -> bool {
        self.hits <= EXACT_LIMIT
    }

    /// Returns the sample rate of hits with matching titles, and that of other hits if there are few of those.
    pub(crate) fn ranking_rates(&self) -> (SampleRate, Option<SampleRate>) {
        let others = RANKING_SAMPLE.saturating_sub(self.titles);
        let rate = (others > 0).then(|| SampleRate::of(others, self.hits));
        (SampleRate::of(RANKING_SAMPLE, self.titles), rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_rate_is_within_limit_and_never_zero() {
        assert!(SampleRate::of(6_000, 5_000).is_all());
        assert!(SampleRate::of(10, 0).is_all());
        assert_eq!(SampleRate::of(4_000, 16_000).scale(), 4);
        assert_eq!(SampleRate::of(1, u64::MAX).scale(), 4096);
    }
}
