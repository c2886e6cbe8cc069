//! Responses about accounts and their sessions.

use poem_openapi::Object;
use serde::Serialize;
use souk_accounts::AccountExport;
use souk_domain::{ReviewId, SessionId};
use souk_store::{
    Account, Membership, OrderGroup, ProductWatch, ReviewRecord, SavedAddress, Session,
};

use super::{factor_views::FactorsView, watches::WatchView};
use crate::api::{
    reviews::OwnReview,
    selling::{PurchaseView, SavedAddressView},
    views::Timestamp,
};

/// An account, as its own person sees it.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Account")]
pub struct AccountView {
    /// Account id.
    pub id: i64,
    /// Mail address.
    pub mail: String,
    /// Display name; may be empty.
    pub name: String,
    /// Language of mails, ISO 639-1.
    pub language: String,
    /// Creation time.
    pub created_at: Timestamp,
}

/// A role of an account.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AccountRole {
    /// Name of the role.
    pub role: String,
    /// Id of the seller that it is limited to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<i64>,
}

/// Whoever is signed in.
#[derive(Debug, Object, Serialize)]
pub struct Me {
    /// Account.
    pub account: AccountView,
    /// Roles.
    pub roles: Vec<AccountRole>,
}

/// A session that has begun.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct BegunSession {
    /// Account.
    pub account: AccountView,
    /// End of the session, unless it ends before for want of use.
    pub expires_at: Timestamp,
    /// Token of the session, shown this once; absent if a cookie has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Token of the device, for the next sign-in; absent if a cookie has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

/// A session.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Session", skip_serializing_if_is_none)]
pub struct SessionView {
    /// Session id.
    pub id: i64,
    /// True for the session of this request.
    pub is_current: bool,
    /// Network that it began from.
    pub network: String,
    /// Client that it began with, as it calls itself.
    pub user_agent: String,
    /// Time of the sign-in.
    pub created_at: Timestamp,
    /// Time of a recent use, exact to a minute.
    pub last_used_at: Timestamp,
    /// End, unless it ends before for want of use.
    pub expires_at: Timestamp,
    /// Time at which a second factor was last proven in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor_at: Option<Timestamp>,
}

/// Sessions of an account.
#[derive(Debug, Object, Serialize)]
pub struct AccountSessions {
    /// Sessions, the newest first.
    pub sessions: Vec<SessionView>,
}

/// Number of sessions that ended.
#[derive(Debug, Object, Serialize)]
pub struct EndedSessions {
    /// Number of sessions.
    pub ended: u64,
}

/// All that is stored of a person.
#[derive(Debug, Object, Serialize)]
pub struct AccountData {
    /// Account.
    pub account: AccountView,
    /// Roles.
    pub roles: Vec<AccountRole>,
    /// Sessions that are alive.
    pub sessions: Vec<SessionView>,
    /// Second factors.
    pub factors: FactorsView,
    /// Saved addresses.
    pub addresses: Vec<SavedAddressView>,
    /// Purchases that were placed, the newest first.
    pub purchases: Vec<PurchaseView>,
    /// Products that are watched.
    pub watches: Vec<WatchView>,
    /// Reviews in any state, the newest first.
    pub reviews: Vec<OwnReview>,
    /// Ids of reviews that the person found helpful.
    pub helpful_reviews: Vec<i64>,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.0,
            mail: account.mail.clone(),
            name: account.name.clone(),
            language: account.language.clone(),
            created_at: Timestamp::from_ms(account.created_at_ms),
        }
    }
}

impl From<&Membership> for AccountRole {
    fn from(membership: &Membership) -> Self {
        Self {
            role: membership.role.name().to_owned(),
            seller: membership.seller.map(|seller| seller.0),
        }
    }
}

impl SessionView {
    pub(super) fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id.0,
            is_current: session.id == current,
            network: session.network,
            user_agent: session.user_agent,
            created_at: Timestamp::from_ms(session.created_at_ms),
            last_used_at: Timestamp::from_ms(session.last_used_at_ms),
            expires_at: Timestamp::from_ms(session.expires_at_ms),
            factor_at: session.factor_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl AccountData {
    pub(super) fn new(
        export: AccountExport,
        current: SessionId,
        (addresses, purchases): (Vec<SavedAddress>, &[OrderGroup]),
        (reviews, votes): (Vec<ReviewRecord>, Vec<ReviewId>),
    ) -> Self {
        let view = |session| SessionView::new(session, current);
        let purchases = purchases.iter();
        Self {
            addresses: addresses.into_iter().map(SavedAddressView::from).collect(),
            purchases: purchases.map(PurchaseView::new).collect(),
            reviews: reviews.into_iter().map(OwnReview::from).collect(),
            helpful_reviews: votes.into_iter().map(|review| review.0).collect(),
            account: (&export.account).into(),
            roles: export.memberships.iter().map(AccountRole::from).collect(),
            sessions: export.sessions.into_iter().map(view).collect(),
            factors: export.factors.into(),
            watches: Vec::new(),
        }
    }

    /// Adds the products that are watched.
    pub(super) fn watching(self, watches: Vec<ProductWatch>) -> Self {
        Self {
            watches: watches.into_iter().map(WatchView::from).collect(),
            ..self
        }
    }
}
