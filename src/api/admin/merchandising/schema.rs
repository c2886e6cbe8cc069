//! Schema of a search configuration in the specification. [`souk_search::merchandising::config`] gives it meaning and
//! checks it; these types are never built, and a test compares the two.

use std::collections::BTreeMap;

use poem_openapi::Object;
use souk_search::{
    SearchSettings,
    merchandising::{
        SearchConfig,
        config::{Redirect, Rule, Synonyms},
    },
};

use crate::api::{Described, views::Timestamp};

/// A whole configuration on the wire.
pub type ConfigBody = Described<SearchConfigShape, SearchConfig>;
/// A group of synonyms on the wire.
pub type SynonymsBody = Described<SynonymsShape, Synonyms>;
/// A redirect on the wire.
pub type RedirectBody = Described<RedirectShape, Redirect>;
/// A rule on the wire.
pub type RuleBody = Described<RuleShape, Rule>;

/// Settings on the wire.
pub type SettingsBody = Described<SettingsShape, SearchSettings>;

/// All that the people of one marketplace say of its search. What is left out is as by default.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "SearchConfig",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct SearchConfigShape {
    /// Ranking and relaxation settings.
    pub settings: Option<SettingsShape>,
    /// Words that are not searched for, unless a query has no others.
    #[oai(validator(max_items = 1000))]
    pub stop_words: Option<Vec<String>>,
    /// Synonyms.
    #[oai(validator(max_items = 5000))]
    pub synonyms: Option<Vec<SynonymsShape>>,
    /// Queries that are better answered by a page of the shop; the first that fits counts.
    #[oai(validator(max_items = 2000))]
    pub redirects: Option<Vec<RedirectShape>>,
    /// Merchandising rules, in order.
    #[oai(validator(max_items = 1000))]
    pub rules: Option<Vec<RuleShape>>,
    /// Which texts that others searched for may be suggested.
    pub suggestions: Option<SuggestionPolicyShape>,
}

/// Policy for texts that are learnt from searches.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "SuggestionPolicy",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct SuggestionPolicyShape {
    /// True suggests only what was approved; default false.
    pub approve_first: Option<bool>,
    /// Words and phrases of which no suggested text has one, in any case and with any accents.
    #[oai(validator(max_items = 5000))]
    pub blocked: Option<Vec<String>>,
}

/// Ranking and relaxation settings.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "SearchSettings",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct SettingsShape {
    /// Quality of inexact matches, relative to 1 for the word itself.
    pub words: Option<WordScoresShape>,
    /// Query relaxation.
    #[oai(rename = "relaxing")]
    pub relaxation: Option<RelaxationShape>,
    /// Ranking signals.
    #[oai(rename = "factors")]
    pub ranking_signals: Option<RankingSignalsShape>,
    /// Query understanding.
    pub understanding: Option<QueryUnderstandingShape>,
    /// Weights of search by meaning, which counts where the service has a model.
    pub meaning: Option<MeaningShape>,
}

/// Quality of inexact matches, relative to 1 for the word itself.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "WordScores",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct WordScoresShape {
    /// A longer word that begins alike.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub beginning: Option<f32>,
    /// A word that is one edit away.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub one_typo: Option<f32>,
    /// A word that is two edits away.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub two_typos: Option<f32>,
    /// A synonym.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub synonym: Option<f32>,
}

/// Query relaxation.
#[derive(Debug, PartialEq, Object)]
#[oai(rename = "Relaxing", deny_unknown_fields, skip_serializing_if_is_none)]
pub struct RelaxationShape {
    /// Enables the fuzzy stage, where no product matches all words exactly.
    pub typos: Option<bool>,
    /// Enables backfill with partial matches, where few products match all words.
    pub missing_words: Option<bool>,
    /// Number of full matches below which partial matches follow.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000")))]
    pub enough: Option<u64>,
}

/// Ranking signals, each from 0 (no effect) to 1.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "RankingSignals",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct RankingSignalsShape {
    /// Popularity.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub popularity: Option<f32>,
    /// Rating, weighted by the number of ratings.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub rating: Option<f32>,
    /// Recency.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub freshness: Option<f32>,
    /// True if it is in stock.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub stock: Option<f32>,
    /// After so many days a product has lost half its freshness.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub freshness_days: Option<f32>,
}

/// What is made of what a text means in the catalogue: a category, a brand, a fandom or an attribute's value.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "QueryUnderstanding",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct QueryUnderstandingShape {
    /// Boosts products that have an understood value.
    pub boosts: Option<bool>,
    /// Factor of the boost.
    #[oai(validator(minimum(value = "1"), maximum(value = "20")))]
    pub factor: Option<f32>,
    /// Filters by the understood value, where confidence is high enough.
    pub filters: Option<bool>,
    /// Share of products with a phrase in their title that must have a value for the phrase to mean it.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub share: Option<f32>,
    /// The same where the value is called so.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub share_of_named: Option<f32>,
    /// The same for it to be sure enough to filter by.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub share_to_filter: Option<f32>,
    /// Share of products with a value that must have a phrase in their title for the phrase to mean it.
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    pub coverage: Option<f32>,
    /// Offers another spelling for words that are not in the catalogue.
    pub did_you_mean: Option<bool>,
}

