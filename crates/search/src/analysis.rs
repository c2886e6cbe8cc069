//! How text becomes words: the same for documents and queries, and for every engine that lets us choose.

use souk_domain::Language;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language as Stem, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer,
    TextAnalyzer, TokenStream,
};

/// Longer words are not indexed: they are noise such as encoded data.
const MAX_WORD_BYTES: usize = 64;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Lower-cased and folded to ASCII where possible: what prefixes and typos are measured on.
    pub surface: String,
    /// The stem of it: what is matched.
    pub stem: String,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends in the text, in bytes.
    pub end: usize,
}

/// Splits texts into words. Made once and used for many texts: it keeps its buffers.
pub struct Analyzer {
    surfaces: TextAnalyzer,
    stems: TextAnalyzer,
}

impl Analyzer {
    /// The analyzer of a language.
    pub fn new(language: Language) -> Self {
        Self {
            surfaces: surface_analyzer(),
            stems: stem_analyzer(language),
        }
    }

    /// The words of a text, in order.
    pub fn words(&mut self, text: &str) -> Vec<Token> {
        // Both chains split alike and drop alike, so that their tokens pair up.
        let stems = collect(&mut self.stems, text);
        collect(&mut self.surfaces, text)
            .into_iter()
            .zip(stems)
            .map(|((surface, start, end), (stem, ..))| Token {
                surface,
                stem,
                start,
                end,
            })
            .collect()
    }
}

fn collect(analyzer: &mut TextAnalyzer, text: &str) -> Vec<(String, usize, usize)> {
    let mut tokens = Vec::new();
    let mut stream = analyzer.token_stream(text);
    while let Some(token) = stream.next() {
        tokens.push((token.text.clone(), token.offset_from, token.offset_to));
    }
    tokens
}

/// Tantivy's chain for unstemmed words.
pub fn surface_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// Tantivy's chain for stems of a language.
pub fn stem_analyzer(language: Language) -> TextAnalyzer {
    let folded = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    match stemmer(language) {
        Some(language) => folded.filter(Stemmer::new(language)).build(),
        None => folded.build(),
    }
}

fn stemmer(language: Language) -> Option<Stem> {
    Some(match language {
        Language::Simple => return None,
        Language::Arabic => Stem::Arabic,
        Language::Danish => Stem::Danish,
        Language::Dutch => Stem::Dutch,
        Language::English => Stem::English,
        Language::Finnish => Stem::Finnish,
        Language::French => Stem::French,
        Language::German => Stem::German,
        Language::Greek => Stem::Greek,
        Language::Hungarian => Stem::Hungarian,
        Language::Italian => Stem::Italian,
        Language::Norwegian => Stem::Norwegian,
        Language::Portuguese => Stem::Portuguese,
        Language::Romanian => Stem::Romanian,
        Language::Russian => Stem::Russian,
        Language::Spanish => Stem::Spanish,
        Language::Swedish => Stem::Swedish,
        Language::Tamil => Stem::Tamil,
        Language::Turkish => Stem::Turkish,
    })
}

/// The normal form of a part number or SKU: letters and digits only, folded and lower-cased, so that
/// `AB-12/34` and `ab 1234` are the same.
pub fn normal_code(code: &str) -> String {
    collect(&mut surface_analyzer(), code)
        .into_iter()
        .map(|(word, ..)| word)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_and_stems_and_keeps_places() {
        let words = Analyzer::new(Language::English).words("Crème Mugs!");
        assert_eq!(words[0].surface, "creme");
        assert_eq!(
            (words[1].surface.as_str(), words[1].stem.as_str()),
            ("mugs", "mug")
        );
        assert_eq!((words[1].start, words[1].end), (7, 11));
    }

    #[test]
    fn codes_lose_dashes_and_case() {
        assert_eq!(normal_code(" AB-12/34 "), "ab1234");
    }
}
