//! All counts of a result: on SQLite in one statement, on PostgreSQL from what one statement [gathers](super::gathered).
//!
//! Where a search is narrow before any filter, the matching products are read once, each with a mask of the facets
//! whose own filter it fails. What fails none is a hit; what fails only a facet's own filter still counts in that
//! facet. Where it is wide, the hits and what each such facet counts are read as sets by themselves, and of those that
//! are wide a share.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use souk_domain::{FacetName, price_ladder};

use super::{
    Search, attribute_counts,
    dictionary::Dictionary,
    extent::Extent,
    filters::Narrowed,
    floats, gathered, hits,
    marks::Share,
    soft::{Counted, Soft, bit},
    statement::Sql,
    tally::Tally,
};
use crate::SearchError;
use crate::facets::listing::{MOST_STARS, availability_key};

/// One count.
#[derive(Debug, Clone, Default)]
pub(super) struct Count {
    /// What is counted: a facet's name, or one of the constants of this module.
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) label: String,
    pub(super) id: i64,
    pub(super) count: i64,
    /// How many values there are of which only some are here.
    pub(super) values: i64,
    /// Of an attribute: how many products have it.
    pub(super) products: i64,
}

/// The number of hits.
pub(super) const TOTAL: &str = "total";
/// The lowest price as id, the highest as count.
pub(super) const BOUNDS: &str = "bounds";
/// Products by place in the price ladder.
pub(super) const BUCKET: &str = "bucket";
/// A value of the attribute that the label names.
pub(super) const ATTRIBUTE: &str = "attribute";

/// Counts, and the ids of the page if they were asked for.
pub(super) async fn count<C: ConnectionTrait>(
    connection: &C,
    statement: &Statement<'_>,
    dictionary: &Dictionary,
) -> Result<(Vec<Count>, Option<Vec<i64>>), SearchError> {
    if connection.get_database_backend() == DbBackend::Postgres {
        let mut gathered = gathered::gather(connection, statement).await?;
        let page = std::mem::take(&mut gathered.page);
        let tally = Tally::new(statement, &gathered);
        let counts = tally.count(connection, dictionary).await?;
        return Ok((counts, statement.with_page.then_some(page)));
    }
    let rows = statement.sql(DbBackend::Sqlite).rows(connection).await?;
    let counts: Result<_, _> = rows.iter().map(read).collect();
    Ok((counts?, None))
}

fn read(row: &QueryResult) -> Result<Count, SearchError> {
    Ok(Count {
        kind: row.try_get_by_index(0)?,
        value: row.try_get_by_index(1)?,
        label: row.try_get_by_index(2)?,
        id: row.try_get_by_index(3)?,
        count: row.try_get_by_index(4)?,
        values: row.try_get_by_index(5)?,
        products: row.try_get_by_index(6)?,
    })
}

/// What is counted and how.
pub(super) struct Statement<'a> {
    pub(super) search: &'a Search<'a>,
    pub(super) counted: &'a Counted,
    pub(super) soft: &'a Soft<'a>,
    pub(super) extent: &'a Extent,
    /// Whether to find the ids of the page as well, because all hits are read anyway. PostgreSQL only.
    pub(super) with_page: bool,
    /// How many values of a facet are looked up, besides those selected. PostgreSQL only.
    pub(super) most_values: usize,
}

