//! Fandoms and sellers that are created where they are missing.

use std::collections::HashMap;

use souk_domain::Label;
use souk_store::{NamedEntities, NamedEntityInput, StoreError};

const PAGE: u32 = 1_000;

/// All of one kind, by slug.
pub(super) struct KnownReferences {
    references: NamedEntities,
    /// Names by slug.
    names: HashMap<String, String>,
    /// Present slugs by former ones that were looked up.
    former: HashMap<String, String>,
}

impl KnownReferences {
    /// Reads what there is.
    pub(super) async fn of(references: NamedEntities) -> Result<Self, StoreError> {
        let mut names = HashMap::new();
        let mut after = None;
        loop {
            let page = references.list(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(Self {
                    references,
                    names,
                    former: HashMap::new(),
                });
            };
            after = Some(last.id);
            names.extend(page.into_iter().map(|record| (record.slug, record.name)));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Creates the one with this slug, unless it is there. Returns its slug: a former one leads to the present one.
    pub(super) async fn ensure(
        &mut self,
        slug: &str,
        name: &str,
        description: &str,
    ) -> Result<String, StoreError> {
        if self.names.contains_key(slug) {
            return Ok(slug.to_owned());
        }
        if let Some(renamed) = self.former.get(slug) {
            return Ok(renamed.clone());
        }
        if let Some(renamed) = self.references.by_former_slug(slug).await? {
            self.former.insert(slug.to_owned(), renamed.slug.clone());
            self.names.insert(renamed.slug.clone(), renamed.name);
            return Ok(renamed.slug);
        }
        let input = NamedEntityInput {
            closed: None,
            slug: Some(slug.to_owned()),
            name: name.to_owned(),
            description: description.to_owned(),
        };
        match self.references.create(input).await {
            // Someone else was faster.
            Ok(_) | Err(StoreError::Conflict { field: "slug", .. }) => {}
            Err(error) => return Err(error),
        }
        self.names.insert(slug.to_owned(), name.to_owned());
        Ok(slug.to_owned())
    }

    /// Finds or creates the one of this name, and returns its slug. Two whose names make one slug stay two.
    pub(super) async fn ensure_named(
        &mut self,
        label: &Label,
        by_slug: bool,
    ) -> Result<String, StoreError> {
        let mut slug = label.slug.clone();
        let mut number = 2;
        while !by_slug
            && self
                .names
                .get(&slug)
                .is_some_and(|name| name.to_lowercase() != label.name.to_lowercase())
        {
            let base: String = label.slug.chars().take(110).collect();
            slug = format!("{}-{number}", base.trim_end_matches('-'));
            number += 1;
        }
        self.ensure(&slug, &label.name, "").await
    }
}
