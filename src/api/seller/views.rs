//! Sellers, their orders and payouts on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_commerce::{SellerBalance, missing_papers};
use souk_domain::{
    SellerId,
    sellers::{ChecklistItem, TraderDetails},
};
use souk_store::{LedgerEntry, Order, OrderGroup, Payout, Person, SellerProfile};

use crate::api::{
    selling::{AddressView, OrderView, ParcelView, RefundView, StepView},
    views::Timestamp,
};

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

/// Orders of a seller.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct SellerOrders {
    /// Orders, the newest first.
    pub orders: Vec<OrderView>,
    /// Send it as `before` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// An order as its seller sees it: nothing of the other sellers of the purchase.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct SellerOrderDetail {
    /// The order.
    pub order: OrderView,
    /// Place of delivery.
    pub delivery_address: AddressView,
    /// Note of the customer to the sellers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Commission of the marketplace, in minor units.
    pub commission: i64,
    /// Discounts that the marketplace pays, in minor units.
    pub subsidy: i64,
    /// Parcels.
    pub parcels: Vec<ParcelView>,
    /// Refunds.
    pub refunds: Vec<RefundView>,
    /// Steps, the first one first.
    pub steps: Vec<StepView>,
}

/// An order as it is after a step.
#[derive(Debug, Object, Serialize)]
pub struct SellerOrder {
    /// The order.
    pub order: OrderView,
}

/// What a seller is owed in a currency, in minor units.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SellerBalance")]
pub struct SellerBalanceView {
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amount that the seller is owed; negative if the seller owes.
    pub balance: i64,
    /// Part of it that is kept while goods may come back.
    pub held: i64,
    /// Amount that can be paid out now.
    pub payable: i64,
}

/// What a seller is owed.
#[derive(Debug, Object, Serialize)]
pub struct SellerBalances {
    /// Balances by currency.
    pub balances: Vec<SellerBalanceView>,
}

/// Entry of a seller's statement.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct StatementEntry {
    /// Number of the entry.
    pub id: i64,
    /// `earning`, `commission`, `refund`, `goodwill`, `payout` or `payout_returned`.
    pub kind: String,
    /// Order that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Amount in minor units: above zero raises what the seller is owed.
    pub amount: i64,
    /// Time.
    pub at: Timestamp,
}

/// Statement of a seller in one currency.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct SellerStatement {
    /// Entries, the oldest first.
    pub entries: Vec<StatementEntry>,
    /// Send it as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

/// A payout.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Payout", skip_serializing_if_is_none)]
pub struct PayoutView {
    /// Payout id.
    pub id: i64,
    /// Seller id.
    pub seller: i64,
    /// Name of the seller.
    pub seller_name: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Amount in minor units.
    pub amount: i64,
    /// `created`, `paid`, `returned` or `cancelled`.
    pub state: String,
    /// Holder of the bank account.
    pub holder: String,
    /// IBAN of the bank account: whole for staff who pay, else all but country and last four characters hidden.
    pub iban: String,
    /// Reference of the bank's transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Reason of its return or cancellation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// Time of its return or cancellation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// Payouts.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct PayoutList {
    /// Payouts, the newest first.
    pub payouts: Vec<PayoutView>,
    /// Send it as `before` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
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

impl SellerOrderDetail {
    /// Shows an order of a purchase, with what happened to it alone.
    pub(super) fn new(
        group: &OrderGroup,
        order: &Order,
        (parcels, refunds, steps): (Vec<ParcelView>, Vec<RefundView>, Vec<StepView>),
    ) -> Self {
        let id = order.id.0;
        Self {
            order: order.into(),
            delivery_address: (&group.delivery_address).into(),
            note: group.note.clone(),
            commission: order.commission,
            subsidy: order.subsidy,
            parcels: parcels.into_iter().filter(|it| it.order == id).collect(),
            refunds: refunds.into_iter().filter(|it| it.order == id).collect(),
            steps: steps
                .into_iter()
                .filter(|it| it.order == Some(id))
                .collect(),
        }
    }
}

impl SellerBalances {
    /// Shows balances by currency.
    pub(crate) fn new(balances: Vec<SellerBalance>) -> Self {
        let balances = balances.into_iter().map(|balance| SellerBalanceView {
            currency: balance.currency,
            balance: balance.amounts.balance,
            held: balance.amounts.held,
            payable: balance.amounts.payable,
        });
        Self {
            balances: balances.collect(),
        }
    }
}

impl From<LedgerEntry> for StatementEntry {
    fn from(entry: LedgerEntry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            order: entry.order_id,
            // The ledger writes what is owed to a seller as a credit.
            amount: entry.amount.saturating_neg(),
            at: Timestamp::from_ms(entry.at_ms),
        }
    }
}

impl PayoutView {
    /// Shows a payout; the whole IBAN only to those who pay it.
    pub(crate) fn new(payout: Payout, is_whole: bool) -> Self {
        Self {
            id: payout.id.0,
            seller: payout.seller.0,
            seller_name: payout.seller_name,
            currency: payout.currency,
            amount: payout.amount,
            state: payout.state.to_string(),
            iban: match is_whole {
                true => payout.account.iban.clone(),
                false => payout.account.masked(),
            },
            holder: payout.account.holder,
            reference: payout.reference,
            reason: payout.reason,
            created_at: Timestamp::from_ms(payout.created_at_ms),
            paid_at: payout.paid_at_ms.map(Timestamp::from_ms),
            ended_at: payout.ended_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl PayoutList {
    /// Shows a page of at most `limit` payouts.
    pub(crate) fn new(payouts: Vec<Payout>, limit: u32, is_whole: bool) -> Self {
        let is_full = payouts.len() as u64 == u64::from(limit);
        let last = payouts.last().map(|payout| payout.id.0);
        let views = payouts
            .into_iter()
            .map(|payout| PayoutView::new(payout, is_whole));
        Self {
            payouts: views.collect(),
            next_before: last.filter(|_| is_full),
        }
    }
}

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
    pub(super) fn new(person: &Person, seller: SellerId) -> Self {
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
