//! Vectors of each tenant's products, in memory. The database keeps them.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use souk_domain::{ProductId, TenantId};
use souk_embeddings::{Vector, VectorRows};

/// Vectors of all tenants.
#[derive(Default)]
pub(crate) struct Vectors {
    tenants: RwLock<HashMap<TenantId, Arc<RwLock<TenantVectors>>>>,
}

impl Vectors {
    /// Returns the vectors of a tenant, if it has any.
    pub(crate) fn of(&self, tenant: TenantId) -> Option<Arc<RwLock<TenantVectors>>> {
        self.tenants.read().get(&tenant).cloned()
    }

    /// Replaces or removes vectors of a tenant's products. Those of another model are forgotten.
    pub(crate) fn write(
        &self,
        tenant: TenantId,
        model: &str,
        vectors: Vec<(ProductId, Option<Vector>)>,
    ) {
        let of_tenant = Arc::clone(self.tenants.write().entry(tenant).or_default());
        let mut of_tenant = of_tenant.write();
        if of_tenant.model != model {
            *of_tenant = TenantVectors::default();
            model.clone_into(&mut of_tenant.model);
        }
        for (product, vector) in vectors {
            of_tenant.put(product.0, vector.as_ref());
        }
    }

    /// Forgets a tenant.
    pub(crate) fn remove(&self, tenant: TenantId) {
        self.tenants.write().remove(&tenant);
    }
}

/// Vectors of a tenant's products.
#[derive(Default)]
pub(crate) struct TenantVectors {
    model: String,
    rows: VectorRows,
    /// Product of each row.
    products: Vec<i64>,
    places: FxHashMap<i64, usize>,
}

impl TenantVectors {
    /// Returns the row of a product.
    pub(crate) fn row_of(&self, product: i64) -> Option<usize> {
        self.places.get(&product).copied()
    }

    pub(crate) fn rows(&self) -> &VectorRows {
        &self.rows
    }

    fn put(&mut self, product: i64, vector: Option<&Vector>) {
        match (self.row_of(product), vector) {
            (Some(row), Some(vector)) => {
                self.rows.replace(row, vector);
            }
            (Some(row), None) => {
                self.rows.swap_remove(row);
                self.products.swap_remove(row);
                self.places.remove(&product);
                if let Some(moved) = self.products.get(row) {
                    self.places.insert(*moved, row);
                }
            }
            (None, Some(vector)) => {
                if self.rows.push(vector) {
                    self.places.insert(product, self.products.len());
                    self.products.push(product);
                }
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId(1);

    fn vector(x: i8, y: i8) -> Option<Vector> {
        Vector::from_bytes(&[x as u8, y as u8])
    }

    fn held(vectors: &Vectors) -> Vec<(i64, f32)> {
        let of_tenant = vectors.of(TENANT).unwrap();
        let of_tenant = of_tenant.read();
        let mut held = Vec::new();
        of_tenant
            .rows()
            .for_each_similarity(&vector(1, 0).unwrap(), |row, similarity| {
                let product = of_tenant.products[row];
                assert_eq!(of_tenant.row_of(product), Some(row));
                held.push((product, similarity));
            });
        held.sort_by_key(|(product, _)| *product);
        held
    }

    #[test]
    fn vectors_are_replaced_removed_and_forgotten() {
        let vectors = Vectors::default();
        let written = [(1, vector(1, 0)), (2, vector(0, 1)), (3, vector(-1, 0))];
        let written = written.map(|(id, vector)| (ProductId(id), vector));
        vectors.write(TENANT, "one", written.to_vec());
        assert_eq!(held(&vectors), [(1, 1.0), (2, 0.0), (3, -1.0)]);
        let changes = vec![(ProductId(1), None), (ProductId(2), vector(5, 0))];
        vectors.write(TENANT, "one", changes);
        assert_eq!(held(&vectors), [(2, 1.0), (3, -1.0)]);
        vectors.write(TENANT, "two", vec![(ProductId(3), vector(7, 0))]);
        assert_eq!(held(&vectors), [(3, 1.0)]);
        vectors.remove(TENANT);
        assert!(vectors.of(TENANT).is_none());
    }
}
