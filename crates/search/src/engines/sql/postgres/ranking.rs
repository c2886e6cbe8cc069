//! Products that a search by relevance ranks.

use super::{
    search::{write_indexed, write_set},
    text_conditions::Condition,
    tsquery,
};
use crate::engines::sql::{
    query::{search::Search, text_match::TextMatch},
    sampling::{CountStrategy, SampleRate},
    statement::Sql,
};

/// Appends the condition for the hits that are ranked, and for `also`. Of a large result those are hits with the words
/// in their titles, and other hits if there are few of those. Products with the code in the query are always ranked.
pub(crate) fn write_ranked(
    sql: &mut Sql,
    search: &Search<'_>,
    text: &TextMatch,
    strategy: &CountStrategy,
    also: Option<String>,
) {
    let tenant = search.plan.tenant;
    let clauses: Vec<_> = search.clauses.iter().collect();
    let mut ranked = Vec::from_iter(also);
    match strategy {
        CountStrategy::Sampled(estimates) if !estimates.is_ranked_whole() => {
            let (titles, others) = estimates.ranking_rates();
            ranked.push(tsquery::every([
                text.title_tsquery(),
                tsquery::sample(titles, tenant),
            ]));
            let others =
                others.map(|rate| tsquery::every([text.tsquery(), tsquery::sample(rate, tenant)]));
            ranked.extend(others);
            ranked.extend(text.code_query());
        }
        _ if ranked.is_empty() => {
            return write_set(sql, search, SampleRate::ALL, &clauses);
        }
        _ => ranked.push(text.tsquery()),
    }
    let condition = Condition::of(tsquery::any(ranked));
    write_indexed(sql, search, SampleRate::ALL, &[condition], &clauses);
}

/// Returns a tsquery for products of the same category or fandom; of both, where the catalogue is sampled.
pub(crate) fn related(
    (category, fandom): (Option<i64>, Option<i64>),
    strategy: &CountStrategy,
) -> Option<String> {
    let category = category.map(|id| tsquery::ids('c', &[id]));
    let fandom = fandom.map(|id| tsquery::ids('f', &[id]));
    let shared: Vec<_> = category.into_iter().chain(fandom).collect();
    match strategy {
        _ if shared.is_empty() => None,
        CountStrategy::Exact => Some(tsquery::any(shared)),
        CountStrategy::Sampled(_) => Some(tsquery::every(shared)),
    }
}