/// Weights of the order by meaning next to 1 for the order by words. 0 disables it.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "MeaningWeights",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct MeaningShape {
    /// For texts of two words; default 0.2.
    #[oai(validator(minimum(value = "0"), maximum(value = "10")))]
    pub weight: Option<f32>,
    /// For texts of three words and more; default 1.
    #[oai(validator(minimum(value = "0"), maximum(value = "10")))]
    pub sentence_weight: Option<f32>,
}

/// Phrases of one to six words that mean the same.
#[derive(Debug, PartialEq, Object)]
#[oai(rename = "Synonyms", deny_unknown_fields, skip_serializing_if_is_none)]
pub struct SynonymsShape {
    /// Unique among its like, and not `suggestions`; made if not given.
    #[oai(validator(max_length = 120, pattern = "^([a-z0-9]+(-[a-z0-9]+)*)?$"))]
    pub id: Option<String>,
    /// Each of them also finds the others, unless `from` says who does.
    #[oai(validator(min_items = 1, max_items = 20))]
    pub phrases: Vec<String>,
    /// If any are given, it goes one way: these find `phrases` too, and not the other way round.
    #[oai(validator(max_items = 20))]
    pub from: Option<Vec<String>>,
}

/// Redirect of a query.
#[derive(Debug, PartialEq, Object)]
#[oai(rename = "Redirect", deny_unknown_fields, skip_serializing_if_is_none)]
pub struct RedirectShape {
    /// Unique among its like; made if not given.
    #[oai(validator(max_length = 120, pattern = "^([a-z0-9]+(-[a-z0-9]+)*)?$"))]
    pub id: Option<String>,
    /// Condition on the query.
    pub query: QueryConditionShape,
    /// An address of http or https, or a path that begins with `/`.
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub url: String,
}

/// What a query's words are like: exactly one of these. Words are compared by their stems, however they are written.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "QueryCondition",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct QueryConditionShape {
    /// Exactly these words.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub is: Option<String>,
    /// Phrase anywhere in the query.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub contains: Option<String>,
    /// Query that starts with these words.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub starts_with: Option<String>,
}

/// Merchandising rule.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "SearchRule",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct RuleShape {
    /// Unique among its like; made if not given.
    #[oai(validator(max_length = 120, pattern = "^([a-z0-9]+(-[a-z0-9]+)*)?$"))]
    pub id: Option<String>,
    /// Display name.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub name: String,
    /// Enables the rule, default true.
    pub enabled: Option<bool>,
    /// To which searches; to all if nothing is said.
    pub when: Option<WhenShape>,
    /// Actions: at least one.
    pub then: EffectsShape,
}

/// Conditions; all must hold.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "RuleCondition",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct WhenShape {
    /// Condition on the query.
    #[oai(nullable)]
    pub query: Option<QueryConditionShape>,
    /// What is filtered by: of each filter given here, one of its values. Price and rating are no conditions.
    #[oai(nullable)]
    pub filters: Option<FiltersShape>,
    /// Not before.
    #[oai(nullable)]
    pub from: Option<Timestamp>,
    /// Not at this time nor after.
    #[oai(nullable)]
    pub until: Option<Timestamp>,
}

/// What is done to a search. Pins and boosts change the order by relevance, and by popularity without text; no other.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "RuleEffects",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct EffectsShape {
    /// Pinned products, in order, as long as they pass the filters.
    #[oai(validator(max_items = 50))]
    pub pin: Option<Vec<ProductRefShape>>,
    /// Boosted or buried products.
    #[oai(validator(max_items = 20))]
    pub boost: Option<Vec<BoostingShape>>,
    /// Hidden products.
    #[oai(validator(max_items = 20))]
    pub hide: Option<Vec<SelectionShape>>,
    /// Nothing else is found.
    #[oai(nullable)]
    pub filter: Option<FiltersShape>,
}

/// A product: by one of these ids.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "ProductRef",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct ProductRefShape {
    /// By its id.
    #[oai(validator(minimum(value = "1")))]
    pub id: Option<i64>,
    /// By its seller's own id; it need not exist yet. One that several sellers have names none of their products without
    /// `seller`.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub external_id: Option<String>,
    /// Slug of the seller, beside `external_id`.
    #[oai(validator(min_length = 1, max_length = 120))]
    pub seller: Option<String>,
}

/// Boost of some products.
#[derive(Debug, PartialEq, Object)]
#[oai(rename = "Boost", deny_unknown_fields, skip_serializing_if_is_none)]
pub struct BoostingShape {
    /// Products.
    pub select: SelectionShape,
    /// By what; less than 1 buries.
    #[oai(validator(minimum(value = "0.05"), maximum(value = "20")))]
    pub factor: f32,
}

