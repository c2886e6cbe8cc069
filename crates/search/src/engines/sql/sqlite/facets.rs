//! All counts of a result as one query.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, QueryResult};
use souk_domain::FacetName;

use super::{attribute_counts, price_counts, variants};
use crate::{
    SearchError,
    engines::sql::{
        dialect::Dialect,
        facets::{
            count::{BOUNDS, Count, TOTAL},
            query::FacetQuery,
        },
        floats,
        query::{
            excluded_filters::{CountedFacets, bit},
            filters::FilterTarget,
        },
        statement::Sql,
    },
    facets::listing::{MOST_STARS, availability_key},
};

/// Counts a result.
pub(crate) async fn count<C: ConnectionTrait>(
    connection: &C,
    query: &FacetQuery<'_>,
) -> Result<Vec<Count>, SearchError> {
    let mut sql = Sql::new(Dialect::Sqlite);
    if query.counts_by_variant() {
        query.write_matched(&mut sql, variants::CANDIDATES);
        variants::write_tables(&mut sql, query);
    } else {
        query.write_matched(&mut sql, "matched");
    }
    query.write_counts(&mut sql);
    let rows = sql.rows(connection).await?;
    rows.iter().map(read).collect()
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

impl FacetQuery<'_> {
    /// Appends the rows of all counts.
    fn write_counts(&self, sql: &mut Sql) {
        if let CountedFacets::Attribute(name) = self.counted {
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
            price_counts::write_steps(sql, self);
        }
        if attributes {
            attribute_counts::write_ranked_rows(sql, self);
            attribute_counts::write_range_rows(sql, self);
        }
    }

    /// Returns the condition for a row to count in a facet; `true` without excluded filters.
    pub(super) fn counts_in(&self, facet: FacetName) -> String {
        match self.excluded.place(&FilterTarget::Facet(facet)) {
            Some(place) if self.counts_by_variant() => format!("passes & {} <> 0", bit(place)),
            _ if self.excluded.clauses.is_empty() => "true".to_owned(),
            Some(place) => format!("failed IN (0, {})", bit(place)),
            None => "failed = 0".to_owned(),
        }
    }

    /// Appends counts of all rows: total, price bounds, ratings and availability.
    fn write_sums(&self, sql: &mut Sql) {
        let none = "CAST(0 AS bigint)";
        let mut rows = vec![(format!("'{TOTAL}', '', '', {none}, total"), "")];
        sql.push(", sums AS MATERIALIZED (SELECT count(*) FILTER (WHERE failed = 0) AS total");
        if self.counted.has(FacetName::Price) {
            price_counts::write_bounds(sql, self);
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
            let offers = self.offers_in(FacetName::Availability);
            for (in_stock, condition, offer) in [
                (true, "available_count > 0", "available"),
                (false, "available_count < variant_count", "NOT available"),
            ] {
                let value = availability_key(in_stock);
                sql.push(&if self.counts_by_variant() {
                    format!(", (SELECT count(DISTINCT id) FROM passing_offers WHERE {offers} AND {offer}) AS {value}")
                } else {
                    format!(", count(*) FILTER (WHERE {counts} AND {condition}) AS {value}")
                });
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
        if self.counted.has(FacetName::Category) {
            self.write_categories(sql);
        }
        if self.counted.has(FacetName::Brand) {
            let counts = self.counts_in(FacetName::Brand);
            sql.push(&format!(
                " UNION ALL SELECT 'brand', brand, brand, CAST(0 AS bigint), count(*), CAST(0 AS bigint), \
                 CAST(0 AS bigint) FROM matched WHERE {counts} AND brand IS NOT NULL GROUP BY brand"
            ));
        }
        let filters = &self.search.plan.filters;
        if self.counted.has(FacetName::Fandom) {
            let counts = self.counts_in(FacetName::Fandom);
            let ids = format!(
                "SELECT fandom_id AS id FROM matched WHERE {counts} UNION ALL \
                 SELECT f.fandom_id FROM matched m JOIN product_fandoms f ON f.product_id = m.id \
                 WHERE {counts} AND f.fandom_id IS NOT m.fandom_id"
            );
            self.write_named(sql, FacetName::Fandom, (&ids, "fandoms"), &filters.fandom);
        }
        if self.counted.has(FacetName::Seller) {
            let counts = self.counts_in(FacetName::Seller);
            let ids = if !self.search.plan.shares_products {
                format!("SELECT seller_id AS id FROM matched WHERE {counts}")
            } else if self.counts_by_variant() {
                let offers = self.offers_in(FacetName::Seller);
                format!(
                    "SELECT DISTINCT id AS product, seller_id AS id FROM passing_offers WHERE {offers}"
                )
            } else {
                format!(
                    "SELECT DISTINCT m.id AS product, o.seller_id AS id \
                     FROM matched m JOIN open_offers o ON o.product_id = m.id WHERE {counts}"
                )
            };
            self.write_named(sql, FacetName::Seller, (&ids, "sellers"), &filters.seller);
        }
    }

    /// Appends counts by set of categories.
    fn write_categories(&self, sql: &mut Sql) {
        let counts = self.counts_in(FacetName::Category);
        sql.push(&format!(
            " UNION ALL SELECT 'category', ids, '', CAST(0 AS bigint), count(*), CAST(0 AS bigint), \
             CAST(0 AS bigint) FROM (SELECT coalesce(m.category_id, '') || coalesce((\
             SELECT ',' || group_concat(category_id) FROM (\
             SELECT f.category_id FROM product_categories f WHERE f.product_id = m.id ORDER BY f.category_id\
             )), '') AS ids FROM matched m WHERE {counts}) AS sets WHERE ids <> '' GROUP BY ids"
        ));
    }

    /// Appends a facet whose labels are in a table, given a query for an id of each product and value. Selected values
    /// are listed even with a count of 0.
    fn write_named(
        &self,
        sql: &mut Sql,
        facet: FacetName,
        (ids, table): (&str, &str),
        selected: &BTreeSet<String>,
    ) {
        sql.push(&format!(
            " UNION ALL SELECT '{facet}', t.slug, t.name, t.id, coalesce(g.n, 0), CAST(0 AS bigint), \
             CAST(0 AS bigint) FROM {table} t LEFT JOIN (SELECT id, count(*) AS n \
             FROM ({ids}) AS each_id GROUP BY id) AS g ON g.id = t.id WHERE t.tenant_id = "
        ))
        .bind(self.search.plan.tenant.0)
        .push(" AND (g.n > 0 OR t.slug")
        .in_texts(selected)
        .push(")");
    }
}
