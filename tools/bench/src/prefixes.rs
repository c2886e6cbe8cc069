//! Prefixes that shoppers type: beginnings of words of the generated titles.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use crate::{
    http::encoded,
    samples::{self, Sample},
};

const SEED: u64 = 7;
/// Number of words that are typed.
const WORDS: usize = 60;
/// After so many letters one has found what one wants, or searches.
const LETTERS: usize = 6;

/// Asks the server for some of its products and makes the paths that typing words of their titles asks for, the same
/// for the same catalogue.
pub(crate) async fn derive(address: SocketAddr) -> Result<Vec<String>> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let samples = samples::take(address, &mut random).await?;
    let mut paths = Vec::new();
    for _ in 0..WORDS {
        let word = word(&samples, &mut random).context("no words")?;
        let typed = beginnings(word);
        paths.extend(typed.map(|typed| format!("/api/search/suggestions?q={}", encoded(typed))));
    }
    Ok(paths)
}

fn word<'s>(samples: &'s [Sample], random: &mut impl Rng) -> Option<&'s str> {
    let word = samples.choose(random)?.words.choose(random)?;
    Some(word)
}

/// A word as it is typed, letter by letter.
fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    let ends = word
        .char_indices()
        .map(|(start, letter)| start + letter.len_utf8());
    ends.take(LETTERS).map(|end| &word[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_typed_letter_by_letter() {
        let typed: Vec<_> = beginnings("über").collect();
        assert_eq!(typed, ["ü", "üb", "übe", "über"]);
        assert_eq!(beginnings("keychains").last(), Some("keycha"));
    }
}
