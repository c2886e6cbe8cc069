//! What a search has to know of the tenant and its filters before it can be written, in one statement.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use souk_domain::{Currency, Filters, currency_exponent};

use super::statement::Sql;
use crate::{SearchError, SearchPlan};

/// What was looked up.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Decimal digits of the tenant's prices.
    pub(super) currency_exponent: u32,
    /// About how many products the tables hold, of all tenants. PostgreSQL only.
    pub(super) products: u64,
    /// About how many of them were written since the planner's statistics were taken. PostgreSQL only.
    pub(super) written_since: u64,
    fandoms: BTreeMap<String, i64>,
    sellers: BTreeMap<String, i64>,
    /// What stands in a product for the value of an attribute. PostgreSQL only.
    attributes: BTreeMap<(String, String), i64>,
}

/// The size of a table that was never analysed, in rows of so many bytes.
const ROW_BYTES: u32 = 1024;

impl Settings {
    pub(super) async fn look_up<C: ConnectionTrait>(
        connection: &C,
        plan: &SearchPlan,
    ) -> Result<Self, SearchError> {
        let mut sql = Sql::new(connection.get_database_backend());
        write(&mut sql, plan);
        let mut settings = Self {
            currency_exponent: 2,
            ..Self::default()
        };
        for row in sql.rows(connection).await? {
            let kind: String = row.try_get_by_index(0)?;
            let name: String = row.try_get_by_index(1)?;
            let value: String = row.try_get_by_index(2)?;
            let number: i64 = row.try_get_by_index(3)?;
            settings.take(&kind, (name, value), number);
        }
        Ok(settings)
    }

    fn take(&mut self, kind: &str, (name, value): (String, String), number: i64) {
        match kind {
            "currency" => {
                let currency = Currency::from_code(&name).unwrap_or(Currency::XXX);
                self.currency_exponent = currency_exponent(currency);
            }
            "products" => self.products = u64::try_from(number).unwrap_or(0),
            "written_since" => self.written_since = u64::try_from(number).unwrap_or(0),
            "fandom" => drop(self.fandoms.insert(name, number)),
            "seller" => drop(self.sellers.insert(name, number)),
            _ => drop(self.attributes.insert((name, value), number)),
        }
    }

    /// The ids of the fandoms that a filter names.
    pub(super) fn fandoms(&self, slugs: &BTreeSet<String>) -> Vec<i64> {
        slugs
            .iter()
            .filter_map(|slug| self.fandoms.get(slug).copied())
            .collect()
    }

    /// The ids of the sellers that a filter names.
    pub(super) fn sellers(&self, slugs: &BTreeSet<String>) -> Vec<i64> {
        slugs
            .iter()
            .filter_map(|slug| self.sellers.get(slug).copied())
            .collect()
    }

    /// What stands in a product for the values that a filter accepts: the code itself, and as a product has it for the
    /// first of several values. PostgreSQL only.
    pub(super) fn attribute(&self, name: &str, values: &BTreeSet<String>) -> Vec<i64> {
        let code = |value: &String| self.attributes.get(&(name.to_owned(), value.clone()));
        let codes = values.iter().filter_map(code);
        codes.flat_map(|code| [*code, *code | 1]).collect()
    }
}

fn write(sql: &mut Sql, plan: &SearchPlan) {
    let filters = || plan.merchandising.filters().chain([&plan.filters]);
    sql.push("SELECT 'currency', currency, '', CAST(0 AS bigint) FROM tenants WHERE id = ")
        .bind(plan.tenant.0);
    let fandoms: BTreeSet<_> = filters().flat_map(|filters| &filters.fandom).collect();
    let sellers: BTreeSet<_> = filters().flat_map(|filters| &filters.seller).collect();
    for (kind, table, slugs) in [
        ("fandom", "fandoms", fandoms),
        ("seller", "sellers", sellers),
    ] {
        if !slugs.is_empty() {
            sql.push(&format!(
                " UNION ALL SELECT '{kind}', slug, '', id FROM {table} WHERE tenant_id = "
            ))
            .bind(plan.tenant.0)
            .push(" AND slug")
            .in_texts(slugs);
        }
    }
    if sql.is_postgres() {
        write_products(sql);
        write_attributes(sql, filters());
    }
}

/// As the planner reckons it: rows a page when last analysed, by the pages of today; and how many were written since.
fn write_products(sql: &mut Sql) {
    sql.push(&format!(
        " UNION ALL SELECT 'products', '', '', CAST(CASE WHEN reltuples > 0 AND relpages > 0 \
         THEN reltuples / relpages * (pg_relation_size(oid) / 8192) ELSE pg_relation_size(oid) / {ROW_BYTES} END \
         AS bigint) FROM pg_class WHERE oid = CAST('search_products' AS regclass) \
         UNION ALL SELECT 'written_since', '', '', \
         pg_stat_get_mod_since_analyze(CAST('search_products' AS regclass))"
    ));
}

fn write_attributes<'a>(sql: &mut Sql, filters: impl Iterator<Item = &'a Filters>) {
    let attributes = filters.flat_map(|filters| &filters.attributes);
    let values =
        attributes.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let values: Vec<_> = values.collect();
    if values.is_empty() {
        return;
    }
    sql.push(
        " UNION ALL SELECT 'attribute', pair ->> 0, pair ->> 1, souk_attribute(pair ->> 0, pair ->> 1) \
         FROM jsonb_array_elements(CAST(",
    )
    .bind_json(&values)
    .push(" AS jsonb)) AS pairs (pair)");
}
