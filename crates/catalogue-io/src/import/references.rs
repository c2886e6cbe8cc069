//! Categories, fandoms and sellers of products, looked up once and created where missing.

use std::collections::{HashMap, HashSet};

use souk_domain::slugify;
use souk_store::{CategoryInput, Entity, Scope, StoreError, Tenant};

use super::imported::CategoryStep;
use super::keep::Kept;
use super::read::names::name_of_slug;
use crate::references::KnownReferences;

/// Categories, fandoms and sellers of a tenant.
pub(super) struct ReferenceBook {
    scope: Scope,
    categories: HashSet<String>,
    /// Categories by their parent and their name in lower case.
    children: HashMap<(Option<String>, String), String>,
    /// Paths that were looked up already.
    paths: HashMap<Vec<CategoryStep>, String>,
    fandoms: KnownReferences,
    sellers: KnownReferences,
}

impl ReferenceBook {
    /// Reads what there is. A tenant without sellers gets one of its own name, for products that name none.
    pub(super) async fn open(scope: Scope, tenant: &Tenant) -> Result<Self, StoreError> {
        let mut book = Self {
            categories: HashSet::new(),
            children: HashMap::new(),
            paths: HashMap::new(),
            fandoms: KnownReferences::of(scope.fandoms()).await?,
            sellers: KnownReferences::of(scope.sellers()).await?,
            scope,
        };
        for category in book.scope.categories().list().await? {
            book.learn(category.slug, &category.name, category.parent);
        }
        if book.sellers.is_empty() {
            book.sellers.ensure(&tenant.slug, &tenant.name, "").await?;
        }
        Ok(book)
    }

    /// Puts the slugs of what it refers to into a product.
    pub(super) async fn settle(&mut self, kept: &mut Kept) -> Result<(), StoreError> {
        if !kept.category.is_empty() {
            kept.product.category = Some(self.category(&kept.category).await?);
        }
        if let Some(fandom) = &kept.fandom {
            let slug = self
                .fandoms
                .ensure_named(&fandom.label, fandom.by_slug)
                .await?;
            kept.product.fandom = Some(slug);
        }
        let mut further = Vec::with_capacity(kept.further_categories.len());
        for path in &kept.further_categories {
            further.push(self.category(path).await?);
        }
        kept.product.further_categories = further;
        let mut further = Vec::with_capacity(kept.further_fandoms.len());
        for fandom in &kept.further_fandoms {
            let slug = self.fandoms.ensure_named(&fandom.label, fandom.by_slug);
            further.push(slug.await?);
        }
        kept.product.further_fandoms = further;
        if let Some(seller) = &kept.seller {
            let slug = self
                .sellers
                .ensure_named(&seller.label, seller.by_slug)
                .await?;
            kept.product.seller = Some(slug);
        }
        let labels = std::mem::take(&mut kept.further_sellers);
        let variants = kept.product.variants.iter_mut();
        for offer in variants.flat_map(|variant| variant.offers.iter_mut().flatten()) {
            let label = labels.iter().find(|label| label.slug == offer.seller);
            let name =
                label.map_or_else(|| name_of_slug(&offer.seller), |label| label.name.clone());
            offer.seller = self.sellers.ensure(&offer.seller, &name, "").await?;
        }
        Ok(())
    }

    async fn category(&mut self, path: &[CategoryStep]) -> Result<String, StoreError> {
        if let Some(known) = self.paths.get(path) {
            return Ok(known.clone());
        }
        let mut parent: Option<String> = None;
        for step in path {
            parent = Some(self.step(parent, step).await?);
        }
        let slug = parent.unwrap_or_default();
        self.paths.insert(path.to_vec(), slug.clone());
        Ok(slug)
    }

    /// Step to a category: by its slug, else by its name under the one before.
    async fn step(
        &mut self,
        parent: Option<String>,
        step: &CategoryStep,
    ) -> Result<String, StoreError> {
        if let Some(slug) = step
            .slug
            .as_ref()
            .filter(|slug| self.categories.contains(*slug))
        {
            return Ok(slug.clone());
        }
        if let Some(slug) = &step.slug {
            let former = self.scope.former_slugs();
            if let Some(moved) = former.find(Entity::Category, slug).await? {
                return Ok(moved.current);
            }
        }
        if step.slug.is_none()
            && let Some(known) = self
                .children
                .get(&(parent.clone(), step.name.to_lowercase()))
        {
            return Ok(known.clone());
        }
        let slug = match &step.slug {
            Some(slug) => slug.clone(),
            None => self.free_slug(parent.as_deref(), &step.name),
        };
        let input = CategoryInput {
            closed: None,
            slug: Some(slug.clone()),
            name: step.name.clone(),
            parent: parent.clone(),
            position: 0,
        };
        match self.scope.categories().create(input).await {
            // Someone else was faster.
            Ok(_) | Err(StoreError::Conflict { field: "slug", .. }) => {}
            Err(error) => return Err(error),
        }
        self.learn(slug.clone(), &step.name, parent);
        Ok(slug)
    }

    /// A slug for a new category: that of its name, or with its parent's before it, or numbered.
    fn free_slug(&self, parent: Option<&str>, name: &str) -> String {
        let own = slugify(name);
        let below = parent.map(|parent| slugify(&format!("{parent}-{own}")));
        let numbered =
            (2..).map(|number| slugify(&format!("{}-{number}", &own[..own.len().min(100)])));
        [own.clone()]
            .into_iter()
            .chain(below)
            .chain(numbered)
            .find(|slug| !self.categories.contains(slug))
            .unwrap_or(own)
    }

    fn learn(&mut self, slug: String, name: &str, parent: Option<String>) {
        self.children
            .insert((parent, name.to_lowercase()), slug.clone());
        self.categories.insert(slug);
    }
}
