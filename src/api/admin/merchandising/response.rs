//! Pages of what a configuration has, and what is told of versions.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_search::merchandising::{
    Trace,
    config::{Redirect, Rule, Synonyms},
};
use souk_search::query_understanding::{SynonymCandidate, SynonymKind};
use souk_store::{ConfigAction, ConfigEvent, ConfigVersionSummary};

use super::schema::{ConfigBody, RedirectBody, RuleBody, SettingsBody, SynonymsBody};
use crate::api::views::{HitView, Matched, Timestamp};

macro_rules! pages {
    ($($(#[$doc:meta])* $page:ident($item:ty, $list:ident: $body:ty);)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Object, Serialize)]
        #[oai(skip_serializing_if_is_none)]
        pub struct $page {
            /// In their order.
            pub $list: Vec<$body>,
            /// Give it as `after` for the next page; absent after the last.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub next_after: Option<String>,
        }

        impl $page {
            /// A page of items, and the last one's id if more follow.
            pub(super) fn new(items: Vec<$item>, next_after: Option<String>) -> Self {
                Self {
                    $list: items.into_iter().map(Into::into).collect(),
                    next_after,
                }
            }
        }
    )+};
}

pages! {
    /// A page of groups of synonyms.
    SynonymsPage(Synonyms, synonyms: SynonymsBody);
    /// A page of redirects.
    RedirectsPage(Redirect, redirects: RedirectBody);
    /// A page of rules.
    RulesPage(Rule, rules: RuleBody);
    /// A page of stop words.
    StopWordsPage(String, stop_words: String);
}

/// A version of the search configuration.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "SearchConfigVersion", skip_serializing_if_is_none)]
pub struct VersionView {
    /// Number.
    pub number: i64,
    /// Reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Time.
    pub created_at: Timestamp,
}

/// A page of versions.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SearchConfigVersions", skip_serializing_if_is_none)]
pub struct VersionsPage {
    /// The live version's number; 0 if nothing was ever saved.
    pub live: i64,
    /// Newest first.
    pub versions: Vec<VersionView>,
    /// Give it as `before` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// A version with what it says.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SearchConfigVersionContent")]
pub struct VersionContent {
    /// The version.
    pub version: VersionView,
    /// Configuration.
    pub config: ConfigBody,
}

/// Something that somebody did.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SearchConfigEvent", skip_serializing_if_is_none)]
pub struct EventView {
    /// Sequence number.
    pub id: i64,
    /// Kind of action.
    pub action: ActionName,
    /// The version it was about.
    pub version: i64,
    /// True if the version is still stored: the newest 200 and the active ones.
    pub version_kept: bool,
    /// To how many sessions of a hundred, in an experiment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<i64>,
    /// Author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Time.
    pub created_at: Timestamp,
}

/// Action on a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "SearchConfigAction", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ActionName {
    /// Saved a version, which put it in force.
    Saved,
    /// Put an earlier version in force again.
    Activated,
    /// Gave a version to some sessions.
    ExperimentStarted,
    /// Took it back.
    ExperimentEnded,
}

/// A page of what was done.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SearchConfigEvents", skip_serializing_if_is_none)]
pub struct EventsPage {
    /// Newest first.
    pub events: Vec<EventView>,
    /// Give it as `before` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// Results of a search by one configuration.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "PreviewedResults", skip_serializing_if_is_none)]
pub struct PreviewedResults {
    /// The first hits.
    pub hits: Vec<HitView>,
    /// Number of products that match.
    pub total: u64,
    /// True if `total` is exact.
    pub total_exact: bool,
    /// Match stage: how strictly the words were matched.
    pub matched: Matched,
    /// Redirect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Parts of the configuration that applied.
    pub applied: Applied,
}

/// Parts of a configuration that applied to a query.
#[derive(Debug, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "AppliedToSearch", skip_serializing_if_is_none)]
pub struct Applied {
    /// The redirect's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// The rules, in the order in which they applied.
    pub rules: Vec<AppliedRuleView>,
    /// The synonyms.
    pub synonyms: Vec<AppliedSynonymsView>,
    /// The words that were left out.
    pub stop_words: Vec<String>,
    /// Products that the rules name and that do not exist, by your own ids.
    pub unknown_products: Vec<String>,
}

/// A rule that applied.
#[derive(Debug, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "AppliedRule")]
pub struct AppliedRuleView {
    /// Id.
    pub id: String,
    /// Display name.
    pub name: String,
}

/// Synonyms that applied.
#[derive(Debug, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "AppliedSynonyms")]
pub struct AppliedSynonymsView {
    /// The group's id.
    pub id: String,
    /// The words of the query.
    pub words: String,
    /// Synonyms that now match.
    pub also: Vec<String>,
}

impl From<ConfigVersionSummary> for VersionView {
    fn from(version: ConfigVersionSummary) -> Self {
        Self {
            number: version.number,
            note: version.note,
            author: version.author,
            created_at: Timestamp::from_ms(version.created_at_ms),
        }
    }
}

impl From<ConfigEvent> for EventView {
    fn from(event: ConfigEvent) -> Self {
        Self {
            id: event.id,
            action: event.action.into(),
            version: event.version,
            version_kept: event.version_kept,
            share: event.share,
            author: event.author,
            created_at: Timestamp::from_ms(event.created_at_ms),
        }
    }
}

impl From<ConfigAction> for ActionName {
    fn from(action: ConfigAction) -> Self {
        match action {
            ConfigAction::Saved => Self::Saved,
            ConfigAction::Activated => Self::Activated,
            ConfigAction::ExperimentStarted => Self::ExperimentStarted,
            ConfigAction::ExperimentEnded => Self::ExperimentEnded,
        }
    }
}

impl From<Trace> for Applied {
    fn from(trace: Trace) -> Self {
        let rules = trace.rules.into_iter().map(|rule| AppliedRuleView {
            id: rule.id,
            name: rule.name,
        });
        let synonyms = trace.synonyms.into_iter().map(|group| AppliedSynonymsView {
            id: group.id,
            words: group.words,
            also: group.also,
        });
        Self {
            redirect: trace.redirect,
            rules: rules.collect(),
            synonyms: synonyms.collect(),
            stop_words: trace.stop_words,
            unknown_products: trace.unknown_products.into_iter().collect(),
        }
    }
}

/// The experiment.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SearchExperiment")]
pub struct ExperimentView {
    /// The version of arm A: the live one. Requests without a session belong to it.
    pub live: i64,
    /// The version of arm B.
    pub version: i64,
    /// Percentage of visitors in arm B.
    pub share: i64,
}

/// The settings in force.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SearchSettingsInForce")]
pub struct SettingsView {
    /// Ranking and relaxation settings.
    pub settings: SettingsBody,
    /// True if the index has to be rebuilt before all of it shows. No setting of today needs that; what a field
    /// weighs is part of the index and no setting.
    pub needs_reindex: bool,
}

/// Results of the live configuration and of the previewed one.
#[derive(Debug, Object, Serialize)]
pub struct PreviewAnswerView {
    /// By what is live.
    pub live: PreviewedResults,
    /// By what was given.
    pub with: PreviewedResults,
}

/// Reason to suggest two phrases as synonyms.
#[derive(Debug, Clone, Copy, Enum, Serialize)]
#[oai(rename = "SynonymReason", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SynonymReason {
    /// Same letters with other spaces or dashes: `headset`, `head set`.
    Spelling,
    /// Initials of the other phrase: `ssd`, `solid state drive`.
    Abbreviation,
    /// Titles say the one or the other of products that have a value in common: `notebook`, `laptop`.
    SameProducts,
}

/// Two phrases that may mean the same.
#[derive(Debug, Object, Serialize)]
pub struct SuggestedSynonyms {
    /// Both phrases, the more frequent one first: the `phrases` of synonyms, if you agree.
    pub phrases: Vec<String>,
    /// Reason.
    pub reason: SynonymReason,
    /// Number of sampled products with the less frequent phrase in their title.
    pub support: u32,
}

/// Synonym suggestions.
#[derive(Debug, Object, Serialize)]
pub struct SynonymSuggestions {
    /// True once query understanding is trained; false just after a start.
    pub learnt: bool,
    /// Suggestions, those with most products first.
    pub suggestions: Vec<SuggestedSynonyms>,
}

impl From<&SynonymCandidate> for SuggestedSynonyms {
    fn from(candidate: &SynonymCandidate) -> Self {
        Self {
            phrases: vec![candidate.phrase.clone(), candidate.other.clone()],
            reason: match candidate.kind {
                SynonymKind::Spelling => SynonymReason::Spelling,
                SynonymKind::Abbreviation => SynonymReason::Abbreviation,
                SynonymKind::SameProducts => SynonymReason::SameProducts,
            },
            support: candidate.support,
        }
    }
}
