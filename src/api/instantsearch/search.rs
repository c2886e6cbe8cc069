//! Searches of one call, and their answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::{Map, Value, json};
use souk_domain::{InvalidField, MAX_OFFSET, PageRequest, SearchPage, SearchQuery, Start};
use souk_search_service::SearchResponse;

use super::attributes::Family;
use super::batch::{Asked, Shared, shared};
use super::completion::{MAX_FACET_SEARCHES, complete};
use super::facets::Counts;
use super::highlights::Tags;
use super::hits::{HitForm, Retrieved, hit};
use super::meaning::{Meaning, Shop};
use super::names::Names;
use super::parameters::{Parameters, order};
use crate::api::call::Call;
use crate::error::ApiError;

/// Most searches of the engine of one call.
const MAX_SEARCHES: usize = 12;

/// Search of an index.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Name of the index.
    pub(crate) index: String,
    /// Parameters.
    pub(crate) parameters: Parameters,
}

/// Answers searches in their order.
///
/// # Errors
/// If one of them is malformed, or the engine and the database fail.
pub(crate) async fn answers(call: &Call, requests: &[Request]) -> Result<Vec<Value>, ApiError> {
    let started = Instant::now();
    let clauses = requests.iter().map(|request| request.parameters.clauses());
    let clauses = clauses.collect::<Result<Vec<_>, _>>()?;
    let names = Names::of(call, clauses.iter().flatten()).await?;
    let shop = Shop {
        names: &names,
        definitions: call.search.definitions(),
        currency: call.tenant.currency,
    };
    let mut asked = Vec::new();
    for (request, clauses) in requests.iter().zip(&clauses) {
        let parameters = &request.parameters;
        asked.push(Asked {
            text: parameters.text("query")?.map(str::to_owned),
            sort: order(&request.index)?,
            meaning: Meaning::of(clauses, shop)?,
            facets: parameters.list("facets")?.unwrap_or_default(),
            hits: parameters.page()?.1,
        });
    }
    let plans = shared(&asked, names.categories.as_ref());
    if plans.len() > MAX_SEARCHES {
        let message = format!(
            "need {} searches that have nothing in common; at most {MAX_SEARCHES} are taken in one call",
            plans.len()
        );
        return Err(InvalidField::new("requests", message).into());
    }
    let mut answers = vec![Value::Null; requests.len()];
    let mut facet_searches = MAX_FACET_SEARCHES;
    for plan in plans {
        let found = Found::of(call, requests, &asked, &plan, &mut facet_searches).await?;
        for (place, family) in &plan.along {
            answers[*place] =
                found.counts_alone(call, &requests[*place], &asked[*place], family, started)?;
        }
        answers[plan.main] = found.page(
            call,
            &requests[plan.main],
            &asked[plan.main],
            &plan,
            started,
        )?;
    }
    Ok(answers)
}

/// Result of one search of the engine.
struct Found {
    /// None if nothing can meet the filters.
    response: Option<SearchResponse>,
    page: SearchPage,
    degraded: bool,
}

