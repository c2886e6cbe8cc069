//! Facet counts of a result: one statement reads the columns of all products that count, and another the variants of
//! those among them that their columns do not decide.

pub(crate) mod column_batch;
pub(crate) mod dictionary;
pub(crate) mod facet_counter;
pub(crate) mod offers;
pub(crate) mod value_counts;

use sea_orm::ConnectionTrait;
use souk_domain::FacetName;

use crate::{
    SearchError,
    engines::sql::{
        dialect::Dialect,
        facets::{count::Count, query::FacetQuery},
        statement::Sql,
    },
};
use column_batch::ColumnBatch;
use dictionary::Dictionary;
use facet_counter::FacetCounter;

/// Expression of a column that no facet needs.
const NOTHING: &str = "CAST(NULL AS bytea)";

/// Counts a result, and returns the ids of the page if the query includes them.
pub(crate) async fn count<C: ConnectionTrait>(
    connection: &C,
    query: &FacetQuery<'_>,
    dictionary: &Dictionary,
) -> Result<(Vec<Count>, Option<Vec<i64>>), SearchError> {
    let mut batch = read(connection, query).await?;
    let page = std::mem::take(&mut batch.page);
    let offers = offers::read(connection, query, &batch, dictionary).await?;
    let counter = FacetCounter::new(query, &batch, &offers);
    let counts = counter.count(connection, dictionary).await?;
    Ok((counts, query.with_page.then_some(page)))
}

/// Returns the statement that reads the columns.
pub(crate) fn sql(query: &FacetQuery<'_>) -> Sql {
    let mut sql = Sql::new(Dialect::Postgres);
    query.write_matched(&mut sql, "matched");
    write(&mut sql, query);
    sql
}

/// Reads the columns.
async fn read<C: ConnectionTrait>(
    connection: &C,
    query: &FacetQuery<'_>,
) -> Result<ColumnBatch, SearchError> {
    let rows = sql(query).rows(connection).await?;
    let row = rows
        .first()
        .ok_or_else(|| SearchError::engine("counting must return a row"))?;
    column_batch::read(row, query.counted, query.counts_by_variant())
}

/// Appends the columns that are read of table `matched`.
fn write(sql: &mut Sql, query: &FacetQuery<'_>) {
    let filtered = !query.excluded.clauses.is_empty();
    let columns = [
        (filtered, "string_agg(int8send(failed), '')"),
        (query.counted.counts_any(), "string_agg(packed, '')"),
    ];
    sql.push(" SELECT count(*)");
    for (is_wanted, column) in columns {
        sql.push(", ")
            .push(if is_wanted { column } else { NOTHING });
    }
    if query.with_page {
        sql.push(", (SELECT string_agg(int8send(id), '') FROM (");
        query.write_page(sql);
        sql.push(") AS page)");
    } else {
        sql.push(", ").push(NOTHING);
    }
    let looks_at_variants = query.counts_by_variant() || query.counted.has(FacetName::Price);
    sql.push(", ").push(match looks_at_variants {
        true => "string_agg(int8send(id), '')",
        false => NOTHING,
    });
    sql.push(" FROM matched");
}
