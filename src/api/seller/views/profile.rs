//! Profiles of sellers on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_commerce::missing_papers;
use souk_domain::sellers::{ChecklistItem, TraderDetails};
use souk_store::SellerProfile;

use crate::api::{selling::AddressView, views::Timestamp};

/// Details of a trader.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Trader", skip_serializing_if_is_none)]
pub struct TraderView {
    /// Name of the company or person.
    pub legal_name: String,
    /// Address.
    pub address: AddressView,
    /// Mail address.
    pub mail: String,
    /// Phone number.
    pub phone: String,
    /// Trade register and number in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// Number for the tax on sales.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
}

/// Item of the checklist.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ChecklistItem")]
pub struct ChecklistItemView {
    /// `trader`, `payout_account` or `terms`.
    pub item: String,
    /// True if it is there.
    pub done: bool,
}

/// Profile of a seller.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SellerProfile", skip_serializing_if_is_none)]
pub struct SellerProfileView {
    /// Seller id.
    pub id: i64,
    /// Slug.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// `applied`, `approved`, `suspended` or `rejected`. Goods of an approved one alone are on sale.
    pub status: String,
    /// Reason of the last decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What has to be there before the seller is approved.
    pub checklist: Vec<ChecklistItemView>,
    /// Details that buyers see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trader: Option<TraderView>,
    /// Holder of the bank account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payout_holder: Option<String>,
    /// IBAN of the bank account, all but country and last four characters hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payout_iban: Option<String>,
    /// Time at which the terms were accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_accepted_at: Option<Timestamp>,
    /// Time of the last decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// Time of the application.
    pub created_at: Timestamp,
}

/// A seller that somebody works for.
#[derive(Debug, Object, Serialize)]
pub struct OwnSeller {
    /// The seller.
    pub seller: SellerProfileView,
    /// Role: `seller_staff`, `seller_manager` or `seller_owner`.
    pub role: String,
}

/// Sellers that somebody works for.
#[derive(Debug, Object, Serialize)]
pub struct OwnSellers {
    /// Sellers, one entry for each role.
    pub sellers: Vec<OwnSeller>,
}

impl From<&TraderDetails> for TraderView {
    fn from(trader: &TraderDetails) -> Self {
        Self {
            legal_name: trader.legal_name.clone(),
            address: (&trader.address).into(),
            mail: trader.mail.clone(),
            phone: trader.phone.clone(),
            register: trader.register.clone(),
            vat_id: trader.vat_id.clone(),
        }
    }
}

impl From<SellerProfile> for SellerProfileView {
    fn from(profile: SellerProfile) -> Self {
        let missing = missing_papers(&profile);
        let checklist = ChecklistItem::ALL.map(|item| ChecklistItemView {
            item: item.as_str().to_owned(),
            done: !missing.contains(&item),
        });
        let account = profile.payout_account.as_ref();
        Self {
            id: profile.seller.0,
            checklist: checklist.into(),
            trader: profile.trader.as_ref().map(TraderView::from),
            payout_holder: account.map(|account| account.holder.clone()),
            payout_iban: account.map(|account| account.masked()),
            slug: profile.slug,
            name: profile.name,
            status: profile.status.to_string(),
            reason: profile.reason,
            terms_accepted_at: profile.terms_accepted_at_ms.map(Timestamp::from_ms),
            decided_at: profile.decided_at_ms.map(Timestamp::from_ms),
            created_at: Timestamp::from_ms(profile.created_at_ms),
        }
    }
}
