//! Purchases and orders as their customers and staff see them.

use std::collections::BTreeMap;

use poem_openapi::Object;
use serde::Serialize;
use souk_commerce::payments::PaymentAction;
use souk_domain::ordering::{GroupFacts, OrderNumberFormat, PostalAddress};
use souk_store::{Fulfilment, Order, OrderGroup, OrderLine, OrderStepRecord, Refund};

use super::cart_views::{AppliedPromotionView, TotalsView};
use crate::{api::views::Timestamp, error::ApiError};

/// Postal address.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Address", skip_serializing_if_is_none)]
pub struct AddressView {
    /// Name of the person.
    pub name: String,
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and number.
    pub line1: String,
    /// Further line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State, province or the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Lines as they are written in that country.
    pub lines: Vec<String>,
}

/// A purchase: one payment, and one order for each seller. Amounts are minor units of its currency.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Purchase", skip_serializing_if_is_none)]
pub struct PurchaseView {
    /// Id.
    pub id: i64,
    /// Number; absent until it is placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Token of a purchase that was just begun, shown this once: send it as `X-Order-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// `open` while it waits for its payment, `placed`, or `ended`.
    pub state: String,
    /// Reason for which it ended, such as `expired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
    /// State of its orders together.
    pub status: String,
    /// State of its money.
    pub payment_status: String,
    /// State of its goods.
    pub fulfilment_status: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// True if prices had their tax within.
    pub tax_included: bool,
    /// Sums.
    pub totals: TotalsView,
    /// Promotions that it has.
    pub promotions: Vec<AppliedPromotionView>,
    /// Mail address of the customer.
    pub mail: String,
    /// Place of delivery.
    pub delivery_address: AddressView,
    /// Address of the bill.
    pub billing_address: AddressView,
    /// Note to the sellers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Payment.
    pub payment: PaymentView,
    /// Orders, one for each seller.
    pub orders: Vec<OrderView>,
    /// Time at which it was begun.
    pub created_at: Timestamp,
    /// Time until which its units are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Time at which it was placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placed_at: Option<Timestamp>,
}

