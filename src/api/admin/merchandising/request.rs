//! Experiments, stop words and previews as merchandisers send them.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Deserialize;
use souk_domain::Filters;
use souk_search::merchandising::{SearchConfig, config::Rule};

use super::schema::{FiltersShape, RuleShape, SearchConfigShape};
use crate::api::views::Timestamp;

/// An experiment to be started.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "SearchExperimentInput", deny_unknown_fields)]
pub struct ExperimentBody {
    /// The version that is tried.
    #[oai(validator(minimum(value = "1")))]
    pub version: i64,
    /// Percentage of visitors who get it.
    #[oai(validator(minimum(value = "1"), maximum(value = "99")))]
    pub share: i64,
}

/// Stop words.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "StopWords", deny_unknown_fields)]
pub struct StopWordsBody {
    /// Single words.
    #[oai(validator(max_items = 1000))]
    pub stop_words: Vec<String>,
}

/// A search, and what might be in force. At most one of `rule` and `config` is given; without any, both results are
/// those of what is live.
#[derive(Debug, PartialEq, Object)]
#[oai(rename = "SearchPreview", deny_unknown_fields)]
pub struct PreviewShape {
    /// Search text.
    #[oai(validator(max_length = 400))]
    #[oai(nullable)]
    pub q: Option<String>,
    /// Filters.
    pub filters: Option<FiltersShape>,
    /// Number of hits, default 20.
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    #[oai(nullable)]
    pub per_page: Option<u32>,
    /// As if it were this time; now if not given.
    #[oai(nullable)]
    pub at: Option<Timestamp>,
    /// A rule that takes the place of the live one with its id, or follows the live ones.
    #[oai(nullable)]
    pub rule: Option<RuleShape>,
    /// A configuration that takes the place of the live one.
    #[oai(nullable)]
    pub config: Option<SearchConfigShape>,
}

/// The same, understood.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    #[serde(default)]
    pub(super) q: Option<String>,
    #[serde(default)]
    pub(super) filters: Filters,
    #[serde(default)]
    pub(super) per_page: Option<u32>,
    #[serde(default)]
    pub(super) at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) rule: Option<Rule>,
    #[serde(default)]
    pub(super) config: Option<SearchConfig>,
}