impl Found {
    async fn of(
        call: &Call,
        requests: &[Request],
        asked: &[Asked],
        plan: &Shared,
        facet_searches: &mut usize,
    ) -> Result<Self, ApiError> {
        let main = &asked[plan.main];
        let together = || {
            [plan.main]
                .into_iter()
                .chain(plan.along.iter().map(|(place, _)| *place))
        };
        if main.meaning.impossible {
            return Ok(Self::nothing());
        }
        // Counts of what is selected are narrowed by it, unless somebody asks for them without.
        let mut disjunctive: BTreeSet<Family> = main.meaning.refinements.keys().cloned().collect();
        let narrowed = main.families();
        disjunctive.retain(|family| !main.counts_all() && !narrowed.contains(family));
        disjunctive.extend(plan.along.iter().map(|(_, family)| family.clone()));
        let (filters, conditions) = main.meaning.write(&disjunctive);
        let (number, hits) = requests[plan.main].parameters.page()?;
        let offset = number
            .checked_mul(hits)
            .filter(|offset| *offset <= MAX_OFFSET);
        let query = SearchQuery {
            text: main.text.clone(),
            filters,
            conditions,
            sort: main.sort,
            page: PageRequest {
                limit: if offset.is_some() { hits } else { 0 },
                start: Start::Offset(offset.unwrap_or(0)),
            },
            facets: together()
                .flat_map(|place| asked[place].facet_names())
                .collect(),
        };
        let query = query.validated().map_err(renamed)?;
        let mut response = call.app.search.search(call.request(&query)).await?;
        call.tags.add(response.tags.iter().cloned());
        call.note(&response.results);
        call.app
            .cdn
            .media
            .place_hits(&mut response.results.value.hits);
        let degraded = response.results.degraded;
        let nothing = Self::nothing().page;
        let mut page = std::mem::replace(&mut response.results.value, nothing);
        for place in together() {
            let limit = requests[place].parameters.facet_values()?;
            complete(
                call,
                &query,
                &asked[place],
                limit,
                &mut page,
                facet_searches,
            )
            .await?;
        }
        Ok(Self {
            response: Some(response),
            page,
            degraded,
        })
    }

    fn nothing() -> Self {
        Self {
            response: None,
            page: SearchPage {
                hits: Vec::new(),
                total: 0,
                total_exact: true,
                facets: souk_domain::Facets::default(),
                next: None,
                stage: souk_domain::MatchStage::AllTerms,
            },
            degraded: false,
        }
    }

    /// Answers the search that was asked of the engine.
    fn page(
        &self,
        call: &Call,
        request: &Request,
        asked: &Asked,
        plan: &Shared,
        started: Instant,
    ) -> Result<Value, ApiError> {
        let parameters = &request.parameters;
        let (number, hits) = parameters.page()?;
        let form = hit_form(parameters, asked)?;
        let shown: Vec<Value> = self
            .page
            .hits
            .iter()
            .map(|found| hit(found.clone(), &form))
            .collect();
        let refinements = plan
            .along
            .iter()
            .filter_map(|(_, family)| asked.meaning.refinements.get_key_value(family));
        let counts = self.counts(call, parameters, refinements.collect())?;
        let mut answer = frame(request, asked, started)?;
        let pages = match hits {
            0 => 0,
            hits => self
                .page
                .total
                .div_ceil(hits.into())
                .min(u64::from(MAX_OFFSET / hits) + 1),
        };
        answer.extend(counts_of(&counts, &asked.facets, self.is_exact()));
        answer.insert("hits".to_owned(), shown.into());
        answer.insert("nbHits".to_owned(), json!(self.page.total));
        answer.insert("page".to_owned(), json!(number));
        answer.insert("nbPages".to_owned(), json!(pages));
        answer.insert("hitsPerPage".to_owned(), json!(hits));
        answer.insert("exhaustiveNbHits".to_owned(), json!(self.page.total_exact));
        answer.insert("matched".to_owned(), json!(self.page.stage));
        answer.insert("degraded".to_owned(), json!(self.degraded));
        if let Some(response) = &self.response {
            // Of its parts, the text's is a secret of the installation: it is its own signature.
            answer.insert(
                "queryID".to_owned(),
                json!(response.query_id.id.to_string()),
            );
            if let Some(url) = &response.redirect {
                answer["renderingContent"]["redirect"] = json!({"url": url});
            }
            if let Some(text) = &response.did_you_mean {
                answer.insert("didYouMean".to_owned(), json!(text));
            }
        }
        Ok(answer.into())
    }

