//! Invoices and packing slips of orders, as staff prints them.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_domain::OrderId;
use souk_identity::needed::OrdersRead;
use souk_store::{Order, OrderGroup};

use crate::{
    api::{Tag, answers::answers, params::RowId, printed::PrintedPage},
    error::ApiError,
    http::{Allowed, TenantContext},
};

answers! {
    /// Answers of `adminGetInvoice` and `adminGetPackingSlip`.
    OrderPaperAnswer {
        200 "The page, in the language of the purchase." => Page(PrintedPage),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on papers of orders.
pub struct AdminPapersApi;

#[OpenApi(prefix_path = "/api/admin/orders", tag = "Tag::Admin")]
impl AdminPapersApi {
    /// Print the invoice of an order
    ///
    /// With its credit notes, as an HTML page for printing. An order has its invoice once it was paid or something of it was
    /// sent; before that it is 404.
    #[oai(
        path = "/:id/invoice",
        method = "get",
        operation_id = "adminGetInvoice"
    )]
    async fn invoice(
        &self,
        _may: Allowed<OrdersRead>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
    ) -> Result<OrderPaperAnswer, ApiError> {
        let id = OrderId(id.0.0);
        let group = group_with(&context, id).await?;
        let commerce = &context.app.commerce;
        let page = commerce.invoice_document(&context.tenant, &group, Some(id));
        Ok(OrderPaperAnswer::Page(PrintedPage(page.await?)))
    }

    /// Print a packing slip of an order
    ///
    /// Of what is still to be sent, or of a parcel, as an HTML page for printing. It has no prices.
    #[oai(
        path = "/:id/packing-slip",
        method = "get",
        operation_id = "adminGetPackingSlip"
    )]
    async fn packing_slip(
        &self,
        _may: Allowed<OrdersRead>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
        /// Only what is in the parcel with this id.
        parcel: Query<Option<RowId>>,
    ) -> Result<OrderPaperAnswer, ApiError> {
        let id = OrderId(id.0.0);
        let group = group_with(&context, id).await?;
        let order = order_in(&group, id)?;
        let parcel = parcel.0.map(|id| id.0);
        let commerce = &context.app.commerce;
        let page = commerce.packing_slip_document(&context.tenant, &group, order, parcel);
        Ok(OrderPaperAnswer::Page(PrintedPage(page.await?)))
    }
}

/// Returns the purchase that an order is of, once it is placed.
async fn group_with(context: &TenantContext, id: OrderId) -> Result<OrderGroup, ApiError> {
    let scope = context.app.store.scope(context.tenant.id);
    let group = scope.order_group_of_order(id).await?;
    let group = scope
        .order_group(group.ok_or(ApiError::NotFound("order"))?)
        .await?;
    match group.placed_at_ms {
        Some(_) => Ok(group),
        None => Err(ApiError::NotFound("order")),
    }
}

fn order_in(group: &OrderGroup, id: OrderId) -> Result<&Order, ApiError> {
    let order = group.orders.iter().find(|order| order.id == id);
    order.ok_or(ApiError::NotFound("order"))
}
