//! The engine-neutral plan: what a query means, once, for every engine.

use std::collections::BTreeSet;

use souk_domain::{
    FacetName, Filters, Language, MatchStage, PageRequest, SearchQuery, Sort, Start, TenantId,
};

use crate::analysis::{Analyzer, Token, normal_code};
use crate::{Merchandising, SearchSettings, quantities};

/// How many values a facet lists at most, besides selected ones.
pub const FACET_VALUES: usize = 50;
/// How many attributes become facets at most, besides selected ones.
pub const ATTRIBUTE_FACETS: usize = 12;
/// Shortest code (or beginning of one) that is looked up as a part number or SKU.
pub const MIN_CODE_CHARS: usize = 3;
/// At most so many words of a text are searched for; the rest is ignored.
pub const MAX_WORDS: usize = 16;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What an engine has to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPlan {
    /// Whose catalogue.
    pub tenant: TenantId,
    /// The tenant's language.
    pub language: Language,
    /// The words, if any; a plan without text matches every product.
    pub text: Option<TextPlan>,
    /// How strictly to take the words.
    pub stage: MatchStage,
    /// What narrows the result.
    pub filters: Filters,
    /// The order; never [`Sort::Relevance`] without text.
    pub sort: Sort,
    /// Which hits.
    pub page: PageRequest,
    /// Which facets to count.
    pub facets: BTreeSet<FacetName>,
    /// What it is ranked and relaxed by.
    pub settings: SearchSettings,
    /// What is done to it besides.
    pub merchandising: Merchandising,
    /// From when freshness is reckoned, in milliseconds since 1970 UTC. A whole day, so that the pages of one search
    /// follow each other.
    pub today_ms: i64,
}

/// A text, understood.
///
/// A product matches if (each, or any: see the stage) word matches it, or if `code` does. A word matches a product
/// if it matches title, description, brand, category names, fandom, seller name or attribute values by stem (its own, or
/// that of the word it makes with a neighbour), by beginning where [`Word::prefix`] is set, by all words of one of its
/// [`Word::synonyms`], or, if [`Word::code`] is set, one of its codes whole or by beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPlan {
    /// As typed, trimmed.
    pub raw: String,
    /// Its words; may be empty if nothing in the text is a word, which then matches no product.
    pub words: Vec<Word>,
    /// The normal form of the whole text, if that may be (the beginning of) one code, such as
    /// `AB-12 34` for `ab1234`. Such products come first: whole codes before beginnings.
    pub code: Option<String>,
}

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded and lower-cased.
    pub surface: String,
    /// Stemmed, as the index holds it.
    pub stem: String,
    /// Whether it may be the beginning of a longer word: the last one, still being typed.
    pub prefix: bool,
    /// How many edits may lie between it and a word of the index at the stages that allow typos: 0
    /// for short words and whatever has a digit, else 1, and 2 from eight letters on.
    pub typos: u8,
    /// Its normal form as a code, if it may be one.
    pub code: Option<String>,
    /// What it may be as one word: one that it makes with a neighbour, since who types `head set` may mean a headset, or
    /// another way to write a quantity.
    pub joined: Vec<WordForm>,
    /// What means the same: a product that has every word of one of these matches, each by stem and in whatever text.
    ///
    /// A synonym of several words of the text stands at each of them. Since all words have to match, the text then
    /// matches by those words, or by the synonym: (a or s) and (b or s) is (a and b) or s. Where synonyms overlap, such
    /// as s for "a b" and t for "b c", a product also matches by both: it has the meaning of every word.
    pub synonyms: Vec<Vec<WordForm>>,
}

/// A word in a word's place: two neighbouring words of a text as one, or a part of a synonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordForm {
    /// Folded and lower-cased.
    pub surface: String,
    /// Stemmed, as the index holds it.
    pub stem: String,
}

impl From<Token> for WordForm {
    fn from(token: Token) -> Self {
        Self {
            surface: token.surface,
            stem: token.stem,
        }
    }
}

impl WordForm {
    /// The word that a text is; none if it is too long to be indexed.
    pub(crate) fn new(text: &str, analyzer: &mut Analyzer) -> Option<Self> {
        analyzer.words(text).pop().map(Self::from)
    }

    /// It as a word by itself, taken literally.
    pub(crate) fn as_word(&self) -> Word {
        Word {
            surface: self.surface.clone(),
            stem: self.stem.clone(),
            prefix: false,
            typos: 0,
            code: None,
            joined: Vec::new(),
            synonyms: Vec::new(),
        }
    }
}

