//! Orders of a seller on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::{Order, OrderGroup};

use crate::api::selling::{AddressView, OrderView, ParcelView, RefundView, StepView};

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

impl SellerOrderDetail {
    /// Shows an order of a purchase, with what happened to it alone.
    pub(in crate::api::seller) fn new(
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
