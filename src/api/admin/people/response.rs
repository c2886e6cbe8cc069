//! Responses about people.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::Person;

use crate::api::{account::response::AccountRole, admin::next_id, views::Timestamp};

/// Somebody with an account of the marketplace.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Person", skip_serializing_if_is_none)]
pub struct PersonView {
    /// Account id.
    pub id: i64,
    /// Mail address.
    pub mail: String,
    /// Display name; may be empty.
    pub name: String,
    /// Language of mails, ISO 639-1.
    pub language: String,
    /// Roles.
    pub roles: Vec<AccountRole>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time at which the mail address was confirmed; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Time at which the account was disabled; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
}

/// A page of people.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct People {
    /// People, by rising id.
    pub people: Vec<PersonView>,
    /// Give it as `after` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

impl People {
    /// A page of at most `limit`.
    pub fn new(people: Vec<Person>, limit: u32) -> Self {
        let people: Vec<_> = people.into_iter().map(PersonView::from).collect();
        Self {
            next_after: next_id(&people, limit, |person| person.id),
            people,
        }
    }
}

impl From<Person> for PersonView {
    fn from(person: Person) -> Self {
        let account = person.account;
        Self {
            id: account.id.0,
            mail: account.mail,
            name: account.name,
            language: account.language,
            roles: person.memberships.iter().map(AccountRole::from).collect(),
            created_at: Timestamp::from_ms(account.created_at_ms),
            verified_at: account.verified_at_ms.map(Timestamp::from_ms),
            disabled_at: account.disabled_at_ms.map(Timestamp::from_ms),
        }
    }
}