/// Payment of a purchase.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Payment", skip_serializing_if_is_none)]
pub struct PaymentView {
    /// Id.
    pub id: i64,
    /// Name of the provider.
    pub provider: String,
    /// `created`, `failed`, `requires_confirmation`, `authorised`, `cancelled` or `captured`.
    pub state: String,
    /// Amount that is asked for.
    pub amount: i64,
    /// Amount that has come.
    pub captured: i64,
    /// Amount that went back.
    pub refunded: i64,
    /// Reason of the last attempt, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// What the customer has to do: `confirm`, `transfer` or `provider`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Secret for the provider's own script, of `provider`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What one seller sells of a purchase.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Order", skip_serializing_if_is_none)]
pub struct OrderView {
    /// Id.
    pub id: i64,
    /// Number; absent until it is placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Id of the seller.
    pub seller: i64,
    /// Name of the seller.
    pub seller_name: String,
    /// `awaiting_payment`, `open`, `completed`, `cancelled` or `refunded`.
    pub status: String,
    /// State of its money.
    pub payment_status: String,
    /// State of its goods.
    pub fulfilment_status: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Sums.
    pub totals: TotalsView,
    /// Name of the delivery method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_method: Option<String>,
    /// Amount that went back.
    pub refunded: i64,
    /// Lines.
    pub lines: Vec<OrderLineView>,
    /// Time at which it was placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placed_at: Option<Timestamp>,
    /// Time of the last step.
    pub updated_at: Timestamp,
}

/// Line of an order, as it was bought.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OrderLine", skip_serializing_if_is_none)]
pub struct OrderLineView {
    /// Line id.
    pub id: i64,
    /// Product.
    pub product: i64,
    /// Variant.
    pub variant: i64,
    /// Stock keeping unit.
    pub sku: String,
    /// Title of the product.
    pub title: String,
    /// Options, such as the size.
    pub options: BTreeMap<String, String>,
    /// Picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Note to the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Units ordered.
    pub quantity: i64,
    /// Price of a unit.
    pub unit_price: i64,
    /// Price of all units.
    pub goods: i64,
    /// Discounts.
    pub discount: i64,
    /// Tax.
    pub tax: i64,
    /// Rate of the tax in parts per million.
    pub tax_rate_ppm: i64,
    /// Sum that the customer pays.
    pub total: i64,
    /// Units cancelled.
    pub cancelled: i64,
    /// Units sent.
    pub fulfilled: i64,
    /// Units that arrived.
    pub delivered: i64,
    /// Units that came back.
    pub returned: i64,
    /// Amount that went back.
    pub refunded: i64,
}

/// Purchases of a customer.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct Purchases {
    /// Purchases, the newest first.
    pub purchases: Vec<PurchaseView>,
    /// Send it as `before` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// A parcel.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Parcel", skip_serializing_if_is_none)]
pub struct ParcelView {
    /// Id.
    pub id: i64,
    /// Order.
    pub order: i64,
    /// Units of lines in it.
    pub units: Vec<UnitsView>,
    /// Carrier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Number of the parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Page that follows the parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_url: Option<String>,
    /// Time at which it was sent.
    pub sent_at: Timestamp,
    /// Time at which it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}

/// Units of a line.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "LineUnits")]
pub struct UnitsView {
    /// Line.
    pub line: i64,
    /// Units.
    pub units: i64,
}

/// Money that goes back.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Refund")]
pub struct RefundView {
    /// Id.
    pub id: i64,
    /// Order.
    pub order: i64,
    /// Amount.
    pub amount: i64,
    /// Reason.
    pub reason: String,
    /// True once the provider has taken it on.
    pub sent: bool,
    /// Time at which it was asked for.
    pub created_at: Timestamp,
}

/// A step of an order.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OrderStep", skip_serializing_if_is_none)]
pub struct StepView {
    /// Order; absent if the step was the whole purchase's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Name, such as `order.fulfilled`.
    pub step: String,
    /// Reason that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who took it; shown to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Time.
    pub at: Timestamp,
}

/// A purchase with what happened to it.
#[derive(Debug, Object, Serialize)]
pub struct PurchaseDetail {
    /// The purchase.
    pub purchase: PurchaseView,
    /// Parcels.
    pub parcels: Vec<ParcelView>,
    /// Refunds.
    pub refunds: Vec<RefundView>,
    /// Steps, the first one first.
    pub steps: Vec<StepView>,
}

/// Name of a state, as the domain writes it.
fn name_of(state: &impl Serialize) -> String {
    let name = serde_json::to_value(state).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

fn number_text(number: i64) -> String {
    OrderNumberFormat::default().format(u64::try_from(number).unwrap_or_default())
}

impl From<&PostalAddress> for AddressView {
    fn from(address: &PostalAddress) -> Self {
        Self {
            name: address.name.clone(),
            company: address.company.clone(),
            line1: address.line1.clone(),
            line2: address.line2.clone(),
            postcode: address.postcode.clone(),
            city: address.city.clone(),
            region: address.region.clone(),
            country: address.country.code().to_owned(),
            phone: address.phone.clone(),
            lines: address.lines(),
        }
    }
}

impl PurchaseView {
    /// Shows a purchase, without its token.
    pub(crate) fn new(group: &OrderGroup) -> Self {
        let facts = GroupFacts::new(
            group.group_payment(),
            group
                .orders
                .iter()
                .map(|order| order.facts.clone())
                .collect(),
        );
        let state = match (group.placed_at_ms, group.ended_at_ms) {
            (Some(_), _) => "placed",
            (None, Some(_)) => "ended",
            (None, None) => "open",
        };
        let promotions = group.promotions.iter().map(|it| AppliedPromotionView {
            name: it.name.clone(),
            code: it.code.as_ref().map(ToString::to_string),
            discount: it.discount,
        });
        Self {
            id: group.id.0,
            number: group.number.map(number_text),
            token: None,
            state: state.to_owned(),
            end_reason: group.end_reason.clone(),
            status: name_of(&facts.status()),
            payment_status: name_of(&facts.payment_status()),
            fulfilment_status: name_of(&facts.fulfilment_status()),
            currency: group.currency.clone(),
            tax_included: group.tax_pricing == souk_domain::ordering::TaxPricing::Inclusive,
            totals: group.totals.into(),
            promotions: promotions.collect(),
            mail: group.mail.clone(),
            delivery_address: (&group.delivery_address).into(),
            billing_address: (&group.billing_address).into(),
            note: group.note.clone(),
            payment: PaymentView::of(group),
            orders: group.orders.iter().map(OrderView::from).collect(),
            created_at: Timestamp::from_ms(group.created_at_ms),
            expires_at: group.expires_at_ms.map(Timestamp::from_ms),
            placed_at: group.placed_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl PaymentView {
    fn of(group: &OrderGroup) -> Self {
        let payment = &group.payment;
        let action = payment.action.as_deref();
        let action = action.and_then(|action| serde_json::from_str::<PaymentAction>(action).ok());
        let (action, secret) = match action {
            Some(PaymentAction::Confirm) => (Some("confirm"), None),
            Some(PaymentAction::Transfer) => (Some("transfer"), None),
            Some(PaymentAction::Provider { secret }) => (Some("provider"), Some(secret)),
            None => (None, None),
        };
        Self {
            id: payment.id.0,
            provider: payment.provider.clone(),
            state: name_of(&payment.facts.state()),
            amount: payment.facts.amount,
            captured: payment.facts.captured(),
            refunded: payment.facts.refunded(),
            failure: payment.facts.failure().map(str::to_owned),
            action: action.map(str::to_owned),
            secret,
        }
    }
}

impl From<&Order> for OrderView {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.0,
            number: order
                .number
                .map(|number| format!("{}-{}", number_text(number), order.position)),
            seller: order.seller.0,
            seller_name: order.seller_name.clone(),
            status: name_of(&order.facts.status()),
            payment_status: name_of(&order.facts.payment_status()),
            fulfilment_status: name_of(&order.facts.fulfilment_status()),
            currency: order.currency.clone(),
            totals: order.totals.into(),
            delivery_method: order
                .delivery
                .as_ref()
                .map(|delivery| delivery.name.clone()),
            refunded: order.facts.refunded(),
            lines: order
                .lines
                .iter()
                .map(|line| OrderLineView::new(line, order))
                .collect(),
            placed_at: order.placed_at_ms.map(Timestamp::from_ms),
            updated_at: Timestamp::from_ms(order.updated_at_ms),
        }
    }
}

impl OrderLineView {
    fn new(line: &OrderLine, order: &Order) -> Self {
        let facts = order.facts.lines.iter().find(|facts| facts.line == line.id);
        let count = |of: fn(&souk_domain::ordering::LineFacts) -> i64| facts.map_or(0, of);
        Self {
            id: line.id.0,
            product: line.product.0,
            variant: line.offer.variant.0,
            sku: line.sku.clone(),
            title: line.title.clone(),
            options: line.options.clone(),
            image: line.image.clone(),
            note: line.note.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            goods: line.goods,
            discount: line.discount,
            tax: line.tax,
            tax_rate_ppm: line.tax_ppm,
            total: line.gross,
            cancelled: count(|facts| facts.cancelled),
            fulfilled: count(|facts| facts.fulfilled),
            delivered: count(|facts| facts.delivered),
            returned: count(|facts| facts.returned),
            refunded: count(|facts| facts.refunded),
        }
    }
}

impl ParcelView {
    fn new(parcel: Fulfilment) -> Result<Self, ApiError> {
        let units: Vec<souk_domain::ordering::Units> =
            serde_json::from_str(&parcel.lines).map_err(ApiError::internal)?;
        let units = units.into_iter().map(|units| UnitsView {
            line: units.line.0,
            units: units.units,
        });
        Ok(Self {
            id: parcel.id,
            order: parcel.order_id,
            units: units.collect(),
            carrier: parcel.carrier,
            tracking: parcel.tracking,
            tracking_url: parcel.tracking_url,
            sent_at: Timestamp::from_ms(parcel.created_at_ms),
            delivered_at: parcel.delivered_at_ms.map(Timestamp::from_ms),
        })
    }
}

impl PurchaseDetail {
    /// Shows a purchase with what happened to it. Who took a step is for staff alone.
    pub(crate) fn new(
        group: &OrderGroup,
        parcels: Vec<Fulfilment>,
        refunds: Vec<Refund>,
        steps: Vec<OrderStepRecord>,
        is_staff: bool,
    ) -> Result<Self, ApiError> {
        let parcels = parcels.into_iter().map(ParcelView::new);
        let refunds = refunds.into_iter().map(|refund| RefundView {
            id: refund.id.0,
            order: refund.order.0,
            amount: refund.amount,
            reason: refund.reason,
            sent: refund.sent_at_ms.is_some(),
            created_at: Timestamp::from_ms(refund.created_at_ms),
        });
        let steps = steps.into_iter().map(|step| StepView {
            order: step.order_id,
            step: step.step,
            reason: step.reason,
            actor: is_staff.then_some(step.actor),
            at: Timestamp::from_ms(step.at_ms),
        });
        Ok(Self {
            purchase: PurchaseView::new(group),
            parcels: parcels.collect::<Result<_, _>>()?,
            refunds: refunds.collect(),
            steps: steps.collect(),
        })
    }
}
