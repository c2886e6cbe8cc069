//! What a search has to know of the tenant and its filters before it can be written, in one statement.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use souk_domain::{Currency, Filters, TenantId, currency_exponent};

use super::sql::Sql;
use crate::{SearchError, SearchPlan};

/// What was looked up.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Decimal digits of the tenant's prices.
    pub(super) currency_exponent: u32,
    /// About how many products the tables hold, of all tenants. PostgreSQL only.
    pub(super) products: u64,
    /// The ids of the fandoms that the filters name.
    pub(super) fandoms: Vec<i64>,
    /// The ids of the sellers that the filters name.
    pub(super) sellers: Vec<i64>,
    /// What stands in a product for the values that a filter accepts, by attribute. PostgreSQL only.
    pub(super) attributes: BTreeMap<String, Vec<i64>>,
}

/// The size of a table that was never analysed, in rows of so many bytes.
const ROW_BYTES: u32 = 1024;

impl Settings {
    pub(super) async fn look_up<C: ConnectionTrait>(
        connection: &C,
        plan: &SearchPlan,
    ) -> Result<Self, SearchError> {
        let mut sql = Sql::new(connection.get_database_backend());
        write(&mut sql, plan.tenant, &plan.filters);
        let mut settings = Self {
            currency_exponent: 2,
            ..Self::default()
        };
        for row in sql.rows(connection).await? {
            let kind: String = row.try_get_by_index(0)?;
            let text: String = row.try_get_by_index(1)?;
            let number: i64 = row.try_get_by_index(2)?;
            settings.take(&kind, text, number);
        }
        Ok(settings)
    }

    fn take(&mut self, kind: &str, text: String, number: i64) {
        match kind {
            "currency" => {
                let currency = Currency::from_code(&text).unwrap_or(Currency::XXX);
                self.currency_exponent = currency_exponent(currency);
            }
            "products" => self.products = u64::try_from(number).unwrap_or(0),
            "fandom" => self.fandoms.push(number),
            "seller" => self.sellers.push(number),
            // The code itself, and as a product has it for the first of several values.
            _ => {
                let codes = self.attributes.entry(text).or_default();
                codes.extend([number, number | 1]);
            }
        }
    }
}

fn write(sql: &mut Sql, tenant: TenantId, filters: &Filters) {
    sql.push("SELECT 'currency', currency, CAST(0 AS bigint) FROM tenants WHERE id = ")
        .bind(tenant.0);
    for (kind, table, slugs) in [
        ("fandom", "fandoms", &filters.fandom),
        ("seller", "sellers", &filters.seller),
    ] {
        if !slugs.is_empty() {
            sql.push(&format!(
                " UNION ALL SELECT '{kind}', '', id FROM {table} WHERE tenant_id = "
            ))
            .bind(tenant.0)
            .push(" AND slug")
            .in_texts(slugs);
        }
    }
    if !sql.is_postgres() {
        return;
    }
    // As the planner reckons it: rows a page when last analysed, by the pages of today.
    sql.push(&format!(
        " UNION ALL SELECT 'products', '', CAST(CASE WHEN reltuples > 0 AND relpages > 0 \
         THEN reltuples / relpages * (pg_relation_size(oid) / 8192) ELSE pg_relation_size(oid) / {ROW_BYTES} END \
         AS bigint) FROM pg_class WHERE oid = CAST('search_products' AS regclass)"
    ));
    for (name, values) in &filters.attributes {
        for value in values {
            sql.push(" UNION ALL SELECT 'attribute', CAST(")
                .bind_text(name)
                .push(" AS text), souk_attribute(")
                .bind_text(name)
                .push(", ")
                .bind_text(value)
                .push(")");
        }
    }
}
