//! The catalogue page by page, with each category's way from the root.

use std::collections::HashMap;
use std::io;

use souk_domain::{Label, ProductStatus};
use souk_store::{CategoryRecord, ProductListing, ProductRecord, Scope, StoreError};

const PAGE: u32 = 500;

/// Ways of categories from the root.
pub(super) struct CategoryPaths(HashMap<String, Vec<Label>>);

impl CategoryPaths {
    fn of(categories: &[CategoryRecord]) -> Self {
        let by_slug: HashMap<&str, _> = categories
            .iter()
            .map(|category| (category.slug.as_str(), category))
            .collect();
        let path = |slug: &str| {
            let mut path = Vec::new();
            let mut next = by_slug.get(slug);
            while let Some(category) = next {
                path.push(Label::new(&category.slug, &category.name));
                next = category
                    .parent
                    .as_deref()
                    .and_then(|parent| by_slug.get(parent));
            }
            path.reverse();
            path
        };
        Self(
            by_slug
                .keys()
                .map(|slug| ((*slug).to_owned(), path(slug)))
                .collect(),
        )
    }

    /// From the root to the product's own category; empty if it has none.
    pub(super) fn of_product(&self, product: &ProductRecord) -> &[Label] {
        let category = product.category.as_ref();
        category
            .map(|category| self.of_slug(&category.slug))
            .unwrap_or_default()
    }

    /// From the root to the category of this slug.
    pub(super) fn of_slug(&self, slug: &str) -> &[Label] {
        self.0.get(slug).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Names of a category's way from the root, such as `A > B`.
pub(super) fn path_names(path: &[Label]) -> String {
    let names: Vec<&str> = path.iter().map(|step| step.name.as_str()).collect();
    names.join(" > ")
}

/// An end before the last page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The products cannot be read.
    #[error("cannot read the catalogue")]
    Read(#[from] StoreError),
    /// The products cannot be written.
    #[error("cannot write the products")]
    Write(#[from] io::Error),
}

/// Attributes that an export has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// All, for a form that Souk reads back.
    Own,
    /// All but internal ones.
    Public,
}

/// Hands over a tenant's products page by page, by their ids: no more of them are in memory at a time. With each page comes
/// the number of its products that lack internal attributes here.
pub(super) async fn each_page(
    scope: &Scope,
    status: Option<ProductStatus>,
    reach: Reach,
    mut take: impl FnMut(Vec<ProductRecord>, &CategoryPaths, u64) -> io::Result<()>,
) -> Result<(), PageError> {
    let paths = CategoryPaths::of(&scope.categories().list().await?);
    let mut listing = ProductListing {
        seller: None,
        status,
        limit: PAGE,
        ..ProductListing::default()
    };
    loop {
        let mut page = scope.products().list(&listing).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        listing.after_id = Some(last.id);
        let mut stripped = 0;
        if reach == Reach::Public {
            // After the products, so that what was made internal before one of them was written is known.
            let definitions = scope.attributes().all().await?;
            for record in &mut page {
                let is_public = |name: &str| !definitions.is_internal(name);
                stripped += u64::from(record.retain_attributes(is_public));
            }
        }
        take(page, &paths, stripped)?;
    }
}
