//! Asking the judged queries as a shopper would, and what comes of it.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use anyhow::Result;
use souk_domain::{MAX_PER_PAGE, PageRequest, ProductId, SearchPage, SearchQuery};
use souk_search::{
    SearchPlan, SearchSettings,
    evaluation::{self, Outcome},
    meaning_weight,
    query::Word,
    query_understanding::{CatalogueModel, Understood},
    settings::QueryRelaxation,
};

use crate::{dataset::Dataset, place::Place};

/// A page of this size is what is timed.
const PAGE: u32 = 20;

/// Outcomes of all queries.
pub(crate) struct Run {
    pub(crate) outcomes: BTreeMap<String, Outcome>,
    pub(crate) times: Vec<Duration>,
    /// Results of the same queries as plain words.
    pub(crate) plain_times: Vec<Duration>,
}

/// Asks a place's engine.
pub(crate) struct Asker<'a> {
    pub(crate) place: &'a Place,
    pub(crate) settings: SearchSettings,
    /// Model of query understanding.
    pub(crate) model: CatalogueModel,
    /// True to use plain words, without the rest of the pipeline.
    pub(crate) plain: bool,
}

impl Asker<'_> {
    /// Asks all judged queries of a data set: once for what they find, which warms up, and then so often for the time.
    pub(crate) async fn run(&self, dataset: &Dataset, rounds: usize) -> Result<Run> {
        let mut pages = BTreeMap::new();
        for query in dataset.judged.keys() {
            pages.insert(query, self.search(query, MAX_PER_PAGE).await?);
        }
        let (mut times, mut plain_times) = (Vec::new(), Vec::new());
        // Round by round, so that whatever else the machine does falls on both alike.
        for _ in 0..rounds {
            for (plain, times) in [(self.plain, &mut times), (true, &mut plain_times)] {
                for query in dataset.judged.keys() {
                    times.push(self.time(query, plain).await?);
                }
            }
        }
        let names = self.external_ids(pages.values()).await?;
        let outcomes = pages.into_iter().map(|(query, page)| {
            let results = page.hits.iter().map(|hit| &names[&hit.id]).cloned();
            let results: Vec<String> = results.collect();
            let outcome = Outcome {
                quality: evaluation::quality(&results, &dataset.judged[query]),
                found: page.total,
            };
            (query.clone(), outcome)
        });
        Ok(Run {
            outcomes: outcomes.collect(),
            times,
            plain_times,
        })
    }

    /// Time for a page, from the text on.
    async fn time(&self, text: &str, plain: bool) -> Result<Duration> {
        let asked = Instant::now();
        let query = query(text, PAGE)?.validated()?;
        let plan = if plain {
            self.plain_plan(&query)
        } else {
            self.with_meaning(self.plan_of(&query).0).await
        };
        souk_search::search(self.place.engine.as_ref(), &plan).await?;
        Ok(asked.elapsed())
    }

    /// Returns the page for a text.
    pub(crate) async fn search(&self, text: &str, limit: u32) -> Result<SearchPage> {
        let plan = self.with_meaning(self.plan(text, limit)?.0).await;
        Ok(souk_search::search(self.place.engine.as_ref(), &plan).await?)
    }

    /// The plan for a text, as the API makes it, and what the text was understood to mean.
    pub(crate) fn plan(&self, text: &str, limit: u32) -> Result<(SearchPlan, Vec<Understood>)> {
        Ok(self.plan_of(&query(text, limit)?.validated()?))
    }

    /// Returns the page for a text as plain words: with a space at its end, its last word is complete.
    pub(crate) async fn search_typed(&self, text: &str, limit: u32) -> Result<SearchPage> {
        let (plan, _) = self.plan_of(&query(text, limit)?);
        Ok(souk_search::search(self.place.engine.as_ref(), &plan).await?)
    }

    /// Returns the plan with the vector of its text, if there is a model.
    async fn with_meaning(&self, mut plan: SearchPlan) -> SearchPlan {
        if let (Some(vectors), Some(text)) = (&self.place.query_vectors, &plan.text)
            && !self.plain
            && meaning_weight(&plan).is_some()
        {
            plan.meaning = vectors.of(&text.raw).await;
        }
        plan
    }

    fn plan_of(&self, query: &SearchQuery) -> (SearchPlan, Vec<Understood>) {
        if self.plain {
            return (self.plain_plan(query), Vec::new());
        }
        let tenant = &self.place.tenant;
        let plan = SearchPlan::new(tenant.id, tenant.language, query, 0);
        self.model.steer(plan.with_settings(self.settings))
    }

    /// The plan for plain words: nothing is relaxed, joined, completed or understood.
    fn plain_plan(&self, query: &SearchQuery) -> SearchPlan {
        let tenant = &self.place.tenant;
        let mut plan = SearchPlan::new(tenant.id, tenant.language, query, 0);
        plan.settings.relaxation = QueryRelaxation {
            typos: false,
            missing_words: false,
            enough: 0,
        };
        let words = plan.text.iter_mut().flat_map(|text| &mut text.words);
        words.for_each(Word::take_literally);
        plan
    }

    /// External ids of the products of some pages.
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

/// The time, in milliseconds, that this share of all stayed within.
pub(crate) fn percentile_ms(times: &[Duration], share: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let rank = (share * times.len() as f64).ceil() as usize;
    let time = times.get(rank.saturating_sub(1));
    time.map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}
