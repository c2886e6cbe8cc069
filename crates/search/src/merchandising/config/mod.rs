//! A search configuration, as people write it and as it is stored: one JSON document.

mod checks;
mod rules;
mod suggestion_policy;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use souk_domain::{ExternalKey, InvalidField};

pub use checks::check_filters;
pub use rules::{Boosting, Effects, ProductRef, QueryCondition, Rule, Selection, When};
pub use suggestion_policy::{BlockList, MAX_BLOCKED, SuggestionPolicy};

use self::checks::{at, check_count, check_id, check_phrase, check_phrases};
use crate::{SearchSettings, query::analysis::word_places};

/// The id that no group of synonyms has: at its address are those that the catalogue suggests.
const SUGGESTIONS: &str = "suggestions";
/// Most rules.
pub const MAX_RULES: usize = 1_000;
/// Most groups of synonyms.
pub const MAX_SYNONYMS: usize = 5_000;
/// Most phrases of one group of synonyms.
pub const MAX_PHRASES: usize = 20;
/// Most words of a phrase.
pub const MAX_PHRASE_WORDS: usize = 6;
/// Most characters of a phrase.
pub const MAX_PHRASE_CHARS: usize = 100;
/// Most stop words.
pub const MAX_STOP_WORDS: usize = 1_000;
/// Most redirects.
pub const MAX_REDIRECTS: usize = 2_000;
/// Most characters of a redirect's address.
pub const MAX_URL_CHARS: usize = 2_000;
/// Most bytes of all of it as JSON.
pub const MAX_BYTES: usize = 4 << 20;

/// All that the people of one marketplace say of its search.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchConfig {
    /// Settings of ranking and relaxation.
    pub settings: SearchSettings,
    /// Words that are not searched for, unless a query has no others.
    pub stop_words: BTreeSet<String>,
    /// Synonym groups.
    pub synonyms: Vec<Synonyms>,
    /// Queries that are better answered by a page of the shop.
    pub redirects: Vec<Redirect>,
    /// Rules, in the order in which they apply.
    pub rules: Vec<Rule>,
    /// Which texts that others searched for may be suggested.
    #[serde(skip_serializing_if = "SuggestionPolicy::is_default")]
    pub suggestions: SuggestionPolicy,
}

/// Phrases that mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synonyms {
    /// Unique among its like; made for one that comes without.
    #[serde(default)]
    pub id: String,
    /// Each of them also finds the others, unless `from` says who does.
    pub phrases: Vec<String>,
    /// If any are given, it goes one way: these find `phrases` too, and not the other way round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
}

/// Redirect of a query to a URL, besides its results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// Unique among its like; made for one that comes without.
    #[serde(default)]
    pub id: String,
    /// Which queries.
    pub query: QueryCondition,
    /// An address of http or https, or a path that begins with `/`.
    pub url: String,
}

/// What a configuration has a list of, each with an id.
pub trait Item: Clone + PartialEq + Serialize {
    /// Name of the kind of item.
    const NAME: &'static str;
    /// The list's name in the document.
    const LIST: &'static str;
    /// Most of them.
    const MOST: usize;

    /// The list.
    fn list(config: &SearchConfig) -> &Vec<Self>;

    /// The list, to be changed.
    fn list_mut(config: &mut SearchConfig) -> &mut Vec<Self>;

    /// Returns the id.
    fn id(&self) -> &str;

    /// Returns the id, mutable.
    fn id_mut(&mut self) -> &mut String;

    /// Checks it by itself.
    ///
    /// # Errors
    /// Names the field that cannot be taken.
    fn check(&self) -> Result<(), InvalidField>;
}

macro_rules! items {
    ($($item:ty: $name:literal, $list:ident, $most:ident;)+) => {$(
        impl Item for $item {
            const NAME: &'static str = $name;
            const LIST: &'static str = stringify!($list);
            const MOST: usize = $most;

            fn list(config: &SearchConfig) -> &Vec<Self> {
                &config.$list
            }

            fn list_mut(config: &mut SearchConfig) -> &mut Vec<Self> {
                &mut config.$list
            }

            fn id(&self) -> &str {
                &self.id
            }

            fn id_mut(&mut self) -> &mut String {
                &mut self.id
            }

            fn check(&self) -> Result<(), InvalidField> {
                check_id(&self.id)?;
                self.check_content()
            }
        }
    )+};
}

items! {
    Synonyms: "group of synonyms", synonyms, MAX_SYNONYMS;
    Redirect: "redirect", redirects, MAX_REDIRECTS;
    Rule: "rule", rules, MAX_RULES;
}