impl Statement<'_> {
    /// How much is counted for what has its own filter at a place, or for the hits.
    pub(super) fn share(&self, own: Option<usize>) -> Share {
        match (self.extent, own) {
            (Extent::Narrow, _) => Share::ALL,
            (Extent::Wide(sets), Some(place)) => sets.past_share(place),
            (Extent::Wide(sets), None) => sets.hits_share(),
        }
    }

    /// How much is counted of what a facet counts.
    pub(super) fn share_of(&self, narrowed: &Narrowed) -> Share {
        self.share(self.soft.place(narrowed))
    }

    pub(super) fn sql(&self, backend: DbBackend) -> Sql {
        let mut sql = Sql::new(backend);
        sql.push("WITH matched AS MATERIALIZED (");
        match self.extent {
            Extent::Narrow => self.write_masked(&mut sql),
            Extent::Wide(_) => self.write_sets(&mut sql),
        }
        sql.push(")");
        if sql.is_postgres() {
            gathered::write(&mut sql, self);
        } else {
            self.write_counts(&mut sql);
        }
        sql
    }

    /// SQLite only, and so of [narrow](Extent::Narrow) searches only.
    fn write_counts(&self, sql: &mut Sql) {
        if let Counted::Attribute(name) = self.counted {
            attribute_counts::write_values(sql, self, Some(name));
            attribute_counts::write_all_rows(sql);
            return;
        }
        let attributes = self.counted.has(FacetName::Attributes);
        if attributes {
            attribute_counts::write_values(sql, self, None);
            attribute_counts::write_ranks(sql, self);
        }
        self.write_sums(sql);
        self.write_terms(sql);
        if self.counted.has(FacetName::Price) {
            self.write_buckets(sql);
        }
        if attributes {
            attribute_counts::write_ranked_rows(sql, self);
        }
    }

    /// The products that fail at most one soft filter, and which.
    fn write_masked(&self, sql: &mut Sql) {
        if self.soft.clauses.is_empty() {
            return self.write_hits(sql);
        }
        self.write_columns(sql);
        sql.push("p.failed");
        if self.with_page {
            // Only hits are ranked, which takes longer than holding them against filters.
            sql.push(", p.id AS hit, CASE WHEN p.failed = 0 THEN ");
            hits::write_key(sql, self.search, "p");
            sql.push(" END AS sort_key");
        }
        sql.push(" FROM (SELECT p.*, ");
        self.soft.write_mask(sql);
        sql.push(" AS failed");
        self.search.write_from(sql);
        self.search.write_set(sql, Share::ALL, &self.soft.hard);
        // PostgreSQL would reckon the mask wherever it is read.
        sql.push(if sql.is_postgres() { " OFFSET 0" } else { "" });
        sql.push(") AS p WHERE p.failed IN (0");
        for place in 0..self.soft.clauses.len() {
            sql.push(&format!(", {}", bit(place)));
        }
        sql.push(")");
    }

    /// The hits, as failing nothing.
    fn write_hits(&self, sql: &mut Sql) {
        self.write_columns(sql);
        sql.push("CAST(0 AS bigint) AS failed");
        if self.with_page {
            sql.push(", p.id AS hit, ");
            hits::write_key(sql, self.search, "p");
            sql.push(" AS sort_key");
        }
        self.search.write_from(sql);
        let clauses = self.soft.without(None);
        self.search.write_set(sql, self.share(None), &clauses);
    }

    /// The hits, then for each soft filter what it leaves out and what it does not as failing it.
    fn write_sets(&self, sql: &mut Sql) {
        self.write_hits(sql);
        for place in 0..self.soft.clauses.len() {
            sql.push(" UNION ALL ");
            self.write_columns(sql);
            sql.push(&bit(place).to_string());
            sql.push(if self.with_page { ", NULL, NULL" } else { "" });
            self.search.write_from(sql);
            let clauses = self.soft.without(Some(place));
            self.search
                .write_set(sql, self.share(Some(place)), &clauses);
        }
    }

    fn write_columns(&self, sql: &mut Sql) {
        if sql.is_postgres() {
            gathered::write_columns(sql);
            return;
        }
        sql.push(
            "SELECT p.id, p.category_id, p.fandom_id, p.brand, p.seller_id, p.price_min, p.rating, p.stock, ",
        );
    }

    /// Whether a row that fails these soft filters counts for what has its own filter at a place, or is a hit.
    pub(super) fn takes(&self, own: Option<usize>, failed: i64) -> bool {
        match (self.extent, own) {
            (Extent::Narrow, Some(place)) => failed == 0 || failed == bit(place),
            (Extent::Wide(_), Some(place)) => failed == bit(place),
            (_, None) => failed == 0,
        }
    }

    /// The condition for a row to count in a facet. Said only where some do not.
    fn counts_in(&self, facet: FacetName) -> String {
        match self.soft.place(&Narrowed::Facet(facet)) {
            _ if self.soft.clauses.is_empty() => "true".to_owned(),
            Some(place) => format!("failed IN (0, {})", bit(place)),
            None => "failed = 0".to_owned(),
        }
    }

    /// Appends all that is a number of all rows: counted in one go, then told apart.
    fn write_sums(&self, sql: &mut Sql) {
        let none = "CAST(0 AS bigint)";
        let mut rows = vec![(format!("'{TOTAL}', '', '', {none}, total"), "")];
        sql.push(", sums AS MATERIALIZED (SELECT count(*) FILTER (WHERE failed = 0) AS total");
        if self.counted.has(FacetName::Price) {
            let counts = self.counts_in(FacetName::Price);
            sql.push(&format!(
                ", min(price_min) FILTER (WHERE {counts}) AS low, max(price_min) FILTER (WHERE {counts}) AS high"
            ));
            rows.push((
                format!("'{BOUNDS}', '', '', low, high"),
                " WHERE low IS NOT NULL",
            ));
        }
        if self.counted.has(FacetName::Rating) {
            let counts = self.counts_in(FacetName::Rating);
            for stars in (1..=MOST_STARS).rev() {
                sql.push(&format!(", count(*) FILTER (WHERE {counts} AND rating >= "))
                    .bind(floats::rounding_to(f32::from(stars)).0)
                    .push(&format!(") AS rated_{stars}"));
                let row =
                    format!("'rating', '{stars}', '', CAST({stars} AS bigint), rated_{stars}");
                rows.push((row, ""));
            }
        }
        if self.counted.has(FacetName::Availability) {
            let counts = self.counts_in(FacetName::Availability);
            for (in_stock, condition) in [(true, "stock > 0"), (false, "stock <= 0")] {
                let value = availability_key(in_stock);
                sql.push(&format!(
                    ", count(*) FILTER (WHERE {counts} AND {condition}) AS {value}"
                ));
                rows.push((
                    format!("'availability', '{value}', '', {none}, {value}"),
                    "",
                ));
            }
        }
        sql.push(" FROM matched)");
        for (place, (columns, condition)) in rows.into_iter().enumerate() {
            sql.push(if place > 0 { " UNION ALL" } else { "" });
            sql.push(&format!(
                " SELECT {columns}, {none}, {none} FROM sums{condition}"
            ));
        }
    }

    fn write_terms(&self, sql: &mut Sql) {
        for (facet, value, id) in [
            (FacetName::Category, "''", "category_id"),
            (FacetName::Brand, "brand", "CAST(0 AS bigint)"),
        ] {
            if self.counted.has(facet) {
                let counts = self.counts_in(facet);
                let column = if facet == FacetName::Brand { value } else { id };
                sql.push(&format!(
                    " UNION ALL SELECT '{facet}', {value}, {value}, {id}, count(*), CAST(0 AS bigint), \
                     CAST(0 AS bigint) FROM matched WHERE {counts} AND {column} IS NOT NULL GROUP BY {column}"
                ));
            }
        }
        let filters = &self.search.plan.filters;
        for (facet, column, table, selected) in [
            (FacetName::Fandom, "fandom_id", "fandoms", &filters.fandom),
            (FacetName::Seller, "seller_id", "sellers", &filters.seller),
        ] {
            if self.counted.has(facet) {
                self.write_named(sql, facet, (column, table), selected);
            }
        }
    }

    /// A facet whose labels are in a table; selected ones are listed even when no product has them.
    fn write_named(
        &self,
        sql: &mut Sql,
        facet: FacetName,
        (column, table): (&str, &str),
        selected: &BTreeSet<String>,
    ) {
        let counts = self.counts_in(facet);
        sql.push(&format!(
            " UNION ALL SELECT '{facet}', t.slug, t.name, t.id, coalesce(g.n, 0), CAST(0 AS bigint), \
             CAST(0 AS bigint) FROM {table} t LEFT JOIN (SELECT {column} AS id, count(*) AS n \
             FROM matched WHERE {counts} GROUP BY {column}) AS g ON g.id = t.id WHERE t.tenant_id = "
        ))
        .bind(self.search.plan.tenant.0)
        .push(" AND (g.n > 0 OR t.slug")
        .in_texts(selected)
        .push(")");
    }

    /// Appends the ids of the page among the rows.
    pub(super) fn write_page(&self, sql: &mut Sql) {
        sql.push(
            "SELECT id, sort_key FROM (SELECT hit AS id, sort_key FROM matched WHERE failed = 0",
        );
        hits::write_cut(sql, self.search.plan);
    }

    fn write_buckets(&self, sql: &mut Sql) {
        let counts = self.counts_in(FacetName::Price);
        let place = bucket_places(self.search.settings.currency_exponent);
        sql.push(&format!(
            " UNION ALL SELECT '{BUCKET}', '', '', {place}, count(*), CAST(0 AS bigint), \
             CAST(0 AS bigint) FROM matched WHERE {counts} GROUP BY {place}"
        ));
    }
}

/// The place of a price in the ladder.
fn bucket_places(exponent: u32) -> String {
    let ladder = price_ladder(exponent);
    let steps = ladder.iter().enumerate().skip(1);
    let cases: String = steps
        .map(|(place, limit)| format!(" WHEN price_min < {limit} THEN {}", place - 1))
        .collect();
    format!("CAST(CASE{cases} ELSE {} END AS bigint)", ladder.len() - 1)
}
