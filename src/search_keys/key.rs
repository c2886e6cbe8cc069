//! A search key whose signature is right.

use std::sync::Arc;

use souk_domain::{Filters, TenantId};
use souk_identity::{OfferedSearchKey, Permission};
use souk_store::ApiKey;

use super::{fault::SearchKeyFault, restrictions::Restrictions};

/// A search key that was signed with an API key in force.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchKey {
    /// Tenant of the API key.
    pub tenant: TenantId,
    /// Id of the API key.
    pub parent: String,
    /// Filters that everything has to pass.
    pub enforced: Option<Arc<Filters>>,
    restrictions: Restrictions,
}

// Its numbers are finite.
impl Eq for SearchKey {}

impl SearchKey {
    /// Reads a key that claims to be derived from an API key, after its signature is found right.
    ///
    /// # Errors
    /// See [`SearchKeyFault`].
    pub fn of(
        offered: &OfferedSearchKey,
        parent: Option<&ApiKey>,
        now_ms: i64,
    ) -> Result<Self, SearchKeyFault> {
        let parent = parent.filter(|parent| parent.is_in_force(now_ms));
        let parent = parent.ok_or(SearchKeyFault::ParentEnded)?;
        if !offered.is_signed_by(&parent.hash) {
            return Err(SearchKeyFault::WrongSignature);
        }
        if !parent.permissions.has(Permission::SearchKeysMake) {
            return Err(SearchKeyFault::ParentLacksPermission);
        }
        let restrictions =
            Restrictions::read(offered.restrictions()).map_err(SearchKeyFault::Restrictions)?;
        let is_over = |end: i64| end.saturating_mul(1_000) <= now_ms;
        if restrictions.expires.is_some_and(is_over) {
            return Err(SearchKeyFault::Expired);
        }
        let filters = restrictions.filters.as_ref();
        let filters = filters.map(|filters| filters.read()).transpose();
        let filters = filters.map_err(SearchKeyFault::Restrictions)?.flatten();
        Ok(Self {
            tenant: parent.tenant,
            parent: parent.id.clone(),
            enforced: filters.map(Arc::new),
            restrictions,
        })
    }

    /// Checks the origin of the page that sends it, if it is for pages of some origins.
    ///
    /// # Errors
    /// If it is for others, or nobody says where the page is from.
    pub fn check_origin(&self, origin: Option<&str>) -> Result<(), SearchKeyFault> {
        let Some(origins) = &self.restrictions.origins else {
            return Ok(());
        };
        let is_named = |own: &String| origin.is_some_and(|origin| own.eq_ignore_ascii_case(origin));
        match origins.iter().any(is_named) {
            true => Ok(()),
            false => Err(SearchKeyFault::ForeignOrigin),
        }
    }

    /// Returns the most requests a minute, if there is a quota, and by whom they are counted: the user that is named, else the
    /// network.
    pub fn quota<'a>(&'a self, network: &'a str) -> Option<(u32, String)> {
        let per_minute = self.restrictions.per_minute?;
        let user = self.restrictions.user.as_deref();
        let counted = match user {
            Some(user) => format!("{} user {user}", self.parent),
            None => format!("{} network {network}", self.parent),
        };
        Some((per_minute, counted))
    }
}
