//! All counts of a result in one statement.
//!
//! The matching products are read once, each with a mask of the facets whose own filter it fails. What fails none
//! is a hit; what fails only a facet's own filter still counts in that facet.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use souk_domain::{FacetName, price_ladder};

use super::{
    Search,
    filters::{Clause, Narrowed},
    floats,
    sql::Sql,
};
use crate::{
    SearchError,
    plan::{ATTRIBUTE_FACETS, FACET_VALUES},
};

/// More filters than a mask has bits narrow every facet.
const MASK_BITS: usize = 60;

/// What the counts are of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Counted {
    /// The total and facets.
    Facets(BTreeSet<FacetName>),
    /// All values of one attribute.
    Attribute(String),
}

impl Counted {
    fn has(&self, facet: FacetName) -> bool {
        matches!(self, Self::Facets(facets) if facets.contains(&facet))
    }

    fn looks_past(&self, narrowed: &Narrowed) -> bool {
        match (self, narrowed) {
            (Self::Facets(facets), Narrowed::Facet(facet)) => facets.contains(facet),
            (Self::Facets(facets), Narrowed::Attribute(_)) => {
                facets.contains(&FacetName::Attributes)
            }
            (Self::Attribute(counted), Narrowed::Attribute(name)) => counted == name,
            (Self::Attribute(_), Narrowed::Facet(_)) => false,
        }
    }
}

/// One count.
#[derive(Debug, Clone, Default)]
pub(super) struct Count {
    /// What is counted: a facet's name, or one of the constants of this module.
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) label: String,
    pub(super) id: i64,
    pub(super) count: i64,
    /// Of an attribute: how many values it has and how many products have it.
    pub(super) values: i64,
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

/// Counts.
pub(super) async fn count<C: ConnectionTrait>(
    connection: &C,
    search: &Search<'_>,
    counted: &Counted,
) -> Result<Vec<Count>, SearchError> {
    let sql = statement(search, counted, connection.get_database_backend());
    let rows = sql.rows(connection).await?;
    rows.iter().map(read).collect()
}

pub(super) fn statement(search: &Search<'_>, counted: &Counted, backend: DbBackend) -> Sql {
    let mut sql = Sql::new(backend);
    Statement::new(search, counted).write(&mut sql);
    sql
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

struct Statement<'a> {
    search: &'a Search<'a>,
    counted: &'a Counted,
    /// Filters that some facet looks past, by bit.
    soft: Vec<&'a Clause<'a>>,
    /// Filters that narrow everything.
    hard: Vec<&'a Clause<'a>>,
}

impl<'a> Statement<'a> {
    fn new(search: &'a Search<'a>, counted: &'a Counted) -> Self {
        let (mut soft, mut hard): (Vec<_>, Vec<_>) = search
            .clauses
            .iter()
            .partition(|clause| counted.looks_past(&clause.narrowed));
        hard.extend(soft.drain(soft.len().min(MASK_BITS)..));
        Self {
            search,
            counted,
            soft,
            hard,
        }
    }

    fn write(&self, sql: &mut Sql) {
        sql.push("WITH ");
        self.write_matched(sql);
        if let Counted::Attribute(name) = self.counted {
            self.write_attribute_values(sql, Some(name));
            sql.push(
                " SELECT 'attribute', value, name, CAST(0 AS bigint), n, CAST(0 AS bigint), \
                 CAST(0 AS bigint) FROM attribute_values",
            );
            return;
        }
        if self.counted.has(FacetName::Attributes) {
            self.write_attribute_values(sql, None);
            self.write_attribute_ranks(sql);
        }
        sql.push(" ");
        self.write_select(sql, TOTAL, "''", "''", "CAST(0 AS bigint)", "count(*)");
        sql.push("failed = 0");
        self.write_terms(sql);
        self.write_numbers(sql);
        if self.counted.has(FacetName::Attributes) {
            self.write_attribute_rows(sql);
        }
    }

