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
    plan::Word,
    understanding::{CatalogueModel, Understood},
};

use crate::{dataset::Dataset, place::Place};

/// A page of this size is what is timed.
const PAGE: u32 = 20;
/// Queries are asked so often: the first time only warms up.
const ROUNDS: usize = 5;

/// What became of all queries.
pub(crate) struct Run {
    pub(crate) outcomes: BTreeMap<String, Outcome>,
    pub(crate) times: Vec<Duration>,
}

/// Asks a place's engine.
pub(crate) struct Asker<'a> {
    pub(crate) place: &'a Place,
    pub(crate) settings: SearchSettings,
    /// What texts mean.
    pub(crate) model: CatalogueModel,
    /// Whether words are taken as they are, and nothing else is done to a text.
    pub(crate) plain: bool,
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
                quality: evaluation::quality(&results, &dataset.judged[query]),
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
        let (plan, _) = self.plan(text, limit)?;
        Ok(souk_search::search(self.place.engine.as_ref(), &plan).await?)
    }

    /// The plan for a text, as the API makes it, and what the text was understood to mean.
    pub(crate) fn plan(&self, text: &str, limit: u32) -> Result<(SearchPlan, Vec<Understood>)> {
        Ok(self.plan_of(&query(text, limit)?.validated()?))
    }

    /// What a text finds that is taken as it is: with a space at its end, its last word is whole.
    pub(crate) async fn search_typed(&self, text: &str, limit: u32) -> Result<SearchPage> {
        let (plan, _) = self.plan_of(&query(text, limit)?);
        Ok(souk_search::search(self.place.engine.as_ref(), &plan).await?)
    }

    fn plan_of(&self, query: &SearchQuery) -> (SearchPlan, Vec<Understood>) {
        let tenant = &self.place.tenant;
        let plan = SearchPlan::new(tenant.id, tenant.language, query);
        let mut plan = plan.with_settings(self.settings);
        if self.plain {
            let words = plan.text.iter_mut().flat_map(|text| &mut text.words);
            words.for_each(Word::take_literally);
            return (plan, Vec::new());
        }
        self.model.steer(plan)
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

/// The time, in milliseconds, that this share of all stayed within.
pub(crate) fn percentile_ms(times: &[Duration], share: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let rank = (share * times.len() as f64).ceil() as usize;
    let time = times.get(rank.saturating_sub(1));
    time.map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}
