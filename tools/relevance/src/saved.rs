//! A run that was saved, and what another one does better or worse.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::run::Run;

/// A difference below this is none.
const SAME: f64 = 0.000_5;

/// NDCG by query.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    ndcg: BTreeMap<String, f64>,
}

/// Change of a query's result from one run to another.
#[derive(Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) query: String,
    pub(crate) before: f64,
    pub(crate) after: f64,
}

impl Saved {
    pub(crate) fn of(run: &Run) -> Self {
        let measured = run.outcomes.iter();
        let ndcg = measured.filter_map(|(query, it)| Some((query.clone(), it.quality?.ndcg)));
        Self {
            ndcg: ndcg.collect(),
        }
    }

    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no saved run", file.display()))
    }

    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        fs::write(file, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("{} cannot be written", file.display()))
    }

    /// The queries that are answered better or worse than before, most changed first.
    pub(crate) fn changes(&self, before: &Self) -> Vec<Change> {
        let both = self.ndcg.iter().filter_map(|(query, &after)| {
            let before = *before.ndcg.get(query)?;
            let query = query.clone();
            Some(Change {
                query,
                before,
                after,
            })
        });
        let mut changes: Vec<_> = both.filter(|it| it.gain().abs() >= SAME).collect();
        changes.sort_by(|one, other| other.gain().abs().total_cmp(&one.gain().abs()));
        changes
    }
}

impl Change {
    pub(crate) fn gain(&self) -> f64 {
        self.after - self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(ndcg: &[(&str, f64)]) -> Saved {
        let owned = |&(query, ndcg): &(&str, f64)| (query.to_owned(), ndcg);
        Saved {
            ndcg: ndcg.iter().map(owned).collect(),
        }
    }

    #[test]
    fn changes_are_listed_by_their_size() {
        let before = saved(&[("a", 0.5), ("b", 0.5), ("c", 0.5), ("gone", 1.0)]);
        let after = saved(&[("a", 0.4), ("b", 0.9), ("c", 0.5), ("new", 1.0)]);
        let changes = after.changes(&before);
        let queries: Vec<_> = changes.iter().map(|it| it.query.as_str()).collect();
        assert_eq!(queries, ["b", "a"]);
        assert!(changes[0].gain() > 0.0 && changes[1].gain() < 0.0);
    }
}
