//! Options of learning popularity and suggestions from what shoppers did.

use clap::Args;

/// Options of learning popularity and suggestions.
#[derive(Debug, Clone, Args)]
pub struct FeedbackOptions {
    /// After how many days what shoppers did counts half
    #[arg(long, value_name = "DAYS", env = "SOUK_ANALYTICS_HALF_LIFE_DAYS", default_value_t = Self::default().half_life_days, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub half_life_days: u32,
    /// Most products whose popularity is written, and that are indexed again, at a time
    #[arg(long, value_name = "PRODUCTS", env = "SOUK_POPULARITY_MAX_CHANGES", default_value_t = Self::default().popularity_max_changes)]
    pub popularity_max_changes: u32,
    /// Visitors that must have sent a query on one day before it is suggested
    #[arg(long, value_name = "SESSIONS", env = "SOUK_SUGGESTIONS_MIN_VISITORS", default_value_t = Self::default().suggestions_min_sessions, value_parser = clap::value_parser!(u32).range(1..))]
    pub suggestions_min_sessions: u32,
}

impl Default for FeedbackOptions {
    fn default() -> Self {
        Self {
            half_life_days: 14,
            popularity_max_changes: 5_000,
            suggestions_min_sessions: 5,
        }
    }
}
