//! Request bodies about people.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use souk_accounts::Invitee;
use souk_domain::{InvalidField, SellerId};
use souk_identity::Role;
use souk_store::Membership;

use crate::api::account::request::language_of;

/// Role of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename = "Role", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Buys.
    Customer,
    /// Tends a seller's stock and orders.
    SellerStaff,
    /// Changes a seller's goods as well.
    SellerManager,
    /// Manages a seller's people and payouts as well.
    SellerOwner,
    /// Reads reports.
    Analyst,
    /// Reads orders and accounts, and helps customers.
    Support,
    /// Changes the catalogue and steers search.
    Merchandiser,
    /// Does everything but appoint owners.
    Admin,
    /// Does everything.
    Owner,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Customer => Self::Customer,
            RoleName::SellerStaff => Self::SellerStaff,
            RoleName::SellerManager => Self::SellerManager,
            RoleName::SellerOwner => Self::SellerOwner,
            RoleName::Analyst => Self::Analyst,
            RoleName::Support => Self::Support,
            RoleName::Merchandiser => Self::Merchandiser,
            RoleName::Admin => Self::Admin,
            RoleName::Owner => Self::Owner,
        }
    }
}

/// Somebody to be invited.
#[derive(Object, Deserialize)]
pub struct InvitationBody {
    /// Mail address.
    #[oai(validator(max_length = 254))]
    pub mail: String,
    /// Display name.
    #[oai(default, validator(max_length = 200))]
    #[serde(default)]
    pub name: String,
    /// Language of mails, ISO 639-1; the marketplace's if not given.
    #[oai(nullable)]
    pub language: Option<String>,
    /// Role.
    pub role: RoleName,
    /// Id of the seller of a seller's role.
    #[oai(nullable, validator(minimum(value = "1")))]
    pub seller: Option<i64>,
}

/// A role to be given.
#[derive(Object, Deserialize)]
pub struct RoleBody {
    /// Role.
    pub role: RoleName,
    /// Id of the seller of a seller's role.
    #[oai(nullable, validator(minimum(value = "1")))]
    pub seller: Option<i64>,
}

impl InvitationBody {
    /// Returns whom to invite, in the language of the marketplace unless another is given.
    ///
    /// # Errors
    /// If the language is none.
    pub fn into_invitee(self, language: &str) -> Result<Invitee, InvalidField> {
        let chosen = language_of(self.language.as_deref())?;
        Ok(Invitee {
            mail: self.mail,
            name: self.name,
            language: chosen.unwrap_or_else(|| language.to_owned()),
            membership: membership(self.role, self.seller),
        })
    }
}

impl From<RoleBody> for Membership {
    fn from(body: RoleBody) -> Self {
        membership(body.role, body.seller)
    }
}

/// Returns a role, of a seller if one is given.
pub(super) fn membership(role: RoleName, seller: Option<i64>) -> Membership {
    Membership {
        role: role.into(),
        seller: seller.map(SellerId),
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ParseFromParameter, ToJSON};

    use super::*;

    #[test]
    fn roles_are_named_as_everywhere() {
        for role in Role::ALL {
            let name = RoleName::parse_from_parameter(role.name()).unwrap();
            assert_eq!(Role::from(name), role);
            assert_eq!(name.to_json_string(), format!("\"{role}\""));
        }
    }
}
