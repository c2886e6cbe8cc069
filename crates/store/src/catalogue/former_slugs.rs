//! Former slugs of products, categories, fandoms and sellers. Triggers keep them, see `migrations/src/m0023_identity`.

use std::collections::BTreeSet;

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    Backend, Entity, Scope, StoreError,
    backend::{Kind, all, json},
};

/// Slug that an entity had, with the one that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedSlug {
    /// Kind of entity.
    pub entity: Entity,
    /// Slug that was looked up.
    pub former: String,
    /// The entity's id.
    pub id: i64,
    /// Slug that it has now.
    pub current: String,
}

/// Former slugs of a tenant.
#[derive(Debug, Clone)]
pub struct FormerSlugs {
    scope: Scope,
}

#[derive(Serialize)]
struct SoughtRow<'a> {
    entity: &'static str,
    slug: &'a str,
}

#[derive(FromQueryResult)]
struct MovedRow {
    entity: String,
    former: String,
    id: i64,
    current: Option<String>,
}

/// Finds what had some slugs, under its present one: `$1` tenant, `$2` kinds and slugs. A slug that something has is
/// never a former one. The cross join keeps SQLite from reading all former slugs of the tenant.
pub(crate) fn moved_sql(backend: Backend) -> String {
    let columns = [("entity", Kind::Text), ("slug", Kind::Text)];
    let kinds = [
        Entity::Product,
        Entity::Category,
        Entity::Fandom,
        Entity::Seller,
    ];
    let current = kinds.map(|entity| {
        let table = entity.table();
        format!(
            "WHEN '{entity}' THEN (SELECT t.slug FROM {table} t WHERE t.tenant_id = found.tenant_id AND t.id = found.entity_id)"
        )
    });
    format!(
        "WITH found AS MATERIALIZED (
             SELECT f.tenant_id, f.entity, f.slug, f.entity_id
             FROM {} CROSS JOIN former_slugs f
             WHERE f.tenant_id = $1 AND f.entity = r.entity AND f.slug = r.slug
         )
         SELECT entity, slug AS former, entity_id AS id, CASE entity {} END AS current
         FROM found ORDER BY entity, slug",
        backend.record_set("$2", &columns),
        current.join(" ")
    )
}

impl Scope {
    /// Former slugs of the tenant.
    pub fn former_slugs(&self) -> FormerSlugs {
        FormerSlugs {
            scope: self.clone(),
        }
    }
}

impl FormerSlugs {
    /// Returns what had these slugs and has others now; slugs that nothing gave up are left out.
    ///
    /// # Errors
    /// If the database fails.
    #[tracing::instrument(name = "look_up_former_slugs", skip_all)]
    pub async fn moved(
        &self,
        slugs: &BTreeSet<(Entity, &str)>,
    ) -> Result<Vec<MovedSlug>, StoreError> {
        if slugs.is_empty() {
            return Ok(Vec::new());
        }
        let sought: Vec<SoughtRow> = slugs
            .iter()
            .map(|(entity, slug)| SoughtRow {
                entity: entity.as_str(),
                slug,
            })
            .collect();
        let backend = self.scope.store.backend();
        let values = [self.scope.tenant.0.into(), json(&sought)?];
        let statement = backend.statement(moved_sql(backend), values);
        let rows: Vec<MovedRow> = all(self.scope.store.connection(), statement).await?;
        let moved = rows.into_iter().filter_map(|row| {
            Some(MovedSlug {
                entity: row.entity.parse().ok()?,
                former: row.former,
                id: row.id,
                current: row.current?,
            })
        });
        Ok(moved.collect())
    }

    /// Returns what had this slug and has another now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find(&self, entity: Entity, slug: &str) -> Result<Option<MovedSlug>, StoreError> {
        Ok(self.moved(&[(entity, slug)].into()).await?.pop())
    }
}
