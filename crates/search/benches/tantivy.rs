//! Benchmark of the embedded engine against Tantivy's own aggregations: same index, same queries, two threads.
//!
//! The engine returns a whole page: exact total, all disjunctive facets, twenty hits read and highlighted.
//! Tantivy's side does less: count, the same facets as aggregations, twenty addresses, no document read.
//!
//! Run with `cargo bench -p souk-search`. Durations depend on the machine; compare their ratio.
#![allow(missing_docs, clippy::print_stdout)]

mod catalogue;

use std::hint::black_box;
use std::ops::Bound;
use std::time::{Duration, Instant};

use serde_json::json;
use souk_domain::{Language, SearchQuery, price_ladder};
use souk_search::engines::tantivy::{TantivyIndex, TantivyOptions, schema};
use souk_search::{IndexOp, IndexWriter, Refresh, SearchEngine, SearchPlan};
use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use catalogue::TENANT;

const PRODUCTS: i64 = 150_000;
const THREADS: usize = 2;

struct Bench {
    runtime: Runtime,
    engine: TantivyIndex,
    plans: Vec<SearchPlan>,
    _directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let directory = tempfile::tempdir().expect("a directory");
        let engine = TantivyIndex::open(TantivyOptions::new(directory.path())).expect("an engine");
        let ensured = engine.ensure(TENANT, Language::English);
        runtime.block_on(ensured).expect("an index");
        let ids: Vec<i64> = (1..=PRODUCTS).collect();
        for chunk in ids.chunks(5_000) {
            let ops = chunk.iter().map(|&id| upsert(1, id)).collect();
            let applied = engine.apply(ops, Refresh::Later);
            runtime.block_on(applied).expect("products in the index");
        }
        let _ = runtime.block_on(engine.entries(TENANT, None, 1));
        let queries: Vec<SearchQuery> = catalogue::queries();
        let plan = |query: &SearchQuery| SearchPlan::new(TENANT, Language::English, query, 0);
        Self {
            plans: queries.iter().map(plan).collect(),
            runtime,
            engine,
            _directory: directory,
        }
    }

    /// Runs all queries with one client per thread.
    fn search_with_ours(&self) {
        let clients = self
            .plans
            .chunks(self.plans.len().div_ceil(THREADS))
            .map(|plans| {
                let (engine, plans) = (self.engine.clone(), plans.to_vec());
                self.runtime.spawn(async move {
                    for plan in &plans {
                        black_box(engine.search(plan).await.expect("a page"));
                    }
                })
            });
        let clients: Vec<_> = clients.collect();
        for client in clients {
            self.runtime.block_on(client).expect("a client");
        }
    }

    fn search_with_aggregations(&self, searcher: &Searcher, aggregations: &Aggregations) {
        std::thread::scope(|scope| {
            for plans in self.plans.chunks(self.plans.len().div_ceil(THREADS)) {
                scope.spawn(move || {
                    for plan in plans {
                        let facets = AggregationCollector::from_aggs(
                            aggregations.clone(),
                            Default::default(),
                        );
                        let top = TopDocs::with_limit(20).order_by_score();
                        let collectors = (Count, top, facets);
                        let query = raw_query(searcher, plan);
                        black_box(searcher.search(&*query, &collectors).expect("an answer"));
                    }
                });
            }
        });
    }
}

fn upsert(version: u64, id: i64) -> IndexOp {
    IndexOp::Upsert {
        version,
        document: Box::new(catalogue::product(id)),
    }
}

fn raw_query(searcher: &Searcher, plan: &SearchPlan) -> Box<dyn Query> {
    let term = |field, text: &str| {
        let field = searcher.schema().get_field(field).expect("a field of ours");
        Term::from_field_text(field, text)
    };
    let with_word = |stem: &str| -> Box<dyn Query> {
        let stem = term(schema::TEXT, stem);
        Box::new(TermQuery::new(stem, IndexRecordOption::WithFreqs))
    };
    let in_category = |slug: &str| -> Box<dyn Query> {
        let slug = Bound::Included(term(schema::CATEGORY, slug));
        Box::new(RangeQuery::new(slug.clone(), slug))
    };
    let words = plan.text.iter().flat_map(|text| &text.words);
    let categories = plan.filters.category.iter();
    let clauses: Vec<_> = words
        .map(|word| with_word(&word.stem))
        .chain(categories.map(|category| in_category(category)))
        .collect();
    if clauses.is_empty() {
        return Box::new(AllQuery);
    }
    Box::new(BooleanQuery::intersection(clauses))
}

fn raw_aggregations() -> Aggregations {
    let mut ranges: Vec<_> = price_ladder(2)
        .windows(2)
        .map(|it| json!({"from": it[0], "to": it[1]}))
        .collect();
    ranges.push(json!({"from": 1_000_000}));
    let terms = |field| json!({"terms": {"field": field, "size": 50}});
    let requested = json!({
        "category": terms(schema::CATEGORY),
        "fandom": terms(schema::FANDOM),
        "brand": terms(schema::BRAND),
        "seller": terms(schema::SELLER),
        "attributes": terms(schema::ATTRIBUTE),
        "price": {"stats": {"field": schema::PRICE}},
        "prices": {"range": {"field": schema::PRICE, "ranges": ranges}},
    });
    serde_json::from_value(requested).expect("aggregations")
}

const ROUNDS: usize = 15;
const CHANGES: u64 = 200;

fn main() {
    let bench = Bench::new();
    let raw = bench.engine.raw(TENANT).expect("an index");
    let searcher = raw.reader().expect("a reader").searcher();
    let aggregations = raw_aggregations();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // Alternating, so that load on the machine affects both alike.
    for _ in 0..ROUNDS {
        ours.push(timed(|| bench.search_with_ours()));
        theirs.push(timed(|| {
            bench.search_with_aggregations(&searcher, &aggregations)
        }));
    }
    let rate = |times: &mut Vec<Duration>| bench.plans.len() as f64 / middle(times).as_secs_f64();
    let (ours, theirs) = (rate(&mut ours), rate(&mut theirs));
    println!("segments: {}", searcher.segment_readers().len());
    println!("row tables: {:?} bytes", bench.engine.table_bytes(TENANT));
    println!("ours: {ours:.0} searches a second, Tantivy's aggregations: {theirs:.0}");
    let mut changes: Vec<Duration> = (2..2 + CHANGES)
        .map(|version| bench.change(version))
        .collect();
    println!(
        "a change searchable after {:?} in the middle",
        middle(&mut changes)
    );
    println!("and {:?} at worst", changes.last());
}

impl Bench {
    /// Measures the time until one change is searchable.
    fn change(&self, version: u64) -> Duration {
        let ops = vec![upsert(version, version as i64 * 97 % PRODUCTS + 1)];
        timed(|| {
            let applied = self.engine.apply(ops, Refresh::Now);
            self.runtime
                .block_on(applied)
                .expect("a change in the index");
        })
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn middle(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