    /// The products that fail at most one soft filter, and which.
    fn write_matched(&self, sql: &mut Sql) {
        sql.push(
            "matched AS MATERIALIZED (SELECT * FROM (SELECT p.id, p.category_id, p.fandom_id, p.brand, \
             p.seller_id, p.price_min, p.rating, p.stock, CAST(0 AS bigint)",
        );
        for (bit, clause) in self.soft.iter().enumerate() {
            sql.push(" + CASE WHEN ");
            clause.write(sql);
            sql.push(&format!(" THEN 0 ELSE {} END", 1_i64 << bit));
        }
        sql.push(" AS failed FROM products p WHERE ");
        self.search.write_base(sql);
        for clause in &self.hard {
            sql.push(" AND ");
            clause.write(sql);
        }
        sql.push(") AS masked WHERE failed IN (0");
        for bit in 0..self.soft.len() {
            sql.push(&format!(", {}", 1_i64 << bit));
        }
        sql.push("))");
    }

    fn write_select(&self, sql: &mut Sql, kind: &str, value: &str, label: &str, id: &str, n: &str) {
        sql.push(&format!(
            "SELECT '{kind}', {value}, {label}, {id}, {n}, CAST(0 AS bigint), CAST(0 AS bigint) \
             FROM matched WHERE "
        ));
    }

    /// The bit of the facet's own filter, or 0 if it has none.
    fn own_bit(&self, narrowed: &Narrowed) -> i64 {
        let bit = self
            .soft
            .iter()
            .position(|clause| clause.narrowed == *narrowed);
        bit.map_or(0, |bit| 1 << bit)
    }

    /// Whether a row counts in a facet.
    fn counts_in(&self, facet: FacetName) -> String {
        format!("failed IN (0, {})", self.own_bit(&Narrowed::Facet(facet)))
    }

    fn write_terms(&self, sql: &mut Sql) {
        if self.counted.has(FacetName::Category) {
            sql.push(" UNION ALL ");
            self.write_select(sql, "category", "''", "''", "category_id", "count(*)");
            sql.push(&self.counts_in(FacetName::Category))
                .push(" AND category_id IS NOT NULL GROUP BY category_id");
        }
        if self.counted.has(FacetName::Brand) {
            sql.push(" UNION ALL ");
            self.write_select(
                sql,
                "brand",
                "brand",
                "brand",
                "CAST(0 AS bigint)",
                "count(*)",
            );
            sql.push(&self.counts_in(FacetName::Brand))
                .push(" AND brand IS NOT NULL GROUP BY brand");
        }
        let filters = &self.search.plan.filters;
        if self.counted.has(FacetName::Fandom) {
            self.write_named(
                sql,
                FacetName::Fandom,
                "fandom_id",
                "fandoms",
                &filters.fandom,
            );
        }
        if self.counted.has(FacetName::Seller) {
            self.write_named(
                sql,
                FacetName::Seller,
                "seller_id",
                "sellers",
                &filters.seller,
            );
        }
    }

    /// A facet whose labels are in a table; selected ones are listed even when no product has them.
    fn write_named(
        &self,
        sql: &mut Sql,
        facet: FacetName,
        column: &str,
        table: &str,
        selected: &BTreeSet<String>,
    ) {
        sql.push(&format!(
            " UNION ALL SELECT '{facet}', t.slug, t.name, t.id, coalesce(g.n, 0), CAST(0 AS bigint), \
             CAST(0 AS bigint) FROM {table} t LEFT JOIN (SELECT {column} AS id, count(*) AS n \
             FROM matched WHERE {counts} GROUP BY {column}) AS g ON g.id = t.id WHERE t.tenant_id = ",
            counts = self.counts_in(facet),
        ))
        .bind(self.search.plan.tenant.0)
        .push(" AND (g.n > 0 OR t.slug")
        .in_texts(selected)
        .push(")");
    }

