//! Finds what a batch means: products by seller and external id.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::{InvalidField, KeptParts};

use super::{MissingReferences, item::Item, resolve::ids_by_slug};
use crate::{Entity, Scope, StoreError};

/// Stored product that an item updates.
#[derive(FromQueryResult, Clone)]
pub(super) struct Existing {
    pub(super) id: i64,
    pub(super) external_id: String,
    pub(super) slug: String,
    pub(super) seller_id: i64,
    pub(super) currency: String,
    /// Number of its open offers; none while its own seller alone offers it.
    pub(super) offer_count: Option<i64>,
    /// Parts of it that stay as they are stored.
    #[sea_orm(skip)]
    pub(super) kept: KeptParts,
}

/// Seller of an item, as far as the item names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose<'a> {
    /// The seller that has a product of this external id, or the tenant's first.
    Anyones,
    /// A seller that is there.
    Known(i64),
    /// A seller that is to be made, by its slug.
    New(&'a str),
}

/// Sellers that the items of a batch name.
pub(super) struct NamedSellers {
    /// By slug.
    ids: HashMap<String, i64>,
    /// Slugs of those that are not there yet.
    missing: BTreeSet<String>,
}

impl NamedSellers {
    pub(super) async fn of(
        scope: &Scope,
        transaction: &impl ConnectionTrait,
        items: &[Result<Item, InvalidField>],
    ) -> Result<Self, StoreError> {
        let slugs = items.iter().flatten().filter_map(Item::seller);
        let mut sellers = Self {
            ids: HashMap::new(),
            missing: slugs.map(str::to_owned).collect(),
        };
        sellers.learn(scope, transaction).await?;
        Ok(sellers)
    }

    /// Looks again for those that were not there.
    pub(super) async fn learn(
        &mut self,
        scope: &Scope,
        transaction: &impl ConnectionTrait,
    ) -> Result<(), StoreError> {
        let slugs = self.missing.iter().map(String::as_str).collect();
        let reject = MissingReferences::Reject;
        let found = ids_by_slug(scope, transaction, Entity::Seller, slugs, reject).await?;
        self.missing.retain(|slug| !found.contains_key(slug));
        self.ids.extend(found);
        Ok(())
    }

    pub(super) fn whose<'i>(&self, item: &'i Item) -> Whose<'i> {
        match item.seller() {
            None => Whose::Anyones,
            Some(slug) => match self.ids.get(slug) {
                Some(id) => Whose::Known(*id),
                None => Whose::New(slug),
            },
        }
    }
}

impl Whose<'_> {
    /// Reports whether two items of one external id may mean the same product.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        self == other || *self == Self::Anyones || *other == Self::Anyones
    }

    /// Takes the product that is meant out of those of one external id.
    pub(super) fn pick(
        &self,
        stored: &mut Vec<Existing>,
    ) -> Result<Option<Existing>, InvalidField> {
        let place = match self {
            Self::New(_) => None,
            Self::Known(id) => stored.iter().position(|product| product.seller_id == *id),
            Self::Anyones if stored.len() > 1 => {
                return Err(InvalidField::new("external_id", AMBIGUOUS));
            }
            Self::Anyones => (!stored.is_empty()).then_some(0),
        };
        Ok(place.map(|place| stored.swap_remove(place)))
    }
}

/// Message about an external id that several sellers have.
pub(crate) const AMBIGUOUS: &str =
    "is an id of products of several sellers: `seller` must say which is meant";
