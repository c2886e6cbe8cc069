//! Assigns a unique slug to each product of a batch.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::{ProductId, slugify};

use crate::{
    Backend, Scope, StoreError,
    backend::{all, json},
};

const MAX_CHARS: usize = 120;
const MAX_SUFFIX_CHARS: usize = 60;

/// Slug that a product requests.
pub(super) enum SlugRequest {
    /// Exactly this slug.
    Exact(String),
    /// Slug derived from the title and, if that is taken, the external id.
    Generated { plain: String, distinct: String },
}

/// Owners of the slugs looked up so far.
pub(super) struct Slugs {
    owners: HashMap<String, Owner>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Stored(i64),
    /// A product of this batch.
    Claimed,
}

#[derive(FromQueryResult)]
struct OwnerRow {
    id: i64,
    slug: String,
}

impl SlugRequest {
    pub(super) fn generated(title: &str, external_id: &str) -> Self {
        let suffix = cut(slugify(external_id), MAX_SUFFIX_CHARS);
        let plain = match slugify(title) {
            slug if !slug.is_empty() => slug,
            _ if !suffix.is_empty() => suffix.clone(),
            _ => "product".to_owned(),
        };
        let distinct = match suffix.as_str() {
            "" => plain.clone(),
            suffix => with_suffix(&plain, suffix),
        };
        Self::Generated { plain, distinct }
    }

    /// Returns true if exactly this slug is requested.
    pub(super) fn is(&self, slug: &str) -> bool {
        matches!(self, Self::Exact(wished) if wished == slug)
    }

    /// Slugs tried first; numbered ones follow if all are taken.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &String> {
        match self {
            Self::Exact(slug) => vec![slug].into_iter(),
            Self::Generated { plain, distinct } => vec![plain, distinct].into_iter(),
        }
    }
}

impl Slugs {
    /// Loads the owners of the requested slugs.
    pub(super) async fn of(
        scope: &Scope,
        transaction: &impl ConnectionTrait,
        requests: impl Iterator<Item = &SlugRequest>,
    ) -> Result<Self, StoreError> {
        let candidates: Vec<&String> = requests.flat_map(SlugRequest::candidates).collect();
        let mut slugs = Self {
            owners: HashMap::new(),
        };
        slugs.load(scope, transaction, &candidates).await?;
        Ok(slugs)
    }

    /// Fulfils a request, or says that the slug is taken.
    pub(super) async fn claim(
        &mut self,
        scope: &Scope,
        transaction: &impl ConnectionTrait,
        product: Option<i64>,
        request: SlugRequest,
    ) -> Result<Option<String>, StoreError> {
        let (plain, distinct) = match request {
            SlugRequest::Exact(slug) => return Ok(self.claim_exactly(product, slug)),
            SlugRequest::Generated { plain, distinct } => (plain, distinct),
        };
        for slug in [plain, distinct.clone()] {
            if let Some(slug) = self.claim_exactly(product, slug) {
                return Ok(Some(slug));
            }
        }
        for number in 2_u32.. {
            let slug = with_suffix(&distinct, &number.to_string());
            self.load(scope, transaction, &[&slug]).await?;
            if let Some(slug) = self.claim_exactly(product, slug) {
                return Ok(Some(slug));
            }
        }
        Ok(None)
    }

    fn claim_exactly(&mut self, product: Option<i64>, slug: String) -> Option<String> {
        let owner = self.owners.get(&slug);
        let free = owner.is_none() || owner.copied() == product.map(Owner::Stored);
        free.then(|| {
            self.owners.insert(slug.clone(), Owner::Claimed);
            slug
        })
    }

    async fn load(
        &mut self,
        scope: &Scope,
        transaction: &impl ConnectionTrait,
        slugs: &[&String],
    ) -> Result<(), StoreError> {
        if slugs.is_empty() {
            return Ok(());
        }
        let backend = scope.store.backend();
        let statement =
            backend.statement(owners_sql(backend), [scope.tenant.0.into(), json(&slugs)?]);
        for row in all::<OwnerRow>(transaction, statement).await? {
            // What this batch has claimed stays claimed.
            self.owners.entry(row.slug).or_insert(Owner::Stored(row.id));
        }
        Ok(())
    }
}

/// Returns the ids of the products that have some slugs.
pub(super) async fn ids_of(
    scope: &Scope,
    slugs: &[String],
) -> Result<HashMap<String, ProductId>, StoreError> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = scope.store.backend();
    let statement = backend.statement(owners_sql(backend), [scope.tenant.0.into(), json(&slugs)?]);
    let rows = all::<OwnerRow>(scope.store.connection(), statement).await?;
    let ids = rows.into_iter().map(|row| (row.slug, ProductId(row.id)));
    Ok(ids.collect())
}

/// Selects the products with the slugs `$2` of tenant `$1`.
pub(crate) fn owners_sql(backend: Backend) -> String {
    format!(
        "SELECT id, slug FROM products WHERE tenant_id = $1 AND {}",
        backend.among_texts("slug", "$2")
    )
}

fn with_suffix(slug: &str, suffix: &str) -> String {
    let head = cut(slug.to_owned(), MAX_CHARS - 1 - suffix.len());
    format!("{head}-{suffix}")
}

/// Truncates a slug, which is ASCII, to `most` characters.
fn cut(mut slug: String, most: usize) -> String {
    slug.truncate(most);
    let end = slug.trim_end_matches('-').len();
    slug.truncate(end);
    slug
}

#[cfg(test)]
mod tests {
    use souk_domain::parse_slug;

    use super::*;

    #[test]
    fn slug_of_long_parts_is_valid() {
        let long = "ab ".repeat(100);
        for (title, external_id) in [
            ("A mug", "mug-1"),
            (&long, &long),
            ("???", "!!!"),
            ("", "mug"),
        ] {
            for slug in SlugRequest::generated(title, external_id).candidates() {
                assert!(parse_slug(slug).is_ok(), "{slug}");
            }
        }
    }
}
