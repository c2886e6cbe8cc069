//! Weights fitted to judgements, and how well they do on queries that they were not fitted to.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use anyhow::Result;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use souk_domain::ProductDocument;
use souk_search::ranking::weights::{FieldWeights, GroupWeight};

use crate::{dataset::Dataset, model::Model, place::Place, say};

/// Each weight is tried at these multiples of what it is.
const STEPS: [f32; 6] = [0.33, 0.5, 0.75, 1.33, 2.0, 3.0];
/// A step has to gain so much: less is the luck of a few queries.
const LEAST_GAIN: f64 = 0.001;
/// All weights are gone through so often at most.
const ROUNDS: usize = 3;
/// Number of documents read at once.
const CHUNK: u32 = 1_000;
/// The same folds in every run.
const SEED: u64 = 1;

/// Weight of one field that the fit may change.
type Knob = (&'static str, fn(&mut FieldWeights) -> &mut f32, f32);

/// The weights that are fitted, and the most that each may be. Usual lengths are not: they only shift what the others do.
const KNOBS: [Knob; 8] = [
    ("title", |it| &mut it.title.weight, 31.0),
    ("title's length", |it| &mut it.title.length_counts, 1.0),
    ("names", |it| &mut it.names.weight, 31.0),
    ("attributes", |it| &mut it.attributes.weight, 31.0),
    (
        "attributes' length",
        |it| &mut it.attributes.length_counts,
        1.0,
    ),
    ("description", |it| &mut it.description.weight, 31.0),
    (
        "description's length",
        |it| &mut it.description.length_counts,
        1.0,
    ),
    ("saturation", |it| &mut it.saturation, 31.0),
];

/// Fits weights on all but one fold of the queries, measures them on that one, and does so for each fold.
pub(crate) async fn fit(place: &Place, dataset: &Dataset, folds: usize) -> Result<()> {
    let documents = documents(place).await?;
    say(&format!("{} documents read", documents.len()));
    let model = Model::new(dataset, &documents, place.tenant.language);
    let fitting = Fitting {
        model: &model,
        dataset,
    };
    let start = level();
    let mut out = io::stdout().lock();
    let all = fitting.queries();
    let mean = |weights: &FieldWeights, queries: &BTreeSet<String>| {
        fitting.mean(&fitting.ndcg(weights), queries)
    };
    writeln!(out, "all groups alike        {:.4}", mean(&start, &all))?;
    let current = FieldWeights::default();
    writeln!(out, "as they are             {:.4}", mean(&current, &all))?;
    let mut sum = 0.0;
    for (number, held_out) in split(&all, folds).iter().enumerate() {
        let others = all.difference(held_out).cloned().collect();
        let weights = fitting.descend(start, &others);
        let (inside, outside) = (mean(&weights, &others), mean(&weights, held_out));
        sum += outside * held_out.len() as f64;
        writeln!(
            out,
            "fold {} of {folds}             {inside:.4} in, {outside:.4} out",
            number + 1
        )?;
    }
    let outside = sum / all.len().max(1) as f64;
    writeln!(out, "out of fold             {outside:.4}")?;
    let weights = fitting.descend(start, &all);
    writeln!(out, "fitted on all           {:.4}", mean(&weights, &all))?;
    let mut shown = weights;
    for (name, knob, _) in KNOBS {
        writeln!(out, "  {name:22}{:.2}", knob(&mut shown))?;
    }
    Ok(())
}

/// All documents of the catalogue.
pub(crate) async fn documents(place: &Place) -> Result<Vec<ProductDocument>> {
    let scope = place.store.scope(place.tenant.id);
    let (mut documents, mut last) = (Vec::new(), None);
    loop {
        let ids = scope.document_ids(last, CHUNK).await?;
        last = ids.last().copied();
        if last.is_none() {
            return Ok(documents);
        }
        documents.extend(scope.documents(&ids).await?);
    }
}

/// Start of the fit: a word weighs the same in every field.
fn level() -> FieldWeights {
    let alike = |usual_words| GroupWeight {
        weight: 3.0,
        usual_words,
        length_counts: 0.5,
    };
    let usual = FieldWeights::default();
    FieldWeights {
        title: alike(usual.title.usual_words),
        names: alike(usual.names.usual_words),
        attributes: alike(usual.attributes.usual_words),
        description: alike(usual.description.usual_words),
        saturation: 3.0,
    }
}

/// The queries in folds of a size, by chance.
fn split(queries: &BTreeSet<String>, folds: usize) -> Vec<BTreeSet<String>> {
    let mut shuffled: Vec<&String> = queries.iter().collect();
    shuffled.shuffle(&mut ChaCha8Rng::seed_from_u64(SEED));
    let mut split = vec![BTreeSet::new(); folds.clamp(1, shuffled.len().max(1))];
    let count = split.len();
    for (place, query) in shuffled.into_iter().enumerate() {
        split[place % count].insert(query.clone());
    }
    split
}

struct Fitting<'a> {
    model: &'a Model,
    dataset: &'a Dataset,
}

impl Fitting<'_> {
    fn ndcg(&self, weights: &FieldWeights) -> BTreeMap<&str, f64> {
        let qualities = self.model.qualities(self.dataset, weights).into_iter();
        qualities
            .map(|(query, quality)| (query, quality.ndcg))
            .collect()
    }

    fn queries(&self) -> BTreeSet<String> {
        let measured = self.ndcg(&level()).into_keys();
        measured.map(str::to_owned).collect()
    }

    fn mean(&self, ndcg: &BTreeMap<&str, f64>, queries: &BTreeSet<String>) -> f64 {
        let measured = queries.iter().filter_map(|query| ndcg.get(query.as_str()));
        measured.sum::<f64>() / queries.len().max(1) as f64
    }

    /// Changes one weight after the other for as long as that gains.
    fn descend(&self, start: FieldWeights, queries: &BTreeSet<String>) -> FieldWeights {
        let gain = |weights: &FieldWeights| self.mean(&self.ndcg(weights), queries);
        let (mut best, mut most) = (start, gain(&start));
        for _ in 0..ROUNDS {
            let before = most;
            for (_, knob, limit) in KNOBS {
                let from = best;
                for step in STEPS {
                    let mut tried = from;
                    let value = knob(&mut tried);
                    *value = (*value * step).min(limit);
                    let gained = gain(&tried);
                    if gained > most + LEAST_GAIN {
                        (best, most) = (tried, gained);
                    }
                }
            }
            if most == before {
                break;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_hold_every_query_once() {
        let queries: BTreeSet<String> = (0..13).map(|number| number.to_string()).collect();
        let folds = split(&queries, 5);
        assert_eq!(folds.len(), 5);
        assert!(folds.iter().all(|fold| (2..=3).contains(&fold.len())));
        let together: Vec<_> = folds.iter().flatten().cloned().collect();
        assert_eq!(together.len(), 13);
        assert_eq!(together.into_iter().collect::<BTreeSet<_>>(), queries);
    }
}
