//! Mails that events cause: which, and with what in them.

use serde::Deserialize;
use souk_domain::{
    OrderGroupId, OrderId,
    ordering::{PaymentState, Units},
};
use souk_papers::{MailKind, PurchaseMail};
use souk_store::{Event, Fulfilment, Order, OrderGroup, StoreError};

use super::values::{address_lines, is_tax_included, named, number_text, order_number, part, sums};
use crate::error::CommerceError;

/// Data of an event, as far as mails need it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Facts {
    /// Order group.
    #[serde(default)]
    pub(super) purchase: Option<OrderGroupId>,
    /// Order.
    #[serde(default)]
    pub(super) order: Option<OrderId>,
    /// Parcel.
    #[serde(default)]
    pub(super) parcel: Option<i64>,
    /// Units of lines.
    #[serde(default)]
    lines: Vec<Units>,
    /// Amount.
    #[serde(default)]
    amount: i64,
    /// Reason that was given.
    #[serde(default)]
    reason: Option<String>,
    /// True if the customer was told already, in the answer to a request.
    #[serde(default)]
    is_attended: bool,
}

impl Facts {
    /// Reads the data of an event that may have a mail; none for any other.
    pub(super) fn of(event: &Event) -> Result<Option<Self>, StoreError> {
        match kind_of(&event.kind) {
            Some(_) => Ok(Some(serde_json::from_str(&event.data)?)),
            None => Ok(None),
        }
    }
}

fn kind_of(event: &str) -> Option<MailKind> {
    Some(match event {
        "order.placed" => MailKind::OrderPlaced,
        "order.fulfilled" | "order.partly_fulfilled" => MailKind::OrderSent,
        "order.cancelled" | "order.partly_cancelled" => MailKind::OrderCancelled,
        "order.refunded" | "order.partly_refunded" => MailKind::OrderRefunded,
        "order.returned" => MailKind::OrderReturned,
        "order.withdrawn" => MailKind::WithdrawalReceived,
        "payment.failed" => MailKind::PaymentFailed,
        "purchase.ended" => MailKind::PurchaseEnded,
        _ => return None,
    })
}

/// Returns the mail of an event; none if the customer needs none. The shop's name, links and terms are still to be filled in.
pub(super) fn letter(
    event: &Event,
    about: &Facts,
    group: &OrderGroup,
    parcels: &[Fulfilment],
) -> Result<Option<(MailKind, PurchaseMail)>, CommerceError> {
    let Some(kind) = kind_of(&event.kind) else {
        return Ok(None);
    };
    let order = about.order.map(|id| {
        let mut orders = group.orders.iter();
        let order = orders.find(|order| order.id == id);
        order.ok_or(CommerceError::NotFound("order"))
    });
    let order = order.transpose()?;
    let mut mail = PurchaseMail {
        number: group.number.map(number_text),
        currency: group.currency.clone(),
        at_ms: event.at_ms,
        placed_at_ms: group.placed_at_ms,
        tax_included: is_tax_included(group),
        is_paid: group.payment.facts.state() == PaymentState::Captured,
        delivery_address: address_lines(&group.delivery_address),
        billing_address: address_lines(&group.billing_address),
        sums: sums(group.totals),
        ..PurchaseMail::default()
    };
    match kind {
        MailKind::OrderPlaced => {
            // All orders of a purchase are placed at once: the first of them tells of all.
            if order.is_none_or(|order| order.position != 1) {
                return Ok(None);
            }
            mail.orders = group.orders.iter().map(part).collect();
        }
        MailKind::PaymentFailed if about.is_attended || group.placed_at_ms.is_some() => {
            return Ok(None);
        }
        // Whoever never began to pay knows that nothing was bought.
        MailKind::PurchaseEnded if group.payment.reference.is_none() => return Ok(None),
        MailKind::PaymentFailed | MailKind::PurchaseEnded => {
            mail.orders = group.orders.iter().map(part).collect();
        }
        _ => about_order(
            &mut mail,
            kind,
            (about, group, order.ok_or(CommerceError::NotFound("order"))?),
            parcels,
        )?,
    }
    Ok(Some((kind, mail)))
}

/// Fills in what a mail about one order has.
fn about_order(
    mail: &mut PurchaseMail,
    kind: MailKind,
    (about, group, order): (&Facts, &OrderGroup, &Order),
    parcels: &[Fulfilment],
) -> Result<(), CommerceError> {
    mail.number = Some(order_number(order));
    mail.seller.clone_from(&order.seller_name);
    mail.units = named(order, &about.lines);
    mail.amount = about.amount;
    mail.reason = about.reason.clone().filter(|reason| !reason.is_empty());
    mail.is_whole = order.facts.lines.iter().all(|line| {
        let units = about.lines.iter().find(|units| units.line == line.line);
        units.is_some_and(|units| units.units == line.ordered)
    });
    if kind == MailKind::WithdrawalReceived {
        mail.customer.clone_from(&group.billing_address.name);
        mail.mail.clone_from(&group.mail);
    }
    if let Some(id) = about.parcel {
        let parcel = parcels.iter().find(|parcel| parcel.id == id);
        let parcel = parcel.ok_or(CommerceError::NotFound("parcel"))?;
        let units: Vec<Units> = serde_json::from_str(&parcel.lines).map_err(StoreError::from)?;
        mail.units = named(order, &units);
        mail.carrier.clone_from(&parcel.carrier);
        mail.tracking.clone_from(&parcel.tracking);
        mail.tracking_url.clone_from(&parcel.tracking_url);
    }
    Ok(())
}