    /// Answers a search that leaves out one refinement, and shows its counts alone.
    fn counts_alone(
        &self,
        call: &Call,
        request: &Request,
        asked: &Asked,
        family: &Family,
        started: Instant,
    ) -> Result<Value, ApiError> {
        let own = asked.meaning.refinements.get_key_value(family);
        let counts = self.counts(call, &request.parameters, own.into_iter().collect())?;
        let mut answer = frame(request, asked, started)?;
        let parts = counts_of(&counts, &asked.facets, self.is_exact());
        let counted = parts.get("facets").and_then(Value::as_object);
        let values = counted
            .into_iter()
            .flat_map(Map::values)
            .filter_map(Value::as_object);
        let most = values.flat_map(Map::values).filter_map(Value::as_u64).max();
        // Every product that the narrower search finds is found here, too.
        let least = self.page.total.max(most.unwrap_or(0));
        answer.extend(parts);
        answer.insert("hits".to_owned(), json!([]));
        answer.insert("nbHits".to_owned(), json!(least));
        answer.insert("page".to_owned(), json!(0));
        answer.insert("nbPages".to_owned(), json!(0));
        answer.insert("hitsPerPage".to_owned(), json!(0));
        answer.insert("exhaustiveNbHits".to_owned(), json!(false));
        Ok(answer.into())
    }

    fn counts<'a>(
        &'a self,
        call: &'a Call,
        parameters: &Parameters,
        narrowed: BTreeMap<&'a Family, &'a super::meaning::Refinement>,
    ) -> Result<Counts<'a>, ApiError> {
        Ok(Counts {
            facets: &self.page.facets,
            narrowed,
            currency: call.tenant.currency,
            limit: parameters.facet_values()?,
        })
    }

    fn is_exact(&self) -> bool {
        let facets = &self.page.facets;
        let single = [
            &facets.category,
            &facets.brand,
            &facets.fandom,
            &facets.seller,
            &facets.rating,
            &facets.availability,
        ];
        let mut all = single.into_iter().flatten().chain(&facets.attributes);
        all.all(|facet| facet.exact)
    }
}

/// Blames the parameter that these clients know.
fn renamed(error: InvalidField) -> ApiError {
    let field = match &*error.field {
        "q" => "query",
        "page" => "page",
        _ => "filters",
    };
    InvalidField::new(field, error.message).into()
}

/// Fields of every answer.
fn frame(
    request: &Request,
    asked: &Asked,
    started: Instant,
) -> Result<Map<String, Value>, ApiError> {
    let mut answer = Map::new();
    answer.insert("index".to_owned(), json!(request.index));
    answer.insert(
        "query".to_owned(),
        json!(asked.text.as_deref().unwrap_or_default()),
    );
    answer.insert("params".to_owned(), json!(""));
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    answer.insert("processingTimeMS".to_owned(), json!(took.max(1)));
    Ok(answer)
}

fn counts_of(counts: &Counts<'_>, asked: &[String], exact: bool) -> Map<String, Value> {
    let counted = counts.of(asked);
    let order: Vec<String> = counts.names();
    let mut parts = Map::new();
    parts.insert("facets".to_owned(), counted.facets.into());
    parts.insert("facets_stats".to_owned(), counted.stats.into());
    parts.insert("exhaustiveFacetsCount".to_owned(), json!(exact));
    let ordering = json!({"facetOrdering": {"facets": {"order": order}, "values": {}}});
    parts.insert("renderingContent".to_owned(), ordering);
    parts
}

fn hit_form(parameters: &Parameters, asked: &Asked) -> Result<HitForm, ApiError> {
    let tag = |name, default: &str| -> Result<String, InvalidField> {
        Ok(parameters.text(name)?.unwrap_or(default).to_owned())
    };
    let snippets = parameters.list("attributesToSnippet")?.unwrap_or_default();
    let name = |snippet: &String| {
        snippet
            .split(':')
            .next()
            .is_some_and(|name| ["*", "description"].contains(&name))
    };
    Ok(HitForm {
        retrieved: Retrieved::new(parameters.list("attributesToRetrieve")?),
        highlighted: Retrieved::new(parameters.list("attributesToHighlight")?),
        has_snippet: snippets.iter().any(name),
        tags: Tags {
            before: tag("highlightPreTag", "<em>")?,
            after: tag("highlightPostTag", "</em>")?,
        },
        words: asked
            .text
            .as_deref()
            .map_or(0, |text| text.split_whitespace().count()),
    })
}
