//! People of sellers on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::SellerId;
use souk_store::Person;

/// Somebody who works for a seller.
#[derive(Debug, Object, Serialize)]
pub struct SellerPerson {
    /// Account id.
    pub id: i64,
    /// Mail address.
    pub mail: String,
    /// Display name; may be empty.
    pub name: String,
    /// Roles within the seller.
    pub roles: Vec<String>,
}

/// People who work for a seller.
#[derive(Debug, Object, Serialize)]
pub struct SellerPeople {
    /// People, by rising id.
    pub people: Vec<SellerPerson>,
}

impl SellerPerson {
    /// Shows somebody with the roles within the seller alone.
    pub(in crate::api::seller) fn new(person: &Person, seller: SellerId) -> Self {
        let own = person.memberships.iter();
        let own = own.filter(|membership| membership.seller == Some(seller));
        Self {
            id: person.account.id.0,
            mail: person.account.mail.clone(),
            name: person.account.name.clone(),
            roles: own.map(|it| it.role.to_string()).collect(),
        }
    }
}