impl Word {
    fn new(token: &Token) -> Self {
        Self {
            surface: token.surface.clone(),
            stem: token.stem.clone(),
            prefix: false,
            typos: typos(&token.surface),
            code: possible_code(&token.surface),
            joined: Vec::new(),
            synonyms: Vec::new(),
        }
    }

    /// Whether a stem is its own, or that of a word it makes with a neighbour.
    pub fn has_stem(&self, stem: &str) -> bool {
        self.stem == stem || self.joined.iter().any(|joined| joined.stem == stem)
    }

    /// Adds a word that it may be.
    pub(crate) fn may_be_one(&mut self, other: Option<WordForm>) {
        if let Some(other) = other
            && other.stem != self.stem
            && !self.joined.contains(&other)
        {
            self.joined.push(other);
        }
    }

    /// Adds several words that it may be together.
    pub(crate) fn may_be(&mut self, others: Option<Vec<WordForm>>) {
        if let Some(others) = others
            && !self.synonyms.contains(&others)
        {
            self.synonyms.push(others);
        }
    }

    /// Takes it for what it is: finished, without typos, no code and no part of a longer word.
    pub fn take_literally(&mut self) {
        self.prefix = false;
        self.typos = 0;
        self.code = None;
        self.joined.clear();
        self.synonyms.clear();
    }
}

impl TextPlan {
    /// Understands a text in a language.
    pub fn new(raw: &str, language: Language) -> Self {
        let mut analyzer = Analyzer::new(language);
        let mut tokens = analyzer.words(raw);
        tokens.truncate(MAX_WORDS);
        let mut words: Vec<Word> = tokens.iter().map(Word::new).collect();
        join_neighbours(&mut words, &mut analyzer);
        quantities::widen(raw, &tokens, &mut words, &mut analyzer);
        let still_typing = tokens.last().is_some_and(|last| last.end == raw.len());
        if let Some(last) = words.last_mut().filter(|_| still_typing) {
            last.prefix = true;
        }
        Self {
            raw: raw.to_owned(),
            words,
            code: possible_code(raw),
        }
    }
}

/// Numbers side by side are two numbers.
fn join_neighbours(words: &mut [Word], analyzer: &mut Analyzer) {
    let is_number = |word: &Word| word.surface.chars().all(char::is_numeric);
    for place in 1..words.len() {
        let pair = &mut words[place - 1..=place];
        if pair.iter().all(is_number) {
            continue;
        }
        let surface = format!("{}{}", pair[0].surface, pair[1].surface);
        let joined = WordForm::new(&surface, analyzer);
        for word in pair {
            word.joined.extend(joined.clone());
        }
    }
}

fn possible_code(text: &str) -> Option<String> {
    let code = normal_code(text);
    let long_enough = code.chars().count() >= MIN_CODE_CHARS;
    (long_enough && code.bytes().any(|byte| byte.is_ascii_digit())).then_some(code)
}

/// When today began.
fn today_ms() -> i64 {
    let now = chrono::Utc::now().timestamp_millis();
    now - now.rem_euclid(DAY_MS)
}

