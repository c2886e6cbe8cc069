//! Measures results of queries with a typo.

use std::io::{self, Write};

use anyhow::Result;
use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use souk_domain::{Hit, Language, ProductDocument, ProductId};
use souk_search::{
    query::analysis::{Analyzer, Token},
    ranking::weights::{FieldWeights, TermWeights},
};

use crate::{fit, run::Asker};

/// Number of words of a query.
const WORDS: std::ops::RangeInclusive<usize> = 2..=4;
/// A shorter word is taken as it is typed.
const MIN_LETTERS: usize = 4;
/// Among the first so many hits something meant has to be.
const TOP: u32 = 3;
/// The same queries in every run.
const SEED: u64 = 1;
/// Number of failures that are listed.
const LISTED: usize = 10;

/// A query, and how it was mistyped.
struct Slip {
    meant: Vec<Token>,
    typed: String,
}

impl Slip {
    fn spelt(&self) -> String {
        let words: Vec<_> = self
            .meant
            .iter()
            .map(|word| word.surface.as_str())
            .collect();
        words.join(" ")
    }
}

/// Asks `count` queries of words from products' own titles, as they are spelt and with one edit.
pub(crate) async fn measure(asker: &Asker<'_>, count: usize) -> Result<()> {
    let documents = fit::documents(asker.place).await?;
    let language = asker.place.tenant.language;
    let slips = slips(&documents, language, count);
    let mut finder = Finder {
        asker,
        weigher: TermWeights::new(language, &FieldWeights::default()),
    };
    let (mut spelt, mut found) = (0, 0);
    let mut failed = Vec::new();
    for slip in &slips {
        spelt += usize::from(finder.finds(&slip.spelt(), &slip.meant).await?);
        if finder.finds(&slip.typed, &slip.meant).await? {
            found += 1;
        } else {
            failed.push(slip);
        }
    }
    let share = |count: usize| count as f64 / slips.len().max(1) as f64;
    let mut out = io::stdout().lock();
    writeln!(out, "queries                 {:>6}", slips.len())?;
    writeln!(out, "found as they are spelt {:>6.3}", share(spelt))?;
    writeln!(out, "found with a typo       {:>6.3}", share(found))?;
    for slip in failed.iter().take(LISTED) {
        writeln!(out, "  {} for {}", slip.typed, slip.spelt())?;
    }
    Ok(())
}

struct Finder<'a> {
    asker: &'a Asker<'a>,
    weigher: TermWeights,
}

impl Finder<'_> {
    /// Reports whether one of the first hits has all intended words.
    async fn finds(&mut self, text: &str, meant: &[Token]) -> Result<bool> {
        // The space says that the last word is whole.
        let page = self.asker.search_typed(&format!("{text} "), TOP).await?;
        let ids: Vec<ProductId> = page.hits.iter().map(|hit: &Hit| hit.id).collect();
        let place = self.asker.place;
        let documents = place.store.scope(place.tenant.id).documents(&ids).await?;
        Ok(documents.iter().any(|document| {
            self.weigher.read(document);
            let mut words = meant.iter();
            words.all(|word| self.weigher.counts(&word.stem).is_some())
        }))
    }
}

fn slips(documents: &[ProductDocument], language: Language, count: usize) -> Vec<Slip> {
    let mut dice = ChaCha8Rng::seed_from_u64(SEED);
    let mut analyzer = Analyzer::new(language);
    let mut slips = Vec::new();
    for _ in 0..count * 20 {
        if slips.len() == count {
            break;
        }
        let Some(document) = documents.choose(&mut dice) else {
            break;
        };
        slips.extend(slip(&analyzer.words(&document.title), &mut dice));
    }
    slips
}

/// Neighbouring words of a title with one edit in one of them; none if it has no word to slip in.
fn slip(title: &[Token], dice: &mut ChaCha8Rng) -> Option<Slip> {
    let count = dice.random_range(WORDS).min(title.len());
    if count < *WORDS.start() {
        return None;
    }
    let first = dice.random_range(0..=title.len() - count);
    let meant = title[first..first + count].to_vec();
    let long: Vec<usize> = (0..count)
        .filter(|&place| {
            let word = &meant[place].surface;
            word.len() >= MIN_LETTERS && word.bytes().all(|letter| letter.is_ascii_lowercase())
        })
        .collect();
    let place = *long.choose(dice)?;
    let mut words: Vec<String> = meant.iter().map(|word| word.surface.clone()).collect();
    words[place] = edited(&words[place], dice);
    Some(Slip {
        meant,
        typed: words.join(" "),
    })
}

/// A word of ASCII letters with one letter left out, added, changed or swapped with its neighbour.
fn edited(word: &str, dice: &mut ChaCha8Rng) -> String {
    loop {
        let mut letters: Vec<char> = word.chars().collect();
        let place = dice.random_range(0..letters.len());
        let letter = char::from(dice.random_range(b'a'..=b'z'));
        match dice.random_range(0..4) {
            0 => drop(letters.remove(place)),
            1 => letters.insert(place, letter),
            2 => letters[place] = letter,
            _ if place + 1 < letters.len() => letters.swap(place, place + 1),
            _ => {}
        }
        let edited: String = letters.into_iter().collect();
        if edited != word {
            return edited;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_has_one_edit() {
        let title = Analyzer::new(Language::English).words("Wireless optical mouse 1200 dpi");
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..200 {
            let Some(slip) = slip(&title, &mut dice) else {
                continue;
            };
            assert!((2..=4).contains(&slip.meant.len()));
            assert_eq!(strsim::osa_distance(&slip.spelt(), &slip.typed), 1);
        }
    }
}
