//! Orders as their seller's people work on them.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_commerce::OrderAction;
use souk_domain::OrderId;
use souk_identity::SellerPermission;
use souk_store::{Order, OrderGroup, OrderListing};

use super::{
    MAX_BYTES,
    views::{SellerOrder, SellerOrderDetail, SellerOrders},
};
use crate::{
    api::{
        Tag,
        admin::orders::{
            known_status,
            request::{CancellationBody, ParcelBody, RefundBody, ReturnBody, units},
        },
        answers::answers,
        call::now_ms,
        params::{PerPage, RowId},
        selling::{OrderView, detail},
    },
    error::ApiError,
    http::{BoundedBody, JsonResponse, SellerPrincipal, TenantContext},
};

/// Orders on a page unless told otherwise.
const DEFAULT_LIMIT: u32 = 50;

answers! {
    /// Answers of `listSellerOrders`.
    SellerOrdersAnswer {
        200 "A page of them, the newest first." => Page(JsonResponse<SellerOrders>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `getSellerOrder`.
    SellerOrderAnswer {
        200 "The order, with what happened to it." => Order(JsonResponse<SellerOrderDetail>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of steps that a seller takes.
    SellerStepAnswer {
        200 "The order as it is now." => Taken(JsonResponse<SellerOrder>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on a seller's orders.
pub struct SellerOrdersApi;

#[OpenApi(prefix_path = "/api/seller", tag = "Tag::Seller")]
impl SellerOrdersApi {
    /// List the seller's orders
    #[oai(
        path = "/:seller/orders",
        method = "get",
        operation_id = "listSellerOrders"
    )]
    async fn list(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Only those in this state: `awaiting_payment`, `open`, `completed`, `cancelled` or `refunded`.
        #[oai(validator(max_length = 40))]
        status: Query<Option<String>>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Orders per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<SellerOrdersAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Read)?;
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let listing = OrderListing {
            seller: Some(own.seller),
            status: known_status(status.0)?,
            before: before.0.map(|id| OrderId(id.0)),
            limit,
        };
        let scope = context.app.store.scope(context.tenant.id);
        let orders = scope.orders(&listing).await?;
        let is_full = orders.len() as u64 == u64::from(limit);
        let last = orders.last().map(|order| order.id.0);
        Ok(SellerOrdersAnswer::Page(JsonResponse(SellerOrders {
            orders: orders.iter().map(OrderView::from).collect(),
            next_before: last.filter(|_| is_full),
        })))
    }

    /// Show an order of the seller
    #[oai(
        path = "/:seller/orders/:order",
        method = "get",
        operation_id = "getSellerOrder"
    )]
    async fn get(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Order id.
        order: Path<RowId>,
    ) -> Result<SellerOrderAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Read)?;
        let scope = context.app.store.scope(context.tenant.id);
        let id = OrderId(order.0.0);
        let group = scope.order_group_of_order(id).await?;
        let group = scope
            .order_group(group.ok_or(ApiError::NotFound("order"))?)
            .await?;
        let order = own_order(&own, &group, id)?;
        if order.placed_at_ms.is_none() {
            return Err(ApiError::NotFound("order"));
        }
        let whole = detail(&context, &group, false).await?;
        let happened = (whole.parcels, whole.refunds, whole.steps);
        let view = SellerOrderDetail::new(&group, order, happened);
        Ok(SellerOrderAnswer::Order(JsonResponse(view)))
    }

    /// Cancel an order of the seller
    ///
    /// All of it, or units that were not sent. They are on sale again, and what was paid for them goes back.
    #[oai(
        path = "/:seller/orders/:order/cancel",
        method = "post",
        operation_id = "sellerCancelOrder"
    )]
    async fn cancel(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Order id.
        order: Path<RowId>,
        body: BoundedBody<CancellationBody, MAX_BYTES>,
    ) -> Result<SellerStepAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Orders)?;
        let reason = body.0.reason.clone();
        let action = OrderAction::Cancel(body.0.scope());
        taken(&own, &context, order.0, action, reason).await
    }

    /// Send goods of an order
    ///
    /// An order that is to be paid before it is sent has to be paid. The seller earns what is sent.
    #[oai(
        path = "/:seller/orders/:order/parcels",
        method = "post",
        operation_id = "sellerFulfilOrder"
    )]
    async fn fulfil(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Order id.
        order: Path<RowId>,
        body: BoundedBody<ParcelBody, MAX_BYTES>,
    ) -> Result<SellerStepAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Orders)?;
        let parcel = body.0.parcel().map_err(ApiError::Unprocessable)?;
        taken(&own, &context, order.0, OrderAction::Fulfil(parcel), None).await
    }

    /// Say that a parcel of the seller has arrived
    #[oai(
        path = "/:seller/orders/:order/parcels/:parcel/delivered",
        method = "post",
        operation_id = "sellerDeliverParcel"
    )]
    async fn deliver(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Order id.
        order: Path<RowId>,
        /// Parcel id.
        parcel: Path<RowId>,
    ) -> Result<SellerStepAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Orders)?;
        let action = OrderAction::Deliver {
            fulfilment: parcel.0.0,
        };
        taken(&own, &context, order.0, action, None).await
    }

    /// Give money of an order back
    ///
    /// Of lines, of the delivery, or as goodwill, which the seller bears. Never more than was paid.
    #[oai(
        path = "/:seller/orders/:order/refunds",
        method = "post",
        operation_id = "sellerRefundOrder"
    )]
    async fn refund(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Order id.
        order: Path<RowId>,
        body: BoundedBody<RefundBody, MAX_BYTES>,
    ) -> Result<SellerStepAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Refunds)?;
        let reason = body.0.reason.clone();
        let action = OrderAction::Refund(body.0.request());
        taken(&own, &context, order.0, action, reason).await
    }

    /// Take goods of an order back
    ///
    /// What was paid for them goes back.
    #[oai(
        path = "/:seller/orders/:order/returns",
        method = "post",
        operation_id = "sellerReturnOrder"
    )]
    async fn take_back(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Order id.
        order: Path<RowId>,
        body: BoundedBody<ReturnBody, MAX_BYTES>,
    ) -> Result<SellerStepAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Refunds)?;
        let ReturnBody {
            lines,
            restock,
            reason,
        } = body.0;
        let action = OrderAction::Return {
            units: units(lines),
            restock,
        };
        taken(&own, &context, order.0, action, reason).await
    }
}

async fn taken(
    own: &SellerPrincipal,
    context: &TenantContext,
    id: RowId,
    action: OrderAction,
    reason: Option<String>,
) -> Result<SellerStepAnswer, ApiError> {
    let actor = own.actor();
    let why = (actor.as_str(), reason.as_deref());
    let id = OrderId(id.0);
    let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
    let acting = commerce.act(tenant, (id, Some(own.seller)), action, why, now_ms());
    let group = Box::pin(acting).await?;
    let order = own_order(own, &group, id)?;
    Ok(SellerStepAnswer::Taken(JsonResponse(SellerOrder {
        order: order.into(),
    })))
}

/// Returns an order of the seller; another seller's is none.
fn own_order<'g>(
    own: &SellerPrincipal,
    group: &'g OrderGroup,
    id: OrderId,
) -> Result<&'g Order, ApiError> {
    let mut orders = group.orders.iter();
    let order = orders.find(|order| order.id == id && order.seller == own.seller);
    order.ok_or(ApiError::NotFound("order"))
}
