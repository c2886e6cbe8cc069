//! Tokenizer for weighted words: a word of weight three is indexed three times.
//!
//! A weight combines field, term frequency and text length (see [`crate::ranking::weights`]). Queries read it as the term
//! frequency, so scoring needs neither field lengths nor one posting list per field.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::ranking::weights::MAX_WEIGHT;

/// Appends a word with its weight to a text for [`WeightedTokenizer`].
pub(crate) fn push_weighted(encoded: &mut String, word: &str, weight: u8) {
    encoded.push_str(word);
    encoded.push(char::from(weight.clamp(1, MAX_WEIGHT)));
}

/// Tokenizer of texts encoded by [`push_weighted`]. A word without a weight, as in a query, has weight 1.
#[derive(Debug, Clone, Default)]
pub(crate) struct WeightedTokenizer {
    token: Token,
}

/// Stream of a text's words, each repeated by weight.
pub(crate) struct WeightedStream<'a> {
    token: &'a mut Token,
    rest: &'a str,
    repeats: u8,
}

impl Tokenizer for WeightedTokenizer {
    type TokenStream<'a> = WeightedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WeightedStream<'a> {
        self.token.reset();
        WeightedStream {
            token: &mut self.token,
            rest: text,
            repeats: 0,
        }
    }
}

impl TokenStream for WeightedStream<'_> {
    fn advance(&mut self) -> bool {
        if self.repeats > 0 {
            self.repeats -= 1;
            return true;
        }
        if self.rest.is_empty() {
            return false;
        }
        let is_weight = |byte: &u8| (1..=MAX_WEIGHT).contains(byte);
        let end = self.rest.bytes().position(|byte| is_weight(&byte));
        let word = &self.rest[..end.unwrap_or(self.rest.len())];
        let weight = end.map_or(1, |end| self.rest.as_bytes()[end]);
        self.rest = end.map_or("", |end| &self.rest[end + 1..]);
        self.token.text.clear();
        self.token.text.push_str(word);
        self.token.position = self.token.position.wrapping_add(1);
        self.repeats = weight - 1;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_as_often_as_it_weighs() {
        let mut encoded = String::new();
        push_weighted(&mut encoded, "mug", 3);
        push_weighted(&mut encoded, "red", 1);
        let mut tokenizer = WeightedTokenizer::default();
        let mut stream = tokenizer.token_stream(&encoded);
        let mut words = Vec::new();
        while stream.advance() {
            words.push(stream.token().text.clone());
        }
        assert_eq!(words, ["mug", "mug", "mug", "red"]);
    }
}
