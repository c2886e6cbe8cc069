//! Slugs on the wire for ids of the domain, and other forms that terms share.

use std::collections::HashMap;

use souk_domain::{CategoryId, InvalidField, SellerId, ordering::Country};
use souk_store::{Scope, StoreError};

use crate::api::views::Timestamp;

/// Most sellers whose slugs are read.
const SELLERS: u32 = 100_000;

/// Slugs of sellers and categories.
pub(crate) struct Names {
    sellers: HashMap<String, i64>,
    categories: HashMap<String, i64>,
}

impl Names {
    /// Reads them.
    pub(crate) async fn read(scope: &Scope) -> Result<Self, StoreError> {
        let sellers = scope.sellers().list(None, SELLERS).await?;
        let categories = scope.categories().list().await?;
        Ok(Self {
            sellers: sellers.into_iter().map(|it| (it.slug, it.id)).collect(),
            categories: categories.into_iter().map(|it| (it.slug, it.id)).collect(),
        })
    }

    pub(super) fn seller(&self, field: &str, slug: &str) -> Result<SellerId, InvalidField> {
        let id = self.sellers.get(slug);
        id.map(|id| SellerId(*id)).ok_or_else(|| unknown(field))
    }

    pub(super) fn category(&self, field: &str, slug: &str) -> Result<CategoryId, InvalidField> {
        let id = self.categories.get(slug);
        id.map(|id| CategoryId(*id)).ok_or_else(|| unknown(field))
    }

    /// Slug of a seller; its id if it is gone.
    pub(super) fn seller_slug(&self, id: SellerId) -> String {
        slug(&self.sellers, id.0)
    }

    /// Slug of a category; its id if it is gone.
    pub(super) fn category_slug(&self, id: CategoryId) -> String {
        slug(&self.categories, id.0)
    }
}

fn unknown(field: &str) -> InvalidField {
    InvalidField::new(field.to_owned(), "is unknown")
}

fn slug(ids: &HashMap<String, i64>, id: i64) -> String {
    let found = ids.iter().find(|(_, known)| **known == id);
    found.map_or_else(|| id.to_string(), |(slug, _)| slug.clone())
}

/// Reads a moment.
pub(super) fn moment(field: &'static str, text: Option<&str>) -> Result<Option<i64>, InvalidField> {
    let read = text.map(Timestamp::parse).transpose();
    let read = read.map_err(|message| InvalidField::new(field, message))?;
    Ok(read.map(Timestamp::ms))
}

/// Reads a country.
pub(super) fn country(field: String, code: &str) -> Result<Country, InvalidField> {
    let country = code.parse::<Country>();
    country.map_err(|error| InvalidField::new(field, error.to_string()))
}
