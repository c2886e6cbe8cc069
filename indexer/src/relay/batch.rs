//! Claimed rows, sorted out: which products to look at again, and which rows that settles.

use std::collections::BTreeMap;

use souk_domain::{OutboxId, ProductId, TenantId};
use souk_store::{Entity, OutboxRow};

/// A product to look at again, and the rows that asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub tenant: TenantId,
    pub product: ProductId,
    /// Never empty.
    pub rows: Vec<OutboxId>,
    /// The most failures that any of its rows has seen.
    pub attempts: u32,
}

/// Splits a claim into products, each once, and rows of reference data that concern many products.
pub(crate) fn group_by_product(claimed: Vec<OutboxRow>) -> (Vec<Task>, Vec<OutboxRow>) {
    let mut tasks: BTreeMap<(TenantId, ProductId), Task> = BTreeMap::new();
    let mut references = Vec::new();
    for row in claimed {
        if row.entity != Entity::Product {
            references.push(row);
            continue;
        }
        let product = ProductId(row.entity_id);
        let task = tasks
            .entry((row.tenant_id, product))
            .or_insert_with(|| Task {
                tenant: row.tenant_id,
                product,
                rows: Vec::new(),
                attempts: 0,
            });
        task.rows.push(row.id);
        task.attempts = task.attempts.max(row.attempts);
    }
    (tasks.into_values().collect(), references)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, tenant: i64, entity: Entity, entity_id: i64, attempts: u32) -> OutboxRow {
        OutboxRow {
            id: OutboxId(id),
            tenant_id: TenantId(tenant),
            entity,
            entity_id,
            created_at_ms: 0,
            attempts,
            trace: None,
        }
    }

    #[test]
    fn rows_of_one_product_collapse_and_tenants_stay_apart() {
        let (tasks, references) = group_by_product(vec![
            row(1, 1, Entity::Product, 7, 0),
            row(2, 1, Entity::Category, 7, 0),
            row(3, 2, Entity::Product, 7, 0),
            row(4, 1, Entity::Product, 7, 2),
        ]);
        let rows: Vec<_> = tasks
            .iter()
            .map(|task| (task.tenant.0, task.rows.clone()))
            .collect();
        assert_eq!(
            rows,
            [(1, vec![OutboxId(1), OutboxId(4)]), (2, vec![OutboxId(3)])]
        );
        assert_eq!(tasks[0].attempts, 2);
        assert_eq!(references.len(), 1);
    }
}
