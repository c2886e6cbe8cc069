//! Look-up of the tenant's currency and of the ids behind a plan's filters, in one statement.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use souk_domain::{Currency, Filters, price_scale};

use crate::{
    SearchError, SearchPlan,
    engines::sql::{dialect::conditions, spellings::Spellings, statement::Sql},
};

/// Settings of a tenant, and ids behind filters.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Scale of the price ladder of the tenant's currency; 2 if unknown.
    pub(crate) price_scale: u32,
    /// Estimated products of all tenants; 0 where results are never sampled.
    pub(crate) products: u64,
    /// Products written since the planner's statistics were taken; 0 where results are never sampled.
    pub(crate) written_since: u64,
    fandoms: BTreeMap<String, i64>,
    sellers: BTreeMap<String, i64>,
    /// Code of an attribute value by name and value; empty where products have no codes.
    attributes: BTreeMap<(String, String), i64>,
    /// Spellings of the attributes' names.
    spellings: Spellings,
    /// True if products may have offers of several sellers.
    pub(crate) shares_products: bool,
    /// Filters as they were typed, in the place of those that accept every spelling.
    pub(crate) typed: Option<Filters>,
}

impl Settings {
    pub(crate) async fn look_up<C: ConnectionTrait>(
        connection: &C,
        plan: &SearchPlan,
        spellings: Spellings,
    ) -> Result<Self, SearchError> {
        let mut sql = Sql::for_database(connection);
        write(&mut sql, plan, &spellings);
        let mut settings = Self {
            price_scale: 2,
            spellings,
            shares_products: plan.shares_products,
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
                self.price_scale = price_scale(currency);
            }
            "products" => self.products = u64::try_from(number).unwrap_or(0),
            "written_since" => self.written_since = u64::try_from(number).unwrap_or(0),
            "fandom" => drop(self.fandoms.insert(name, number)),
            "seller" => drop(self.sellers.insert(name, number)),
            _ => drop(self.attributes.insert((name, value), number)),
        }
    }

    /// Returns the ids of the fandoms that a filter names.
    pub(crate) fn fandoms(&self, slugs: &BTreeSet<String>) -> Vec<i64> {
        slugs
            .iter()
            .filter_map(|slug| self.fandoms.get(slug).copied())
            .collect()
    }

    /// Returns the ids of the sellers that a filter names.
    pub(crate) fn sellers(&self, slugs: &BTreeSet<String>) -> Vec<i64> {
        slugs
            .iter()
            .filter_map(|slug| self.sellers.get(slug).copied())
            .collect()
    }

    /// Returns all spellings of an attribute's name.
    pub(crate) fn names(&self, name: &str) -> BTreeSet<String> {
        self.spellings.of(name)
    }

    /// Returns all spellings of the names of some attributes.
    pub(crate) fn names_of_all<'n>(
        &self,
        names: impl IntoIterator<Item = &'n String>,
    ) -> BTreeSet<String> {
        self.spellings.of_all(names)
    }

    /// Returns the codes of the values that a filter accepts under a name in one spelling: the code itself, and with bit 0
    /// set, as the first of a product's values of the attribute.
    pub(crate) fn attribute(&self, name: &str, values: &BTreeSet<String>) -> Vec<i64> {
        let code = |value: &String| self.attributes.get(&(name.to_owned(), value.clone()));
        let codes = values.iter().filter_map(code);
        codes.flat_map(|code| [*code, *code | 1]).collect()
    }
}

fn write(sql: &mut Sql, plan: &SearchPlan, spellings: &Spellings) {
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
    conditions::write_settings(sql, filters(), spellings);
}
