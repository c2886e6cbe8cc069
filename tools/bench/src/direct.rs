//! The same queries on the same index, asked of Tantivy directly, with its own aggregations.

use std::{
    fs,
    ops::Bound,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use serde_json::json;
use souk_domain::Language;
use souk_search::{engines::tantivy::schema, query::TextPlan};
use tantivy::{
    Index, IndexReader, IndexWriter, Term,
    aggregation::{AggContextParams, AggregationCollector, agg_req::Aggregations},
    collector::{Count, TopDocs},
    query::{AllQuery, BooleanQuery, FuzzyTermQuery, Query, RangeQuery, TermQuery},
    schema::{Field, IndexRecordOption},
};

use crate::{
    load::Load,
    queries::{self, Filter},
};

const PAGE: usize = 20;
/// Least memory that Tantivy accepts; merging needs none of it.
const MERGE_MEMORY: usize = 15_000_000;
/// A merge that ends while the index is copied takes files away: then it is copied again.
const ATTEMPTS: u32 = 20;
/// Words no longer than this are beginnings in a field of their own.
const SHORT_WORD: usize = 3;

/// An index of ours, without us.
pub(crate) struct Direct {
    reader: IndexReader,
    aggregations: Aggregations,
}

impl Direct {
    /// Opens a copy of the one index below a folder, merged into a single segment: Tantivy at its best.
    pub(crate) fn open(folder: &Path, copy: &Path) -> Result<Self> {
        let original = find_index(folder)?.context("there is no index in the data folder")?;
        let mut attempts = 1;
        let index = loop {
            match merged_copy(&original, copy) {
                Err(_) if attempts < ATTEMPTS => attempts += 1,
                outcome => break outcome?,
            }
        };
        let terms = |field: &str, size: u32| json!({"terms": {"field": field, "size": size}});
        let aggregations = json!({
            "category": terms(schema::CATEGORY, 50),
            "fandom": terms(schema::FANDOM, 50),
            "brand": terms(schema::BRAND, 50),
            "seller": terms(schema::SELLER, 1_000),
            "attribute": terms(schema::ATTRIBUTE, 50),
            "price": {"stats": {"field": schema::PRICE}},
            "prices": {"range": {"field": schema::PRICE, "ranges": [
                {"to": 1_000}, {"from": 1_000, "to": 2_000}, {"from": 2_000, "to": 5_000},
                {"from": 5_000, "to": 10_000}, {"from": 10_000, "to": 20_000}, {"from": 20_000},
            ]}},
        });
        Ok(Self {
            reader: index.reader()?,
            aggregations: serde_json::from_value(aggregations)?,
        })
    }

    /// Number of products that a query finds.
    pub(crate) fn count(&self, query: &queries::Query) -> Result<usize> {
        Ok(self.reader.searcher().search(&self.query(query)?, &Count)?)
    }

    /// Lets threads ask for the queries, over and over, for a while.
    pub(crate) fn run(
        &self,
        queries: &[queries::Query],
        threads: usize,
        duration: Duration,
    ) -> Result<Load> {
        let begun = Instant::now();
        let mut load = Load::default();
        thread::scope(|scope| {
            let asking: Vec<_> = (0..threads)
                .map(|thread| {
                    let first = thread * queries.len() / threads;
                    scope.spawn(move || {
                        self.ask(queries.iter().cycle().skip(first), begun, duration)
                    })
                })
                .collect();
            for asker in asking {
                let answered = asker.join().map_err(|_| anyhow!("a thread panicked"))??;
                load.extend(answered);
            }
            Ok::<_, anyhow::Error>(())
        })?;
        load.elapsed = begun.elapsed();
        Ok(load)
    }

    fn ask<'q>(
        &self,
        queries: impl Iterator<Item = &'q queries::Query>,
        begun: Instant,
        duration: Duration,
    ) -> Result<Load> {
        let mut load = Load::default();
        for query in queries {
            let asked = Instant::now();
            self.answer(query)?;
            load.latencies.add(asked.elapsed());
            // Behind the first answer: a thread may get its first turn when the time is over.
            if begun.elapsed() >= duration {
                break;
            }
        }
        Ok(load)
    }

    fn answer(&self, query: &queries::Query) -> Result<()> {
        let searcher = self.reader.searcher();
        let aggregations =
            AggregationCollector::from_aggs(self.aggregations.clone(), AggContextParams::default());
        let collectors = (
            TopDocs::with_limit(PAGE).order_by_score(),
            Count,
            aggregations,
        );
        searcher.search(&self.query(query)?, &collectors)?;
        Ok(())
    }

    fn query(&self, query: &queries::Query) -> Result<Box<dyn Query>> {
        let text = query
            .text
            .as_deref()
            .map(|text| self.text(text))
            .transpose()?;
        let filter = query
            .filter
            .as_ref()
            .map(|filter| self.filter(filter))
            .transpose()?;
        let mut parts: Vec<Box<dyn Query>> = text.into_iter().chain(filter).collect();
        Ok(match parts.len() {
            0 => Box::new(AllQuery),
            1 => parts.remove(0),
            _ => Box::new(BooleanQuery::intersection(parts)),
        })
    }

    /// Every word by its stem, the last one also as a beginning.
    fn text(&self, text: &str) -> Result<Box<dyn Query>> {
        let mut words: Vec<Box<dyn Query>> = Vec::new();
        for word in TextPlan::new(text, Language::English).words {
            let stem = self.term(schema::TEXT, &word.stem)?;
            let exact = Box::new(TermQuery::new(stem, IndexRecordOption::WithFreqs));
            if !word.prefix {
                words.push(exact);
                continue;
            }
            let prefix: Box<dyn Query> = if word.surface.chars().count() <= SHORT_WORD {
                let term = self.term(schema::BEGINS, &word.surface)?;
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
            } else {
                let term = self.term(schema::SURFACE, &word.surface)?;
                Box::new(FuzzyTermQuery::new_prefix(term, 0, true))
            };
            words.push(Box::new(BooleanQuery::union(vec![exact, prefix])));
        }
        Ok(Box::new(BooleanQuery::intersection(words)))
    }

    fn filter(&self, filter: &Filter) -> Result<Box<dyn Query>> {
        let (least, most) = match filter {
            Filter::Category { slug } => self.same(schema::CATEGORY, slug)?,
            Filter::Fandom { slug, name } => self.same(
                schema::FANDOM,
                &format!("{slug}{}{name}", schema::SEPARATOR),
            )?,
            Filter::Brand(brand) => self.same(schema::BRAND, brand)?,
            Filter::Price { min, max } => {
                let price = self.field(schema::PRICE)?;
                (
                    Term::from_field_i64(price, *min),
                    Term::from_field_i64(price, *max),
                )
            }
        };
        Ok(Box::new(RangeQuery::new(
            Bound::Included(least),
            Bound::Included(most),
        )))
    }

    fn same(&self, field: &str, value: &str) -> Result<(Term, Term)> {
        let term = self.term(field, value)?;
        Ok((term.clone(), term))
    }

    fn term(&self, field: &str, text: &str) -> Result<Term> {
        Ok(Term::from_field_text(self.field(field)?, text))
    }

    fn field(&self, name: &str) -> Result<Field> {
        Ok(self.reader.searcher().schema().get_field(name)?)
    }
}

