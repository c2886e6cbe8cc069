//! Principals: who sends a request.

use std::{fmt, sync::Arc};

use poem::Request;
use souk_domain::TenantId;
use souk_identity::{Authority, Permission, Permissions};
use souk_store::ApiKey;

use super::person::SignedInPerson;
use crate::{error::ApiError, search_keys::SearchKey};

/// Sender of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Anybody.
    Anonymous,
    /// Holder of the installation's admin key.
    AdminKey,
    /// Program with an API key of a tenant.
    ApiKey(Arc<ApiKey>),
    /// Person with an account of a tenant.
    Person(SignedInPerson),
    /// Shopper with a search key of a tenant.
    SearchKey(Arc<SearchKey>),
}

/// Credentials of a request, as they were checked once at the door.
#[derive(Debug, Clone)]
pub(super) enum Checked {
    /// None, or good ones.
    Known(Principal),
    /// Wrong, expired or revoked ones.
    Refused,
    /// As [`Checked::Refused`], from a network that tries too often: seconds until it may try again.
    RefusedTooOften(u32),
    /// Ones that have a reason of their own to be refused, such as that they cannot be checked at the moment.
    Unusable(Arc<ApiError>),
}

impl Principal {
    /// Returns the sender of a request; anybody if it was not told at the door, or has wrong credentials.
    pub(crate) fn of(request: &Request) -> &Self {
        match request.data::<Checked>() {
            Some(Checked::Known(principal)) => principal,
            _ => &Self::Anonymous,
        }
    }

    /// Returns why the credentials of a request are refused, where they have a reason of their own.
    pub(crate) fn refusal(request: &Request) -> Option<ApiError> {
        match request.data::<Checked>() {
            Some(Checked::Unusable(error)) => Some(ApiError::Shared(Arc::clone(error))),
            Some(Checked::RefusedTooOften(seconds)) => Some(ApiError::LimitExceeded(*seconds)),
            _ => None,
        }
    }

    /// Makes it the sender of a request.
    pub(crate) fn set(self, request: &mut Request) {
        request.set_data(Checked::Known(self));
    }

    /// Returns what the sender may do.
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::Anonymous | Self::SearchKey(_) => Permissions::NONE,
            Self::AdminKey => Permissions::ALL,
            Self::ApiKey(key) => key.permissions,
            Self::Person(person) => person.permissions(),
        }
    }

    /// Returns which roles the sender may give and take.
    pub fn authority(&self) -> Authority {
        match self {
            Self::AdminKey => Authority::FULL,
            Self::Anonymous | Self::ApiKey(_) | Self::SearchKey(_) => {
                Authority::of_program(self.permissions())
            }
            Self::Person(person) => Authority::of_person(person.permissions(), person.roles()),
        }
    }

    /// True if the sender may do such a thing.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions().has(permission)
    }

    /// True if the sender may do such a thing once a second factor is proven.
    pub fn lacks_factor_for(&self, permission: Permission) -> bool {
        match self {
            Self::Person(person) => {
                person.lacks_factor && person.permissions_with_factor().has(permission)
            }
            Self::Anonymous | Self::AdminKey | Self::ApiKey(_) | Self::SearchKey(_) => false,
        }
    }

    /// Returns the only tenant that the sender reaches; `None` if it is not bound to one.
    pub fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Anonymous | Self::AdminKey => None,
            Self::ApiKey(key) => Some(key.tenant),
            Self::Person(person) => Some(person.tenant),
            Self::SearchKey(key) => Some(key.tenant),
        }
    }

    /// True if the sender may see that there is such a tenant.
    pub fn reaches(&self, tenant: TenantId) -> bool {
        self.tenant().is_none_or(|own| own == tenant)
    }

    /// True for programs and people of the marketplace, who are no shoppers.
    pub fn is_staff(&self) -> bool {
        self.permissions() != Permissions::NONE
    }
}

/// Name in the audit log.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::AdminKey => f.write_str("admin-key"),
            Self::ApiKey(key) => write!(f, "api-key:{}", key.id),
            Self::Person(person) => write!(f, "account:{}", person.live.account.id.0),
            Self::SearchKey(key) => write!(f, "search-key:{}", key.parent),
        }
    }
}
