//! Spellings that the database has of the names and values in a plan's filters: it compares texts as they are written.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use sea_orm::ConnectionTrait;
use souk_domain::{FacetName, Filters, TenantId, value_key};

use super::statement::Sql;
use crate::{SearchError, SearchPlan, merchandising::Chosen};

/// Spellings of the names of attributes, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spellings(BTreeMap<String, BTreeSet<String>>);

impl Spellings {
    /// Looks up the names of a tenant's attributes, if a plan needs them: for filters, definitions or the values of one
    /// attribute.
    pub(crate) async fn look_up<C: ConnectionTrait>(
        connection: &C,
        plan: &SearchPlan,
        counted: Option<&str>,
    ) -> Result<Self, SearchError> {
        let mut filters = plan.merchandising.filters().chain([&plan.filters]);
        let is_needed = counted.is_some()
            || !plan.filters.ranges.is_empty()
            || filters.any(|filters| !filters.attributes.is_empty())
            || (!plan.definitions.is_empty() && plan.facets.contains(&FacetName::Attributes));
        let mut spellings = Self::default();
        if is_needed {
            let mut sql = Sql::for_database(connection);
            let table = sql.syntax().attribute_values;
            write_distinct(&mut sql, (table, "name"), plan.tenant);
            for name in texts(connection, sql).await? {
                let key = value_key(&name).into_owned();
                spellings.0.entry(key).or_default().insert(name);
            }
        }
        Ok(spellings)
    }

    /// Returns all spellings of a name, itself included.
    pub(crate) fn of(&self, name: &str) -> BTreeSet<String> {
        let known = self.0.get(&*value_key(name));
        let known = known.into_iter().flatten().cloned();
        known.chain([name.to_owned()]).collect()
    }

    /// Returns all spellings of some names, these included.
    pub(crate) fn of_all<'n>(
        &self,
        names: impl IntoIterator<Item = &'n String>,
    ) -> BTreeSet<String> {
        names.into_iter().flat_map(|name| self.of(name)).collect()
    }

    /// Returns a plan whose filters accept every spelling of their brands and values.
    pub(crate) async fn resolved<'p, C: ConnectionTrait>(
        &self,
        connection: &C,
        plan: &'p SearchPlan,
    ) -> Result<Cow<'p, SearchPlan>, SearchError> {
        let filters = || plan.merchandising.filters().chain([&plan.filters]);
        let has_brands = filters().any(|filters| !filters.brand.is_empty());
        if !has_brands && filters().all(|filters| filters.attributes.is_empty()) {
            return Ok(Cow::Borrowed(plan));
        }
        let mut known = Known::default();
        if has_brands {
            let mut sql = Sql::for_database(connection);
            write_distinct(&mut sql, ("products", "brand"), plan.tenant);
            known.brands = by_key(texts(connection, sql).await?);
        }
        let names: BTreeSet<&String> = filters()
            .flat_map(|filters| filters.attributes.keys())
            .collect();
        for name in names {
            let values = values_of(connection, plan.tenant, &self.of(name)).await?;
            known.values.insert(name.clone(), by_key(values));
        }
        let mut resolved = plan.clone();
        known.expand(&mut resolved.filters);
        let merchandising = &mut resolved.merchandising;
        let boosts = merchandising.boosts.iter_mut();
        let chosen = merchandising.hidden.iter_mut();
        for chosen in chosen.chain(boosts.map(|boost| &mut boost.chosen)) {
            if let Chosen::Matching(filters) = chosen {
                known.expand(filters);
            }
        }
        for filters in &mut merchandising.only {
            known.expand(filters);
        }
        Ok(Cow::Owned(resolved))
    }
}

type ByKey = BTreeMap<String, Vec<String>>;

/// Spellings that the tenant's products have.
#[derive(Default)]
struct Known {
    brands: ByKey,
    /// Of each attribute that a filter names.
    values: BTreeMap<String, ByKey>,
}

impl Known {
    fn expand(&self, filters: &mut Filters) {
        expand(&mut filters.brand, &self.brands);
        for (name, values) in &mut filters.attributes {
            if let Some(known) = self.values.get(name) {
                expand(values, known);
            }
        }
    }
}

fn expand(values: &mut BTreeSet<String>, known: &ByKey) {
    let spellings = values
        .iter()
        .filter_map(|value| known.get(&*value_key(value)));
    let spellings: Vec<String> = spellings.flatten().cloned().collect();
    values.extend(spellings);
}

fn by_key(texts: Vec<String>) -> ByKey {
    let mut by_key = ByKey::new();
    for text in texts {
        let key = value_key(&text).into_owned();
        by_key.entry(key).or_default().push(text);
    }
    by_key
}

/// Returns the values that an attribute of these names has in any product of the tenant.
pub(super) async fn values_of<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    names: &BTreeSet<String>,
) -> Result<Vec<String>, SearchError> {
    let mut sql = Sql::for_database(connection);
    let table = sql.syntax().attribute_values;
    sql.push(&format!(
        "SELECT DISTINCT value FROM {table} WHERE tenant_id = "
    ))
    .bind(tenant.0)
    .push(" AND name")
    .in_texts(names);
    texts(connection, sql).await
}

/// Appends a query for the distinct texts of a column that is indexed behind the tenant: a look-up for each, however many
/// rows have it.
fn write_distinct(sql: &mut Sql, (table, column): (&str, &str), tenant: TenantId) {
    sql.push(&format!(
        "WITH RECURSIVE known (text) AS (SELECT min({column}) FROM {table} WHERE tenant_id = "
    ))
    .bind(tenant.0)
    .push(&format!(
        " UNION ALL SELECT (SELECT min({column}) FROM {table} WHERE {column} > known.text AND tenant_id = "
    ))
    .bind(tenant.0)
    .push(") FROM known WHERE known.text IS NOT NULL) SELECT text FROM known WHERE text IS NOT NULL");
}

async fn texts<C: ConnectionTrait>(connection: &C, sql: Sql) -> Result<Vec<String>, SearchError> {
    let rows = sql.rows(connection).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}
