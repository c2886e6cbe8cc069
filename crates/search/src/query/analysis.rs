//! Text analysis: splitting, folding and stemming, the same for documents, queries and every engine that allows it.

use souk_domain::Language;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language as Stem, LowerCaser, RawTokenizer, Stemmer, TextAnalyzer,
    TokenStream,
};
use xxhash_rust::xxh3::xxh3_64;

/// Longer words are not indexed: they are noise such as encoded data.
const MAX_WORD_BYTES: usize = 64;
const DOTTED_CAPITAL_I: char = 'İ';

/// Word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Lower-cased and folded to ASCII where possible: what prefixes and typos are measured on.
    pub surface: String,
    /// The stem of it: what is matched.
    pub stem: String,
    /// Start in the text, in bytes.
    pub start: usize,
    /// End in the text, in bytes.
    pub end: usize,
}

/// Splits texts into words. Made once and used for many texts: it keeps its buffers.
pub struct Analyzer {
    folder: Folder,
    stems: Stems,
}

impl Analyzer {
    /// The analyzer of a language.
    pub fn new(language: Language) -> Self {
        Self {
            folder: Folder::new(),
            stems: Stems::new(language),
        }
    }

    /// The words of a text, in order.
    pub fn words(&mut self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.each_word(text, |surface, stem, (start, end)| {
            tokens.push(Token {
                surface: surface.to_owned(),
                stem: stem.to_owned(),
                start,
                end,
            });
        });
        tokens
    }

    /// Visits surface, stem and place of each word, in order, without keeping them.
    pub fn each_word(&mut self, text: &str, mut visit: impl FnMut(&str, &str, (usize, usize))) {
        for (start, end) in word_places(text) {
            let surface = self.folder.fold(&text[start..end]);
            visit(surface, self.stems.stem(surface), (start, end));
        }
    }
}

/// Iterates over the byte ranges of words: runs of letters and digits, without those that are too long.
pub(crate) fn word_places(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = end_of_run(text, from, false);
            if start == text.len() {
                return None;
            }
            from = end_of_run(text, start, true);
            if from - start < MAX_WORD_BYTES {
                return Some((start, from));
            }
        }
    })
}

/// Returns the end of the run of word characters, or of others, that starts at a place. Hot path: most text is ASCII.
fn end_of_run(text: &str, from: usize, of_words: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        if bytes[at].is_ascii() {
            if bytes[at].is_ascii_alphanumeric() != of_words {
                return at;
            }
            at += 1;
        } else {
            let Some(letter) = text[at..].chars().next() else {
                return at;
            };
            if letter.is_alphanumeric() != of_words {
                return at;
            }
            at += letter.len_utf8();
        }
    }
    at
}

/// Lower-cases words and folds them to ASCII.
pub(crate) struct Folder {
    other: TextAnalyzer,
    folded: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let chain = TextAnalyzer::builder(RawTokenizer::default())
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter);
        Self {
            other: chain.build(),
            folded: String::new(),
        }
    }

    pub(crate) fn fold(&mut self, word: &str) -> &str {
        self.folded.clear();
        if word.is_ascii() {
            self.folded.push_str(word);
            self.folded.make_ascii_lowercase();
        } else if word.contains(DOTTED_CAPITAL_I) {
            // In lower case it would be two characters, of which nobody types the second.
            let word = word.replace(DOTTED_CAPITAL_I, "I");
            replace_by_token(&mut self.folded, &mut self.other, &word);
        } else {
            replace_by_token(&mut self.folded, &mut self.other, word);
        }
        &self.folded
    }
}

/// Stems folded words.
pub(crate) struct Stems {
    stemmer: Option<TextAnalyzer>,
    stem: String,
}

impl Stems {
    pub(crate) fn new(language: Language) -> Self {
        let chain = |language| {
            TextAnalyzer::builder(RawTokenizer::default())
                .filter(Stemmer::new(language))
                .build()
        };
        Self {
            stemmer: stemmer(language).map(chain),
            stem: String::new(),
        }
    }

    pub(crate) fn stem(&mut self, surface: &str) -> &str {
        self.stem.clear();
        match &mut self.stemmer {
            Some(stemmer) => replace_by_token(&mut self.stem, stemmer, surface),
            None => self.stem.push_str(surface),
        }
        &self.stem
    }
}

fn replace_by_token(target: &mut String, analyzer: &mut TextAnalyzer, word: &str) {
    let mut stream = analyzer.token_stream(word);
    if stream.advance() {
        target.push_str(&stream.token().text);
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

/// Texts whose words tell one analyzer from another.
const PROBES: &[&str] = &[
    "Knives, lenses & buses: the children's organic mugs, running shoes, geese, 3.5mm RTX4090 Wi-Fi C++ 1,000",
    "Häuser Lehrerinnen Bücherregale chevaux bijoux fietsen huizen böcker aviões lápices città kitap ışıklar",
    "книги часы βιβλία ساعات கடிகாரங்கள் ½ ﬁ",
];

/// Returns a hash of what the analyzer of a language makes of a list of texts: indexes with words of another one have
/// to be made anew.
pub(crate) fn analyzer_hash(language: Language) -> String {
    let mut analyzer = Analyzer::new(language);
    let words: Vec<_> = (PROBES.iter())
        .flat_map(|text| analyzer.words(text))
        .map(|word| (word.surface, word.stem))
        .collect();
    format!(
        "{:016x}",
        xxh3_64(format!("{language:?} {words:?}").as_bytes())
    )
}

/// The normal form of a part number or SKU: letters and digits only, folded and lower-cased, so that
/// `AB-12/34` and `ab 1234` are the same.
pub fn normal_code(code: &str) -> String {
    let mut folder = Folder::new();
    word_places(code).fold(String::with_capacity(code.len()), |normal, (start, end)| {
        normal + folder.fold(&code[start..end])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Where words are handed on with spaces between, they come apart again as they were.
        #[test]
        fn words_have_no_spaces(text in "(\\PC|[A-ZÄÖÜßİ0-9 -]){0,80}") {
            for word in Analyzer::new(Language::German).words(&text) {
                for form in [&word.surface, &word.stem] {
                    prop_assert!(!form.is_empty() && !form.contains(char::is_whitespace), "{word:?}");
                }
            }
        }
    }

    #[test]
    fn a_capital_i_with_a_dot_is_an_i() {
        let words = Analyzer::new(Language::Simple).words("İstanbul İĞNE");
        let surfaces: Vec<_> = words.iter().map(|word| word.surface.as_str()).collect();
        assert_eq!(surfaces, ["istanbul", "igne"]);
    }

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
