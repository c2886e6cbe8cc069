//! Takes back what was counted: of a day, a network or a text.

use souk_domain::TenantId;

use super::{origins::PRODUCT_COLUMNS, sums::DAY_SUMS};
use crate::{Scope, StoreError, Transaction, backend::execute};

/// What is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voided {
    /// Everything of a day, in days since 1970 UTC.
    Day(i64),
    /// Everything that a network did on a day.
    Network {
        /// Day, in days since 1970 UTC.
        day: i64,
        /// Hash of the network.
        network: i64,
    },
    /// Everything of a text, on all days.
    Query {
        /// Hashes of the normalised text.
        keys: Vec<i64>,
        /// The text in its normal form.
        text: String,
    },
}

/// Counters of a tenant that can be taken back.
#[derive(Debug, Clone)]
pub struct VoidableAnalytics {
    scope: Scope,
}

impl Scope {
    /// Counters of the tenant that can be taken back.
    pub fn voidable_analytics(&self) -> VoidableAnalytics {
        VoidableAnalytics {
            scope: self.clone(),
        }
    }
}

impl VoidableAnalytics {
    /// Takes counters back, and what is suggested because of them. Popularity follows when it is learnt next. Returns the
    /// number of sums that were changed or deleted.
    ///
    /// # Errors
    /// If the database fails; then nothing is taken back.
    pub async fn void(&self, what: &Voided) -> Result<u64, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let changed = match what {
            Voided::Day(day) => self.void_day(&transaction, *day).await?,
            Voided::Network { day, network } => {
                self.void_network(&transaction, *day, *network).await?
            }
            Voided::Query { keys, text } => self.void_query(&transaction, keys, text).await?,
        };
        // A text is offered no longer than somebody is known to have searched for it.
        self.run(
            &transaction,
            "DELETE FROM suggested_queries WHERE tenant_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM search_days d
                 WHERE d.tenant_id = $1 AND d.query = suggested_queries.query AND d.searches > 0)",
            [],
        )
        .await?;
        transaction.commit().await?;
        Ok(changed)
    }

    async fn void_day(&self, transaction: &Transaction, day: i64) -> Result<u64, StoreError> {
        let mut changed = 0;
        for (table, counts) in [
            ("search_days", true),
            ("search_product_days", true),
            ("search_visitors", false),
            ("search_networks", false),
            ("search_network_sums", false),
        ] {
            let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND day = $2");
            let deleted = self.run(transaction, &sql, [day.into()]).await?;
            changed += if counts { deleted } else { 0 };
        }
        Ok(changed)
    }

    async fn void_network(
        &self,
        transaction: &Transaction,
        day: i64,
        network: i64,
    ) -> Result<u64, StoreError> {
        let days = subtraction("search_days", &DAY_SUMS, &DAY_SUMS);
        let products = subtraction(
            "search_product_days",
            &["clicks", "carts", "purchases", "networks"],
            &PRODUCT_COLUMNS,
        );
        let mut changed = 0;
        for (table, key, columns, changes) in [
            ("search_days", "settings", &DAY_SUMS[..], days),
            (
                "search_product_days",
                "product_id",
                &PRODUCT_COLUMNS[..],
                products,
            ),
        ] {
            let sums = columns
                .iter()
                .map(|column| format!("CAST(sum({column}) AS bigint) AS {column}"));
            let sums = sums.collect::<Vec<_>>().join(", ");
            let sql = format!(
                "UPDATE {table} SET {changes} FROM (
                     SELECT query, {key}, {sums} FROM search_network_sums
                     WHERE tenant_id = $1 AND day = $2 AND network = $3 GROUP BY query, {key}) AS own
                 WHERE {table}.tenant_id = $1 AND {table}.day = $2 AND {table}.query = own.query
                   AND {table}.{key} = own.{key}"
            );
            changed += self
                .run(transaction, &sql, [day.into(), network.into()])
                .await?;
        }
        for (table, sums) in [
            ("search_days", "searches + clicks + carts + purchases"),
            (
                "search_product_days",
                "clicks + carts + purchases + networks",
            ),
        ] {
            let sql =
                format!("DELETE FROM {table} WHERE tenant_id = $1 AND day = $2 AND {sums} = 0");
            self.run(transaction, &sql, [day.into()]).await?;
        }
        let sql =
            "DELETE FROM search_network_sums WHERE tenant_id = $1 AND day = $2 AND network = $3";
        self.run(transaction, sql, [day.into(), network.into()])
            .await?;
        Ok(changed)
    }

    async fn void_query(
        &self,
        transaction: &Transaction,
        keys: &[i64],
        text: &str,
    ) -> Result<u64, StoreError> {
        let backend = self.scope.store.backend();
        let of_text = format!(
            "({} OR query IN (SELECT query FROM search_queries WHERE tenant_id = $1 AND text = $3))",
            backend.among_ids("query", "$2")
        );
        let mut changed = 0;
        for (table, counts) in [
            ("search_days", true),
            ("search_product_days", true),
            ("search_visitors", false),
            ("search_network_sums", false),
            ("suggested_queries", false),
            ("suggestion_decisions", false),
            ("search_queries", false),
        ] {
            // Events of searches that nobody knows are no text's.
            let sql =
                format!("DELETE FROM {table} WHERE tenant_id = $1 AND query <> 0 AND {of_text}");
            let values = [backend.ids(keys.iter().copied()), text.into()];
            let deleted = self.run(transaction, &sql, values).await?;
            changed += if counts { deleted } else { 0 };
        }
        Ok(changed)
    }

    /// Runs a statement whose first value is the tenant.
    async fn run<const N: usize>(
        &self,
        transaction: &Transaction,
        sql: &str,
        values: [sea_orm::Value; N],
    ) -> Result<u64, StoreError> {
        let TenantId(tenant) = self.scope.tenant;
        let values = [tenant.into()].into_iter().chain(values);
        let statement = self.scope.store.backend().statement(sql, values);
        execute(transaction, statement).await
    }
}

/// Assignments that take columns of `own` from others; none becomes negative.
fn subtraction(table: &str, columns: &[&str], own: &[&str]) -> String {
    let changes = columns.iter().zip(own).map(|(column, own)| {
        let (sum, own) = (format!("{table}.{column}"), format!("own.{own}"));
        format!("{column} = CASE WHEN {sum} > {own} THEN {sum} - {own} ELSE 0 END")
    });
    changes.collect::<Vec<_>>().join(", ")
}
