//! Suggestions for a text with operators: completed by its other words, and never against an operator.

use souk_domain::{Suggestion, SuggestionKind, TextPart, TextPartKind, text_parts};

use crate::SuggestRequest;
use crate::highlight::escape_into;
use crate::query::analysis::{Analyzer, word_places};
use crate::query::{ExactPhrase, Operators, TextPlan};

/// Text with operators that is being completed.
pub struct OperatorCompletion {
    analyzer: Analyzer,
    operators: Operators,
    /// Words without operators, as engines complete them.
    words: String,
    /// Text before the word being typed; none if that is an operand.
    before: Option<String>,
}

impl OperatorCompletion {
    /// Understands the text of a request; none if it has no operators.
    pub fn of(request: &SuggestRequest) -> Option<Self> {
        let text = request.text.as_str();
        let (_, operators) = TextPlan::with_operators(text, request.language);
        if operators.is_empty() {
            return None;
        }
        let parts = text_parts(text);
        let wanted = parts
            .iter()
            .filter(|part| part.kind != TextPartKind::Excluded);
        let words: Vec<_> = wanted
            .map(|part| text[part.range.clone()].trim_start())
            .collect();
        Some(Self {
            analyzer: Analyzer::new(request.language),
            operators,
            words: words.join(" "),
            before: parts.last().and_then(|last| before_last_word(text, last)),
        })
    }

    /// Returns the request for the words without operators; none if there are no such words.
    pub fn request(&self, request: &SuggestRequest) -> Option<SuggestRequest> {
        word_places(&self.words).next()?;
        Some(SuggestRequest {
            text: self.words.clone(),
            ..request.clone()
        })
    }

    /// Returns those suggestions that the operators admit. Completed texts have the operators again.
    pub fn admitted(&mut self, suggestions: Vec<Suggestion>) -> Vec<Suggestion> {
        let admitted = suggestions.into_iter();
        let admitted = admitted.filter_map(|suggestion| match suggestion.kind {
            SuggestionKind::Query => self.completed(suggestion),
            _ => self.admits(&suggestion.text).then_some(suggestion),
        });
        admitted.collect()
    }

    fn completed(&mut self, suggestion: Suggestion) -> Option<Suggestion> {
        let before = self.before.clone()?;
        let (from, to) = word_places(&suggestion.text).last()?;
        let word = &suggestion.text[from..to];
        if self.excludes(word) {
            return None;
        }
        let mut highlighted = String::new();
        escape_into(&mut highlighted, &before);
        highlighted.push_str("<mark>");
        escape_into(&mut highlighted, word);
        highlighted.push_str("</mark>");
        Some(Suggestion {
            text: format!("{before}{word}"),
            highlighted,
            ..suggestion
        })
    }

    fn admits(&mut self, text: &str) -> bool {
        !self.excludes(text) && {
            let words = self.analyzer.words(text);
            let surfaces: Vec<_> = words.iter().map(|word| word.surface.as_str()).collect();
            let has = |phrase: &ExactPhrase| stands(phrase, &surfaces);
            self.operators.phrases.iter().all(has)
        }
    }

    fn excludes(&mut self, text: &str) -> bool {
        let words = self.analyzer.words(text);
        let surfaces: Vec<_> = words.iter().map(|word| word.surface.as_str()).collect();
        self.operators
            .excluded
            .iter()
            .any(|phrase| match phrase.single() {
                Some(word) => words.iter().any(|own| own.stem == word.stem),
                None => stands(phrase, &surfaces),
            })
    }
}

fn stands(phrase: &ExactPhrase, words: &[&str]) -> bool {
    let wanted = || phrase.words.iter().map(|word| word.surface.as_str());
    words
        .windows(phrase.words.len())
        .any(|own| own.iter().copied().eq(wanted()))
}

/// Returns the text before its last word, if that is being typed and no operand.
fn before_last_word(text: &str, last: &TextPart) -> Option<String> {
    if last.kind != TextPartKind::Plain {
        return None;
    }
    let (from, to) = word_places(text).last()?;
    (to == text.len() && from >= last.range.start).then(|| text[..from].trim_start().to_owned())
}

#[cfg(test)]
mod tests {
    use souk_domain::{Language, TenantId};

    use super::*;

    fn request(text: &str) -> SuggestRequest {
        SuggestRequest {
            tenant: TenantId(1),
            language: Language::English,
            text: text.to_owned(),
            limit: 10,
        }
    }

    fn admitted(text: &str, suggested: &[(SuggestionKind, &str)]) -> Vec<String> {
        let suggestions = suggested.iter().map(|&(kind, text)| Suggestion {
            kind,
            text: text.to_owned(),
            highlighted: String::new(),
            value: None,
            count: None,
        });
        let mut completion = OperatorCompletion::of(&request(text)).expect("operators");
        let admitted = completion.admitted(suggestions.collect());
        admitted.into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn text_without_operators_is_left_alone() {
        assert!(OperatorCompletion::of(&request("wi-fi 15\" mon")).is_none());
    }

    #[test]
    fn words_are_completed_without_operators() {
        let words = |text: &str| {
            let request = request(text);
            let completion = OperatorCompletion::of(&request)?;
            Some(completion.request(&request)?.text)
        };
        assert_eq!(words("mug -red dra").as_deref(), Some("mug  dra"));
        assert_eq!(words("\"red mug\" dra").as_deref(), Some("red mug dra"));
        assert_eq!(words("-red"), None);
    }

    #[test]
    fn suggestions_keep_to_the_operators() {
        use SuggestionKind::{Product, Query};
        let suggested = [
            (Product, "Red Dragon Mug"),
            (Product, "Dragon Mug"),
            (Query, "mug dragon"),
            (Query, "mug reds"),
        ];
        assert_eq!(
            admitted("mug -red dra", &suggested),
            ["Dragon Mug", "mug -red dragon"]
        );
        let suggested = [(Product, "Red Dragon Mug"), (Product, "Red Mug Dragon")];
        assert_eq!(admitted("\"red mug\" dra", &suggested), ["Red Mug Dragon"]);
        assert_eq!(admitted("dragon -re", &[(Query, "dragon")]), [""; 0]);
    }
}