pub(crate) fn typos(surface: &str) -> u8 {
    let letters = surface.chars().count();
    if surface.chars().any(|letter| letter.is_numeric()) {
        return 0;
    }
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

impl SearchPlan {
    /// The strictest plan for a query, with settings as they are by default.
    pub fn new(tenant: TenantId, language: Language, query: &SearchQuery) -> Self {
        Self {
            tenant,
            language,
            text: query
                .text
                .as_deref()
                .map(|text| TextPlan::new(text, language)),
            stage: MatchStage::AllTerms,
            filters: query.filters.clone(),
            sort: query.effective_sort(),
            page: query.page.clone(),
            facets: query.facets.clone(),
            settings: SearchSettings::default(),
            merchandising: Merchandising::default(),
            today_ms: today_ms(),
        }
    }

    /// The same, with other settings.
    #[must_use]
    pub fn with_settings(self, settings: SearchSettings) -> Self {
        Self { settings, ..self }
    }

    /// The same, steered.
    #[must_use]
    pub fn with_merchandising(self, merchandising: Merchandising) -> Self {
        Self {
            merchandising,
            ..self
        }
    }

    /// The same, at another stage.
    #[must_use]
    pub fn at(&self, stage: MatchStage) -> Self {
        Self {
            stage,
            ..self.clone()
        }
    }

    /// The same for products that have some of the words too, as they were typed; those that have all of them come first.
    #[must_use]
    pub fn filled_up(&self) -> Self {
        let mut plan = self.at(MatchStage::AnyTerm);
        for word in plan.text.iter_mut().flat_map(|text| &mut text.words) {
            word.typos = 0;
        }
        plan
    }

    /// The same for counting alone, whatever the filters.
    #[must_use]
    pub(crate) fn counting_unfiltered(&self) -> Self {
        Self {
            filters: Filters::default(),
            ..self.counting_words()
        }
    }

    /// The same for counting alone.
    #[must_use]
    pub(crate) fn counting(&self) -> Self {
        let page = PageRequest {
            limit: 0,
            start: Start::Offset(0),
        };
        Self {
            page,
            ..self.clone()
        }
    }

    /// The same for counting what words match, and not what is pinned.
    #[must_use]
    pub(crate) fn counting_words(&self) -> Self {
        let mut plan = self.counting();
        plan.facets.clear();
        plan.merchandising.pinned.clear();
        plan
    }

    /// Whether it is in the default order of browsing, and merchandising changes that.
    pub(crate) fn is_browse_steered(&self) -> bool {
        self.text.is_none() && self.sort == Sort::Popular && self.merchandising.orders()
    }

    /// Whether products with some of the words shall follow if so many have all of them.
    pub(crate) fn is_filled_up(&self, matching: u64) -> bool {
        self.can_be_filled_up() && matching > 0 && matching < self.settings.relaxing.enough
    }

    /// Whether there is any word that could be missing. In an order other than by relevance, products that lack words
    /// would not follow those that have all, but come between or before them.
    pub(crate) fn can_be_filled_up(&self) -> bool {
        let several = self.text.as_ref().is_some_and(|text| text.words.len() > 1);
        several
            && self.sort == Sort::Relevance
            && self.stage == MatchStage::AllTerms
            && self.settings.relaxing.missing_words
    }

    /// The stages worth trying for this plan, strictest first: those that could find more.
    pub fn stages(&self) -> Vec<MatchStage> {
        let Some(text) = &self.text else {
            return vec![MatchStage::AllTerms];
        };
        let relaxing = &self.settings.relaxing;
        let mut stages = vec![MatchStage::AllTerms];
        if relaxing.typos && text.words.iter().any(|word| word.typos > 0) {
            stages.push(MatchStage::Fuzzy);
        }
        if relaxing.missing_words && text.words.len() > 1 {
            stages.push(MatchStage::AnyTerm);
        }
        stages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> TextPlan {
        TextPlan::new(text, Language::English)
    }

    #[test]
    fn codes_are_seen_with_and_without_dashes() {
        assert_eq!(plan("AB-12 34").code.as_deref(), Some("ab1234"));
        assert_eq!(plan("006R90321").code.as_deref(), Some("006r90321"));
        assert_eq!(plan("red mug").code, None, "no digit");
        assert_eq!(plan("x1").code, None, "too short");
    }

    #[test]
    fn only_a_word_still_being_typed_is_a_beginning() {
        let prefixes = |text: &str| {
            plan(text)
                .words
                .iter()
                .map(|word| word.prefix)
                .collect::<Vec<_>>()
        };
        assert_eq!(prefixes("red mu"), [false, true]);
        assert_eq!(prefixes("red mug "), [false, false]);
        assert_eq!(prefixes("red-"), [false]);
        assert_eq!(prefixes(&format!("red {}", "x".repeat(80))), [false]);
        assert_eq!(prefixes(&"red ".repeat(20)).len(), MAX_WORDS);
        assert!(!prefixes("red ".repeat(20).trim()).contains(&true));
    }

    #[test]
    fn neighbours_may_be_one_word() {
        let joined = |text: &str| -> Vec<Vec<String>> {
            let words = plan(text).words.into_iter();
            words
                .map(|word| word.joined.into_iter().map(|it| it.surface).collect())
                .collect()
        };
        assert_eq!(
            joined("wireless head sets"),
            [
                vec!["wirelesshead"],
                vec!["wirelesshead", "headsets"],
                vec!["headsets"]
            ]
        );
        assert_eq!(plan("head sets").words[1].joined[0].stem, "headset");
        assert_eq!(joined("10 20"), [Vec::<String>::new(), Vec::new()]);
        let long = "x".repeat(40);
        assert!(joined(&format!("{long} {long}")).concat().is_empty());
    }

    #[test]
    fn typos_are_allowed_by_length_and_never_in_numbers() {
        let allowed = |text: &str| plan(text).words[0].typos;
        assert_eq!(
            [
                allowed("mug"),
                allowed("mugs"),
                allowed("keychain"),
                allowed("ps5console")
            ],
            [0, 1, 2, 0]
        );
    }

    #[test]
    fn punctuation_alone_is_a_text_without_words() {
        assert!(plan("?!").words.is_empty());
    }
}
