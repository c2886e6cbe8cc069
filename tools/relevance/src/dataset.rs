//! A folder with a catalogue and what people judged its products to be worth for some queries.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use souk_search::evaluation::Grades;

/// Names of the catalogue's file, in any format that can be imported.
const CATALOGUES: [&str; 6] = [
    "products.jsonl.gz",
    "products.jsonl",
    "products.csv.gz",
    "products.csv",
    "products.tsv.gz",
    "products.tsv",
];
const JUDGEMENTS: &str = "judgements.csv";

/// A data set.
pub(crate) struct Dataset {
    /// The catalogue.
    pub(crate) catalogue: PathBuf,
    /// Each query with the grades of products by their external ids; by the text of the query.
    pub(crate) judged: BTreeMap<String, Grades>,
}

/// A line of the file of judgements.
#[derive(Deserialize)]
struct Judgement {
    query: String,
    product_id: String,
    grade: u8,
}

impl Dataset {
    /// Finds catalogue and judgements in a folder.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let files = CATALOGUES.iter().map(|name| folder.join(name));
        let Some(catalogue) = files.into_iter().find(|file| file.exists()) else {
            bail!("{} has no {}", folder.display(), CATALOGUES.join(", "));
        };
        let judgements = folder.join(JUDGEMENTS);
        let text = fs::read_to_string(&judgements)
            .with_context(|| format!("{} cannot be read", judgements.display()))?;
        Ok(Self {
            catalogue,
            judged: read(&text).with_context(|| format!("{} has a fault", judgements.display()))?,
        })
    }
}

/// Reads `query,product_id,grade`. Of two judgements of the same product the later one holds.
fn read(text: &str) -> Result<BTreeMap<String, Grades>> {
    let mut judged = BTreeMap::<String, Grades>::new();
    for line in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        let line: Judgement = line?;
        let grades = judged.entry(line.query).or_default();
        grades.insert(line.product_id, line.grade);
    }
    Ok(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judgements_are_read_by_query() {
        let text = "query,product_id,grade\nred mug,7,3\nred mug,8,0\n\"mug, red\",7,2\n";
        let judged = read(text).unwrap();
        assert_eq!(judged["red mug"]["7"], 3);
        assert_eq!(judged["red mug"]["8"], 0);
        assert_eq!(judged["mug, red"]["7"], 2);
    }

    #[test]
    fn a_fault_names_its_line() {
        let fault = read("query,product_id,grade\nmug,7,good\n").unwrap_err();
        assert!(fault.to_string().contains("line: 2"), "{fault}");
    }
}