/// Copies an index file by file, and merges the copy.
fn merged_copy(original: &Path, copy: &Path) -> Result<Index> {
    if copy.exists() {
        fs::remove_dir_all(copy)?;
    }
    fs::create_dir_all(copy)?;
    for entry in fs::read_dir(original)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), copy.join(entry.file_name()))?;
        }
    }
    let index = Index::open_in_dir(copy)?;
    merge(&index)?;
    Ok(index)
}

fn merge(index: &Index) -> Result<()> {
    let mut writer: IndexWriter = index.writer_with_num_threads(1, MERGE_MEMORY)?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    Ok(writer.wait_merging_threads()?)
}

/// The folder of the one index below a folder.
pub(crate) fn find_index(folder: &Path) -> Result<Option<PathBuf>> {
    if folder.join("meta.json").exists() {
        return Ok(Some(folder.to_path_buf()));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir()
            && let Some(found) = find_index(&entry.path())?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use souk_domain::TenantId;
    use souk_search::{
        IndexOp, IndexWriter, Refresh, SearchEngine, SearchPlan,
        engines::tantivy::{TantivyIndex, TantivyOptions},
    };
    use souk_testkit::document;

    use super::*;

    const TENANT: TenantId = TenantId(1);

    async fn index(folder: &Path) -> TantivyIndex {
        let index = TantivyIndex::open(TantivyOptions::new(folder)).unwrap();
        index.ensure(TENANT, Language::English).await.unwrap();
        let words = ["red", "mugs", "dragon", "dragonfly", "poster", "art"];
        let ops = (0..200_i64).map(|number| {
            let word = |step: usize| words[(number as usize / step) % words.len()];
            let built = document(number + 1, &format!("{} {}", word(1), word(6)))
                .brand(["Acme", "Acme & Co"][number as usize % 2])
                .categories(&[
                    ("home", "Home"),
                    (["mugs", "art"][number as usize / 3 % 2], "X"),
                ])
                .fandom(["dune", "dunes"][number as usize / 5 % 2], "Dune")
                .price(number * 10);
            IndexOp::Upsert {
                version: 1,
                document: Box::new(built.build()),
            }
        });
        let ops: Vec<IndexOp> = ops.collect();
        for part in ops.chunks(70) {
            index.apply(part.to_vec(), Refresh::Now).await.unwrap();
        }
        index
    }

    #[tokio::test]
    async fn both_sides_of_the_comparison_find_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let index = index(folder.path()).await;
        let copy = tempfile::tempdir().unwrap();
        let direct = Direct::open(folder.path(), copy.path()).unwrap();
        assert_eq!(direct.reader.searcher().segment_readers().len(), 1);
        let filters = [
            None,
            Some(Filter::Category {
                slug: "mugs".to_owned(),
            }),
            Some(Filter::Category {
                slug: "home".to_owned(),
            }),
            Some(Filter::Fandom {
                slug: "dune".to_owned(),
                name: "Dune".to_owned(),
            }),
            Some(Filter::Brand("Acme".to_owned())),
            Some(Filter::Price { min: 200, max: 900 }),
        ];
        for text in [
            None,
            Some("mug"),
            Some("dra"),
            Some("dragon"),
            Some("red mug"),
            Some("poster drag"),
        ] {
            for filter in &filters {
                let query = queries::Query {
                    text: text.map(str::to_owned),
                    filter: filter.clone(),
                    ..queries::Query::default()
                };
                let plan = SearchPlan::new(TENANT, Language::English, &query.query().unwrap(), 0);
                let total = index.search(&plan).await.unwrap().total;
                assert!(total > 0, "{query:?}");
                assert_eq!(direct.count(&query).unwrap() as u64, total, "{query:?}");
            }
        }
        let all = queries::Query::default();
        let load = direct.run(&[all], 2, Duration::from_millis(1)).unwrap();
        assert!(load.latencies.count() >= 1);
    }
}