/// Some products: exactly one of these.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "ProductSelection",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct SelectionShape {
    /// Products by external id.
    #[oai(validator(min_items = 1, max_items = 200))]
    pub products: Option<Vec<ProductRefShape>>,
    /// All that pass these filters.
    pub filters: Option<FiltersShape>,
}

/// Filters as a search takes them: values of one are alternatives, several add up. At least one is given.
#[derive(Debug, PartialEq, Object)]
#[oai(rename = "Filters", deny_unknown_fields, skip_serializing_if_is_none)]
pub struct FiltersShape {
    /// Category slugs; descendants are included.
    #[oai(validator(max_items = 50))]
    pub category: Option<Vec<String>>,
    /// Fandom slugs.
    #[oai(validator(max_items = 50))]
    pub fandom: Option<Vec<String>>,
    /// Brands, as displayed.
    #[oai(validator(max_items = 50))]
    pub brand: Option<Vec<String>>,
    /// Seller slugs.
    #[oai(validator(max_items = 50))]
    pub seller: Option<Vec<String>>,
    /// Limits on the price of a variant that passes the other filters on variants.
    #[oai(nullable)]
    pub price: Option<PriceLimitsShape>,
    /// Rated so or better.
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    #[oai(nullable)]
    pub rating_min: Option<f32>,
    /// `true` for products with a variant that can be bought, `false` for those with one that is sold out.
    #[oai(nullable)]
    pub in_stock: Option<bool>,
    /// Accepted values by an attribute's name.
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
}

/// Limits on a price in minor units, both inclusive; at least one is given.
#[derive(Debug, PartialEq, Object)]
#[oai(
    rename = "PriceLimits",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct PriceLimitsShape {
    /// At least.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    #[oai(nullable)]
    pub min: Option<i64>,
    /// At most.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    #[oai(nullable)]
    pub max: Option<i64>,
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ParseFromJSON, ToJSON};
    use serde_json::{Value, json};
    use souk_search::{SearchSettings, merchandising::SearchConfig};

    use super::*;

    fn everything() -> Value {
        let filters = json!({
            "category": ["mugs"],
            "fandom": ["star-voyage"],
            "brand": ["Acme"],
            "seller": ["attic"],
            "price": {"min": 1, "max": 2},
            "rating_min": 4.0,
            "in_stock": true,
            "attributes": {"Colour": ["Red"]},
        });
        let condition = json!({"fandom": ["star-voyage"]});
        let rule = |id: &str, query: Value| {
            json!({
                "id": id,
                "name": "Rule",
                "enabled": true,
                "when": {
                    "query": query,
                    "filters": condition,
                    "from": "2026-01-01T00:00:00Z",
                    "until": "2026-02-01T00:00:00Z",
                },
                "then": {
                    "pin": [{"id": 1}, {"external_id": "a"}],
                    "boost": [{"select": {"products": [{"id": 1}]}, "factor": 2.0}],
                    "hide": [{"filters": filters}],
                    "filter": filters,
                },
            })
        };
        json!({
            "settings": {
                "words": {"beginning": 0.5, "one_typo": 0.5, "two_typos": 0.5, "synonym": 0.5},
                "relaxing": {"typos": true, "missing_words": true, "enough": 5},
                "factors": {
                    "popularity": 0.5,
                    "rating": 0.5,
                    "freshness": 0.5,
                    "stock": 0.5,
                    "freshness_days": 30.0,
                },
                "understanding": {
                    "boosts": true,
                    "factor": 1.5,
                    "filters": true,
                    "share": 0.5,
                    "share_of_named": 0.25,
                    "share_to_filter": 0.75,
                    "coverage": 0.5,
                    "did_you_mean": false,
                },
                "meaning": {"weight": 0.5, "sentence_weight": 2.0},
            },
            "stop_words": ["the"],
            "suggestions": {"approve_first": true, "blocked": ["scam"]},
            "synonyms": [{"id": "a", "phrases": ["b"], "from": ["c"]}],
            "redirects": [{"id": "a", "query": {"is": "b"}, "url": "/"}],
            "rules": [
                rule("a", json!({"is": "b"})),
                rule("b", json!({"contains": "b"})),
                rule("c", json!({"starts_with": "b"})),
            ],
        })
    }

    #[test]
    fn the_shapes_are_those_of_the_domain() {
        let config = serde_json::from_value::<SearchConfig>(everything())
            .unwrap()
            .validated()
            .unwrap();
        let written = serde_json::to_value(&config).unwrap();
        assert_eq!(written, everything(), "everything is in it");
        let shape = SearchConfigShape::parse_from_json(Some(written)).unwrap();
        let described = shape.to_json().unwrap();
        let again: SearchConfig = serde_json::from_value(described).unwrap();
        assert_eq!(again, config);
    }

    #[test]
    fn the_defaults_are_within_what_is_described() {
        let defaults = serde_json::to_value(SearchSettings::default()).unwrap();
        SettingsShape::parse_from_json(Some(defaults)).unwrap();
    }
}
