//! Category tree of a tenant, read whole because it is small.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use souk_domain::TenantId;

use crate::{SearchError, engines::sql::statement::Sql};

/// Category of a tenant.
#[derive(Debug, Clone)]
pub(crate) struct Category {
    pub(crate) parent: Option<i64>,
    pub(crate) slug: String,
    pub(crate) name: String,
}

/// All categories of a tenant by id.
#[derive(Debug, Default)]
pub(crate) struct CategoryTree {
    categories: BTreeMap<i64, Category>,
}

impl CategoryTree {
    pub(crate) async fn load<C: ConnectionTrait>(
        connection: &C,
        tenant: TenantId,
    ) -> Result<Self, SearchError> {
        let mut sql = Sql::for_database(connection);
        sql.push("SELECT id, parent_id, slug, name FROM categories WHERE tenant_id = ")
            .bind(tenant.0);
        let mut categories = BTreeMap::new();
        for row in sql.rows(connection).await? {
            let category = Category {
                parent: row.try_get_by_index(1)?,
                slug: row.try_get_by_index(2)?,
                name: row.try_get_by_index(3)?,
            };
            categories.insert(row.try_get_by_index(0)?, category);
        }
        Ok(Self { categories })
    }

    pub(crate) fn get(&self, id: i64) -> Option<&Category> {
        self.categories.get(&id)
    }

    pub(crate) fn by_slug(&self, slug: &str) -> Option<i64> {
        let mut categories = self.categories.iter();
        categories
            .find(|(_, category)| category.slug == slug)
            .map(|(id, _)| *id)
    }

    /// Returns a category and its ancestors, itself first.
    pub(crate) fn path(&self, id: i64) -> Vec<i64> {
        let mut path = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| !path.contains(id)) {
            let Some(category) = self.categories.get(&id) else {
                break;
            };
            path.push(id);
            next = category.parent;
        }
        path
    }

    /// Returns categories and all their descendants.
    pub(crate) fn with_descendants(&self, roots: &BTreeSet<i64>) -> Vec<i64> {
        if roots.is_empty() {
            return Vec::new();
        }
        let ids = self.categories.keys().copied();
        ids.filter(|id| self.path(*id).iter().any(|step| roots.contains(step)))
            .collect()
    }
}