    fn write_numbers(&self, sql: &mut Sql) {
        if self.counted.has(FacetName::Price) {
            let counts = self.counts_in(FacetName::Price);
            sql.push(" UNION ALL ");
            let (low, high) = ("coalesce(min(price_min), 0)", "coalesce(max(price_min), 0)");
            self.write_select(sql, BOUNDS, "''", "''", low, high);
            sql.push(&counts).push(" HAVING count(*) > 0 UNION ALL ");
            let place = bucket_places(self.search.currency_exponent);
            self.write_select(sql, BUCKET, "''", "''", &place, "count(*)");
            sql.push(&counts).push(&format!(" GROUP BY {place}"));
        }
        if self.counted.has(FacetName::Rating) {
            for stars in [4_u8, 3, 2, 1] {
                sql.push(" UNION ALL ");
                let value = format!("'{stars}'");
                let id = format!("CAST({stars} AS bigint)");
                self.write_select(sql, "rating", &value, "''", &id, "count(*)");
                sql.push(&self.counts_in(FacetName::Rating))
                    .push(" AND rating >= ")
                    .bind(floats::rounding_to(f32::from(stars)).0);
            }
        }
        if self.counted.has(FacetName::Availability) {
            for (value, condition) in [("in_stock", "stock > 0"), ("out_of_stock", "stock <= 0")] {
                sql.push(" UNION ALL ");
                let value = format!("'{value}'");
                self.write_select(
                    sql,
                    "availability",
                    &value,
                    "''",
                    "CAST(0 AS bigint)",
                    "count(*)",
                );
                sql.push(&self.counts_in(FacetName::Availability))
                    .push(" AND ")
                    .push(condition);
            }
        }
    }

    /// How many products have which value of each attribute (or of one).
    fn write_attribute_values(&self, sql: &mut Sql, only: Option<&str>) {
        sql.push(
            ", attribute_values AS MATERIALIZED (SELECT a.name, a.value, count(*) AS n, \
             CAST(sum(CASE WHEN a.place = 0 THEN 1 ELSE 0 END) AS bigint) AS firsts \
             FROM matched m JOIN search_attributes a ON a.product_id = m.id WHERE (m.failed = 0",
        );
        for clause in &self.soft {
            if let Narrowed::Attribute(name) = &clause.narrowed {
                let bit = self.own_bit(&clause.narrowed);
                sql.push(&format!(" OR (m.failed = {bit} AND a.name = "))
                    .bind_text(name)
                    .push(")");
            }
        }
        sql.push(")");
        if let Some(name) = only {
            sql.push(" AND a.name = ").bind_text(name);
        }
        sql.push(" GROUP BY a.name, a.value)");
    }

    /// Which attributes matter, and the place of each value among its attribute's. An attribute that tells nearly
    /// every product from every other, such as a serial number, is nothing to choose by.
    fn write_attribute_ranks(&self, sql: &mut Sql) {
        let selected = || self.search.plan.filters.attributes.keys();
        sql.push(
            ", attribute_names AS (SELECT name, count(*) AS distinct_values, \
             CAST(sum(firsts) AS bigint) AS products FROM attribute_values GROUP BY name \
             HAVING (count(*) > 1 AND (count(*) <= 50 OR count(*) * 2 <= sum(firsts))) OR name",
        )
        .in_texts(selected())
        .push(
            "), ranked_names AS (SELECT name, distinct_values, products, \
             row_number() OVER (ORDER BY products DESC, name) AS place FROM attribute_names), \
             ranked_values AS (SELECT name, value, n, \
             row_number() OVER (PARTITION BY name ORDER BY n DESC, value) AS place \
             FROM attribute_values)",
        );
    }

    fn write_attribute_rows(&self, sql: &mut Sql) {
        let attributes = &self.search.plan.filters.attributes;
        sql.push(&format!(
            " UNION ALL SELECT '{ATTRIBUTE}', v.value, v.name, CAST(0 AS bigint), v.n, n.distinct_values, \
             n.products FROM ranked_values v JOIN ranked_names n ON n.name = v.name \
             WHERE (n.place <= {ATTRIBUTE_FACETS} OR n.name"
        ))
        .in_texts(attributes.keys())
        .push(&format!(") AND (v.place <= {FACET_VALUES} OR v.value"))
        .in_texts(attributes.values().flatten())
        .push(")");
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
