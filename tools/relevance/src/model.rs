//! The order of results as the word weights alone make it, worked out in memory, so that other weights can be tried
//! without an index for each.
//!
//! It scores as the engines do: rarity times saturated weight, added up over the words. Codes, beginnings and typos are
//! left out: judged queries are whole words.

use std::collections::{BTreeMap, HashMap, HashSet};

use souk_domain::{Language, ProductDocument};
use souk_search::{
    evaluation::{self, Quality},
    query::analysis::Analyzer,
    ranking::weights::{Counts, FieldWeights, GROUPS, TermWeights, weight},
};

use crate::dataset::Dataset;

/// A judged query with the documents that have any of its words.
struct Candidates {
    query: String,
    rarities: Vec<f32>,
    documents: Vec<Candidate>,
}

/// Scores of one document for one query.
struct Candidate {
    external_id: String,
    lengths: [u32; GROUPS],
    /// Of each word of the query, where the document has it.
    counts: Vec<Option<Counts>>,
}

/// All judged queries, ready to be ranked by any weights.
pub(crate) struct Model {
    queries: Vec<Candidates>,
}

impl Model {
    /// Looks the words of all judged queries up in all documents.
    pub(crate) fn new(
        dataset: &Dataset,
        documents: &[ProductDocument],
        language: Language,
    ) -> Self {
        let mut analyzer = Analyzer::new(language);
        let words: Vec<Vec<String>> = dataset
            .judged
            .keys()
            .map(|query| {
                let words = analyzer.words(query).into_iter();
                words.map(|word| word.stem).collect()
            })
            .collect();
        let asked: HashSet<&String> = words.iter().flatten().collect();
        let mut frequencies: HashMap<&String, usize> = HashMap::new();
        let mut found: Vec<Vec<Candidate>> = words.iter().map(|_| Vec::new()).collect();
        let mut weigher = TermWeights::new(language, &FieldWeights::default());
        for document in documents {
            weigher.read(document);
            let own: HashMap<&String, Counts> = asked
                .iter()
                .filter_map(|&word| Some((word, *weigher.counts(word)?)))
                .collect();
            for word in own.keys() {
                *frequencies.entry(word).or_default() += 1;
            }
            for (words, found) in words.iter().zip(&mut found) {
                let counts: Vec<_> = words.iter().map(|word| own.get(word).copied()).collect();
                if counts.iter().any(Option::is_some) {
                    found.push(Candidate {
                        external_id: document.external_id.clone(),
                        lengths: *weigher.lengths(),
                        counts,
                    });
                }
            }
        }
        let rarity = |word: &String| {
            let matching = frequencies.get(word).copied().unwrap_or(0) as f32;
            (1.0 + (documents.len() as f32 - matching + 0.5) / (matching + 0.5)).ln()
        };
        let queries = dataset.judged.keys().zip(&words).zip(found);
        let queries = queries.map(|((query, words), documents)| Candidates {
            query: query.clone(),
            rarities: words.iter().map(rarity).collect(),
            documents,
        });
        Self {
            queries: queries.collect(),
        }
    }

    /// The quality of each query that has a relevant product, under these weights.
    pub(crate) fn qualities(
        &self,
        dataset: &Dataset,
        weights: &FieldWeights,
    ) -> BTreeMap<&str, Quality> {
        let queries = self.queries.iter().filter_map(|candidates| {
            let results = candidates.ranked(weights);
            let grades = dataset.judged.get(&candidates.query)?;
            let quality = evaluation::quality(&results, grades)?;
            Some((candidates.query.as_str(), quality))
        });
        queries.collect()
    }
}

impl Candidates {
    /// Those with all words first, then by score; of equals the earlier.
    fn ranked(&self, weights: &FieldWeights) -> Vec<String> {
        let mut scored: Vec<(bool, f32, usize)> = self
            .documents
            .iter()
            .enumerate()
            .map(|(place, document)| {
                let slopes = weights.slopes(&document.lengths);
                let words = document.counts.iter().zip(&self.rarities);
                let parts = words.filter_map(|(counts, rarity)| {
                    let weight = weight(counts.as_ref()?, &slopes);
                    Some(rarity * weights.saturated(weight))
                });
                let every_word = document.counts.iter().all(Option::is_some);
                (every_word, parts.sum(), place)
            })
            .collect();
        scored.sort_by(|one, other| {
            let by_score = other.0.cmp(&one.0).then(other.1.total_cmp(&one.1));
            by_score.then(one.2.cmp(&other.2))
        });
        let best = scored.into_iter().map(|(_, _, place)| place);
        best.map(|place| self.documents[place].external_id.clone())
            .collect()
    }
}
