//! Fandoms and sellers that are created where they are missing.

use std::collections::HashSet;

use souk_store::{NamedEntities, NamedEntityInput, StoreError};

const PAGE: u32 = 1_000;

/// All of one kind, by slug.
pub(super) struct KnownReferences {
    references: NamedEntities,
    slugs: HashSet<String>,
}

impl KnownReferences {
    /// Reads what there is.
    pub(super) async fn of(references: NamedEntities) -> Result<Self, StoreError> {
        let mut slugs = HashSet::new();
        let mut after = None;
        loop {
            let page = references.list(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(Self { references, slugs });
            };
            after = Some(last.id);
            slugs.extend(page.into_iter().map(|record| record.slug));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slugs.is_empty()
    }

    /// Creates the one with this slug, unless it is there.
    pub(super) async fn ensure(
        &mut self,
        slug: &str,
        name: &str,
        description: &str,
    ) -> Result<(), StoreError> {
        if self.slugs.contains(slug) {
            return Ok(());
        }
        let input = NamedEntityInput {
            slug: Some(slug.to_owned()),
            name: name.to_owned(),
            description: description.to_owned(),
        };
        match self.references.create(input).await {
            // Someone else was faster.
            Ok(_) | Err(StoreError::Conflict { field: "slug", .. }) => {}
            Err(error) => return Err(error),
        }
        self.slugs.insert(slug.to_owned());
        Ok(())
    }
}
