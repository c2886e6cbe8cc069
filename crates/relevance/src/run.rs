//! Asking the judged queries as a shopper would, and what comes of it.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use anyhow::Result;
use souk_domain::{MAX_PER_PAGE, PageRequest, ProductId, SearchPage, SearchQuery};
use souk_search::{SearchPlan, SearchSettings};

use crate::{
    dataset::Dataset,
    measure::{self, Quality},
    place::Place,
};

/// A page of this size is what is timed.
const PAGE: u32 = 20;
/// Queries are asked so often: the first time only warms up.
const ROUNDS: usize = 5;

/// What became of one query.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// None if no product is relevant to it.
    pub(crate) quality: Option<Quality>,
    /// How many products were found.
    pub(crate) found: u64,
}

/// What became of all queries.
pub(crate) struct Run {
    pub(crate) outcomes: BTreeMap<String, Outcome>,
    pub(crate) times: Vec<Duration>,
}

/// Asks a place's engine.
pub(crate) struct Asker<'a> {
    pub(crate) place: &'a Place,
    pub(crate) settings: SearchSettings,
}

impl Asker<'_> {
    /// Asks all judged queries of a data set.
    pub(crate) async fn run(&self, dataset: &Dataset) -> Result<Run> {
        let mut pages = BTreeMap::new();
        for query in dataset.judged.keys() {
            pages.insert(query, self.search(query, MAX_PER_PAGE).await?);
        }
        let mut times = Vec::new();
        for _ in 1..ROUNDS {
            for query in dataset.judged.keys() {
                let asked = Instant::now();
                self.search(query, PAGE).await?;
                times.push(asked.elapsed());
            }
        }
        let names = self.external_ids(pages.values()).await?;
        let outcomes = pages.into_iter().map(|(query, page)| {
            let results = page.hits.iter().map(|hit| &names[&hit.id]).cloned();
            let results: Vec<String> = results.collect();
            let outcome = Outcome {
                quality: measure::quality(&results, &dataset.judged[query]),
                found: page.total,
            };
            (query.clone(), outcome)
        });
        Ok(Run {
            outcomes: outcomes.collect(),
            times,
        })
    }

    /// What a text finds.
    pub(crate) async fn search(&self, text: &str, limit: u32) -> Result<SearchPage> {
        let plan = self.plan(text, limit)?;
        Ok(souk_search::search(self.place.engine.as_ref(), &plan).await?)
    }

    /// The plan for a text, as the API makes it.
    pub(crate) fn plan(&self, text: &str, limit: u32) -> Result<SearchPlan> {
        Ok(self.plan_of(&query(text, limit)?.validated()?))
    }

    /// What a text finds that is taken as it is: with a space at its end, its last word is whole.
    pub(crate) async fn search_typed(&self, text: &str, limit: u32) -> Result<SearchPage> {
        let plan = self.plan_of(&query(text, limit)?);
        Ok(souk_search::search(self.place.engine.as_ref(), &plan).await?)
    }

    fn plan_of(&self, query: &SearchQuery) -> SearchPlan {
        let tenant = &self.place.tenant;
        let plan = SearchPlan::new(tenant.id, tenant.language, query);
        plan.with_settings(self.settings)
    }

    /// What the catalogue's file calls the products of some pages.
    async fn external_ids<'p>(
        &self,
        pages: impl Iterator<Item = &'p SearchPage>,
    ) -> Result<HashMap<ProductId, String>> {
        let hits = pages.flat_map(|page| &page.hits);
        let mut ids: Vec<ProductId> = hits.map(|hit| hit.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let scope = self.place.store.scope(self.place.tenant.id);
        let documents = scope.documents(&ids).await?.into_iter();
        Ok(documents.map(|it| (it.id, it.external_id)).collect())
    }
}

fn query(text: &str, limit: u32) -> Result<SearchQuery> {
    Ok(SearchQuery {
        text: Some(text.to_owned()),
        page: PageRequest::numbered(1, limit)?,
        ..SearchQuery::default()
    })
}

/// The figures of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) queries: usize,
    pub(crate) ndcg: f64,
    pub(crate) ndcg_of_judged: f64,
    pub(crate) judged: f64,
    pub(crate) reciprocal_rank: f64,
    pub(crate) without_result: f64,
}

impl Run {
    /// Means over the queries that have a relevant product; empty pages over all.
    pub(crate) fn figures(&self) -> Figures {
        let measured = self.outcomes.values().filter_map(|it| it.quality);
        let measured: Vec<Quality> = measured.collect();
        let mean = |of: fn(&Quality) -> f64| {
            measured.iter().map(of).sum::<f64>() / measured.len().max(1) as f64
        };
        let empty = self.outcomes.values().filter(|it| it.found == 0).count();
        Figures {
            queries: measured.len(),
            ndcg: mean(|it| it.ndcg),
            ndcg_of_judged: mean(|it| it.ndcg_of_judged),
            judged: mean(|it| it.judged),
            reciprocal_rank: mean(|it| it.reciprocal_rank),
            without_result: empty as f64 / self.outcomes.len().max(1) as f64,
        }
    }
}

/// The time, in milliseconds, that this share of all stayed within.
pub(crate) fn percentile_ms(times: &[Duration], share: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let rank = (share * times.len() as f64).ceil() as usize;
    let time = times.get(rank.saturating_sub(1));
    time.map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}
