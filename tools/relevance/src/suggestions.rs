//! Measures suggestions while a word is typed.

use std::{
    io::{self, Write},
    time::Instant,
};

use anyhow::Result;
use rand::{SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use souk_domain::{ProductDocument, Suggestion};
use souk_search::{SuggestRequest, query::analysis::Analyzer};

use crate::{
    fit,
    run::{Asker, percentile_ms},
};

/// Number of typed letters.
const TYPED: usize = 3;
/// Number of suggestions examined.
const TOP: usize = 5;
/// The same words in every run.
const SEED: u64 = 1;
/// Number of failures that are listed.
const LISTED: usize = 10;

/// Word of a product's title that someone is about to type, in mind of that product.
struct Wish<'a> {
    word: String,
    product: &'a ProductDocument,
}

/// Types the beginnings of `count` words from products' titles. A word is wished for as often as titles have it.
pub(crate) async fn measure(asker: &Asker<'_>, count: usize) -> Result<()> {
    let documents = fit::documents(asker.place).await?;
    let mut analyzer = Analyzer::new(asker.place.tenant.language);
    let wishes = wishes(&documents, &mut analyzer, count);
    let (mut granted, mut times) = (0, Vec::new());
    let mut failed = Vec::new();
    for wish in &wishes {
        let asked = Instant::now();
        let request = SuggestRequest {
            tenant: asker.place.tenant.id,
            language: asker.place.tenant.language,
            text: wish.word.chars().take(TYPED).collect(),
            limit: TOP,
        };
        let suggestions = asker.place.engine.suggest(&request).await?;
        times.push(asked.elapsed());
        let mut suggested = suggestions.iter();
        if suggested.any(|suggestion| wish.is_granted(suggestion, &mut analyzer)) {
            granted += 1;
        } else {
            failed.push(&wish.word);
        }
    }
    let mut out = io::stdout().lock();
    let share = f64::from(granted) / wishes.len().max(1) as f64;
    writeln!(out, "words wished for        {:>6}", wishes.len())?;
    writeln!(out, "among the first {TOP}       {share:>6.3}")?;
    writeln!(
        out,
        "time p99, ms            {:>6.1}",
        percentile_ms(&times, 0.99)
    )?;
    for word in failed.iter().take(LISTED) {
        writeln!(out, "  {word}")?;
    }
    Ok(())
}

impl Wish<'_> {
    /// Reports whether a suggestion leads to the product, or contains the word.
    fn is_granted(&self, suggestion: &Suggestion, analyzer: &mut Analyzer) -> bool {
        suggestion.value.as_ref() == Some(&self.product.slug)
            || analyzer
                .words(&suggestion.text)
                .iter()
                .any(|word| word.surface == self.word)
    }
}

fn wishes<'a>(
    documents: &'a [ProductDocument],
    analyzer: &mut Analyzer,
    count: usize,
) -> Vec<Wish<'a>> {
    let mut dice = ChaCha8Rng::seed_from_u64(SEED);
    let mut wishes = Vec::new();
    for _ in 0..count * 20 {
        let Some(product) = documents.choose(&mut dice).filter(|_| wishes.len() < count) else {
            break;
        };
        let words: Vec<String> = analyzer
            .words(&product.title)
            .into_iter()
            .map(|word| word.surface)
            .filter(|word| word.chars().count() > TYPED && word.chars().all(char::is_alphabetic))
            .collect();
        let word = words.choose(&mut dice).cloned();
        wishes.extend(word.map(|word| Wish { word, product }));
    }
    wishes
}
