//! Estimate of the size of a result, from the planner's statistics or from a sample of the catalogue.

use sea_orm::ConnectionTrait;

use super::search::write_set;
use crate::{
    SearchError,
    engines::sql::{
        dialect::Dialect,
        query::{excluded_filters::ExcludedFilters, search::Search},
        sampling::{CountStrategy, EXACT_LIMIT, Estimates, SampleRate},
        statement::Sql,
    },
};

/// Most products that an estimate reads.
const ESTIMATE_SAMPLE: u64 = 3_000;

/// Estimates the size of a result. A value search may count `thoroughness` times as many products exactly.
pub(crate) async fn measure<C: ConnectionTrait>(
    connection: &C,
    search: &Search<'_>,
    excluded: &ExcludedFilters<'_>,
    thoroughness: u64,
) -> Result<CountStrategy, SearchError> {
    let catalogue = search.settings.products;
    let text = search.text.as_ref();
    let most = text.and_then(|text| search.selectivity.most(text, catalogue));
    // What is pinned comes besides, and what was written since may have any word.
    let besides = search.merchandising.pins.len() as u64 + search.settings.written_since;
    let most = most.map(|most| most + besides);
    if most.unwrap_or(catalogue).min(catalogue) <= EXACT_LIMIT * thoroughness {
        return Ok(CountStrategy::Exact);
    }
    let rate = SampleRate::of(ESTIMATE_SAMPLE, catalogue);
    let sql = statement(search, excluded, rate);
    let mut estimates = Estimates {
        catalogue,
        hits: 0,
        titles: 0,
        per_filter: vec![0; excluded.clauses.len()],
        thoroughness,
    };
    let mut all = 0;
    for row in sql.rows(connection).await? {
        let failed: i64 = row.try_get_by_index(0)?;
        let scaled = |count: i64| u64::try_from(count).unwrap_or(0) * rate.scale();
        let count = scaled(row.try_get_by_index(1)?);
        all += count;
        if failed == 0 {
            estimates.hits += count;
            estimates.titles += scaled(row.try_get_by_index(2)?);
        }
        for (place, per_filter) in estimates.per_filter.iter_mut().enumerate() {
            if failed & !(1 << place) == 0 {
                *per_filter += count;
            }
        }
    }
    Ok(if all <= EXACT_LIMIT * thoroughness {
        CountStrategy::Exact
    } else {
        CountStrategy::Sampled(estimates)
    })
}

/// Returns the statement that counts products by mask of failed filters, in a sample of what the text and the other
/// filters match.
pub(crate) fn statement(
    search: &Search<'_>,
    excluded: &ExcludedFilters<'_>,
    rate: SampleRate,
) -> Sql {
    let mut sql = Sql::new(Dialect::Postgres);
    sql.push("SELECT failed, count(*), count(*) FILTER (WHERE in_title) FROM (SELECT ");
    excluded.write_mask(&mut sql);
    sql.push(" AS failed, ");
    match &search.text {
        Some(text) => sql.push("p.words @@ ").tsquery(&text.title_tsquery()),
        None => sql.push("false"),
    };
    sql.push(" AS in_title FROM search_products p WHERE ");
    write_set(&mut sql, search, rate, &excluded.always);
    sql.push(") AS masked GROUP BY failed");
    sql
}