impl SearchConfig {
    /// Gives an id to every item that came without.
    pub fn give_ids(&mut self, mut new_id: impl FnMut() -> String) {
        give_ids::<Synonyms>(self, &mut new_id);
        give_ids::<Redirect>(self, &mut new_id);
        give_ids::<Rule>(self, &mut new_id);
    }

    /// Checks all of it.
    ///
    /// # Errors
    /// Names the first field that cannot be taken, such as `rules[3].when.query.contains`.
    pub fn validated(self) -> Result<Self, InvalidField> {
        self.settings
            .validated()
            .map_err(|error| error.within("settings"))?;
        check_count("stop_words", self.stop_words.len(), MAX_STOP_WORDS)?;
        for word in &self.stop_words {
            check_stop_word(word).map_err(|error| error.within("stop_words"))?;
        }
        check_items::<Synonyms>(&self)?;
        check_items::<Redirect>(&self)?;
        check_items::<Rule>(&self)?;
        self.suggestions
            .check()
            .map_err(|error| error.within("suggestions"))?;
        Ok(self)
    }

    /// The document that is stored.
    ///
    /// # Errors
    /// If it is too large.
    pub fn to_document(&self) -> Result<String, InvalidField> {
        let document = serde_json::to_string(self)
            .map_err(|error| InvalidField::new("", format!("cannot be stored: {error}")))?;
        if document.len() > MAX_BYTES {
            let message = format!("all of it has at most {MAX_BYTES} bytes as JSON");
            return Err(InvalidField::new("", message));
        }
        Ok(document)
    }

    /// The products that it names by their external ids.
    pub fn external_ids(&self) -> BTreeSet<ExternalKey> {
        let refs = self.rules.iter().flat_map(|rule| rule.then.products());
        refs.filter_map(|product| match product {
            ProductRef::External(key) => Some(key.clone()),
            ProductRef::Id(_) => None,
        })
        .collect()
    }
}

/// Checks a stop word.
///
/// # Errors
/// If it is not one word.
pub fn check_stop_word(word: &str) -> Result<(), InvalidField> {
    let is_one = word_places(word).collect::<Vec<_>>() == [(0, word.len())];
    if is_one {
        return Ok(());
    }
    let message = format!("`{word}` is not one word: letters and digits, at most 63 bytes");
    Err(InvalidField::new("", message))
}

fn give_ids<T: Item>(config: &mut SearchConfig, new_id: &mut impl FnMut() -> String) {
    for item in T::list_mut(config) {
        if item.id().is_empty() {
            *item.id_mut() = new_id();
        }
    }
}

fn check_items<T: Item>(config: &SearchConfig) -> Result<(), InvalidField> {
    let list = T::list(config);
    check_count(T::LIST, list.len(), T::MOST)?;
    let mut places = BTreeMap::new();
    for (place, item) in list.iter().enumerate() {
        item.check().map_err(|error| at(T::LIST, place, error))?;
        if let Some(first) = places.insert(item.id(), place) {
            let message = format!("is the id of {}[{first}] too", T::LIST);
            return Err(at(T::LIST, place, InvalidField::new("id", message)));
        }
    }
    Ok(())
}

impl Synonyms {
    /// Returns true if the group maps some phrases to others, and not back.
    pub fn is_one_way(&self) -> bool {
        !self.from.is_empty()
    }

    fn check_content(&self) -> Result<(), InvalidField> {
        if self.id == SUGGESTIONS {
            return Err(InvalidField::new(
                "id",
                "stands for what the catalogue suggests",
            ));
        }
        let fewest = if self.is_one_way() { 1 } else { 2 };
        if self.phrases.len() < fewest {
            let message = "are two or more, or one where `from` says what finds it";
            return Err(InvalidField::new("phrases", message));
        }
        check_phrases("phrases", &self.phrases)?;
        check_phrases("from", &self.from)
    }
}

impl Redirect {
    fn check_content(&self) -> Result<(), InvalidField> {
        self.query.check().map_err(|error| error.within("query"))?;
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| self.url.strip_prefix(scheme));
        let is_path = self.url.starts_with('/') && !self.url.starts_with("//");
        let is_plain = |letter: char| !letter.is_whitespace() && !letter.is_control();
        let is_good = (is_path || rest.is_some_and(|rest| !rest.is_empty()))
            && self.url.chars().count() <= MAX_URL_CHARS
            && self
                .url
                .chars()
                .all(|letter| is_plain(letter) && letter != '\\');
        if is_good {
            return Ok(());
        }
        let message = format!(
            "is an address of http or https, or a path such as `/help`, of at most {MAX_URL_CHARS} characters"
        );
        Err(InvalidField::new("url", message))
    }
}

impl QueryCondition {
    fn check(&self) -> Result<(), InvalidField> {
        check_phrase(self.phrase()).map_err(|error| error.within(self.name()))
    }
}

#[cfg(test)]
mod tests;
