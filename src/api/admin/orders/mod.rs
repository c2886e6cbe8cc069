//! Orders as staff works on them.

pub mod papers;
pub mod request;

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
};
use serde::Serialize;
use souk_commerce::OrderAction;
use souk_domain::{OrderGroupId, OrderId, SellerId};
use souk_identity::needed::{OrdersRead, OrdersWrite, RefundsWrite};
use souk_store::{OrderGroup, OrderListing};

use self::request::{CancellationBody, ParcelBody, RefundBody, ReturnBody, units};
use super::DEFAULT_LIMIT;
use crate::{
    api::{
        Tag,
        answers::answers,
        call::now_ms,
        params::{PerPage, RowId},
        selling::{OrderView, PurchaseDetail, PurchaseView, detail},
    },
    error::ApiError,
    http::{Allowed, BoundedBody, JsonResponse, Principal, TenantContext},
};

/// Orders of a marketplace.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminOrders {
    /// Orders, the newest first.
    pub orders: Vec<OrderView>,
    /// Send it as `before` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

answers! {
    /// Answers of `adminListOrders`.
    OrdersAnswer {
        200 "A page of them, the newest first." => Page(JsonResponse<AdminOrders>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetOrder`.
    OrderAnswer {
        200 "The purchase that the order is of, with what happened to it." => Order(JsonResponse<PurchaseDetail>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of steps of orders.
    StepAnswer {
        200 "The purchase as it is now." => Taken(JsonResponse<PurchaseView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on orders.
pub struct AdminOrdersApi;

#[OpenApi(prefix_path = "/api/admin/orders", tag = "Tag::Admin")]
impl AdminOrdersApi {
    /// List orders
    ///
    /// Those that are placed, one for each seller of a purchase.
    #[oai(path = "/", method = "get", operation_id = "adminListOrders")]
    async fn list(
        &self,
        _may: Allowed<OrdersRead>,
        context: TenantContext,
        /// Only those of the seller with this id.
        seller: Query<Option<RowId>>,
        /// Only those in this state: `awaiting_payment`, `open`, `completed`, `cancelled` or `refunded`.
        #[oai(validator(max_length = 40))]
        status: Query<Option<String>>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Orders per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<OrdersAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let listing = OrderListing {
            seller: seller.0.map(|id| SellerId(id.0)),
            status: known_status(status.0)?,
            before: before.0.map(|id| OrderId(id.0)),
            limit,
        };
        let scope = context.app.store.scope(context.tenant.id);
        let orders = scope.orders(&listing).await?;
        let is_full = orders.len() as u64 == u64::from(limit);
        let last = orders.last().map(|order| order.id.0);
        Ok(OrdersAnswer::Page(JsonResponse(AdminOrders {
            orders: orders.iter().map(OrderView::from).collect(),
            next_before: last.filter(|_| is_full),
        })))
    }

    /// Show an order
    #[oai(path = "/:id", method = "get", operation_id = "adminGetOrder")]
    async fn get(
        &self,
        _may: Allowed<OrdersRead>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
    ) -> Result<OrderAnswer, ApiError> {
        let group = group_of(&context, OrderId(id.0.0)).await?;
        let group = context
            .app
            .store
            .scope(context.tenant.id)
            .order_group(group)
            .await?;
        let detail = detail(&context, &group, true).await?;
        Ok(OrderAnswer::Order(JsonResponse(detail)))
    }

    /// Cancel an order
    ///
    /// All of it, or units that were not sent. They are on sale again, and what was paid for them goes back.
    #[oai(
        path = "/:id/cancel",
        method = "post",
        operation_id = "adminCancelOrder"
    )]
    async fn cancel(
        &self,
        may: Allowed<OrdersWrite>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
        body: BoundedBody<CancellationBody>,
    ) -> Result<StepAnswer, ApiError> {
        let reason = body.0.reason.clone();
        let action = OrderAction::Cancel(body.0.scope());
        taken(&context, &may.principal, id.0, action, reason).await
    }

    /// Send goods of an order
    ///
    /// An order that is to be paid before it is sent has to be paid. The seller earns what is sent.
    #[oai(
        path = "/:id/parcels",
        method = "post",
        operation_id = "adminFulfilOrder"
    )]
    async fn fulfil(
        &self,
        may: Allowed<OrdersWrite>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
        body: BoundedBody<ParcelBody>,
    ) -> Result<StepAnswer, ApiError> {
        let parcel = body.0.parcel().map_err(ApiError::Unprocessable)?;
        let action = OrderAction::Fulfil(parcel);
        taken(&context, &may.principal, id.0, action, None).await
    }

    /// Say that a parcel has arrived
    #[oai(
        path = "/:id/parcels/:parcel/delivered",
        method = "post",
        operation_id = "adminDeliverParcel"
    )]
    async fn deliver(
        &self,
        may: Allowed<OrdersWrite>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
        /// Id of the parcel.
        parcel: Path<RowId>,
    ) -> Result<StepAnswer, ApiError> {
        let action = OrderAction::Deliver {
            fulfilment: parcel.0.0,
        };
        taken(&context, &may.principal, id.0, action, None).await
    }

    /// Give money back
    ///
    /// Of lines, of the delivery, or as goodwill, which the marketplace bears. Never more than was paid.
    #[oai(
        path = "/:id/refunds",
        method = "post",
        operation_id = "adminRefundOrder"
    )]
    async fn refund(
        &self,
        may: Allowed<RefundsWrite>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
        body: BoundedBody<RefundBody>,
    ) -> Result<StepAnswer, ApiError> {
        let reason = body.0.reason.clone();
        let action = OrderAction::Refund(body.0.request());
        taken(&context, &may.principal, id.0, action, reason).await
    }

    /// Take goods back
    ///
    /// What was paid for them goes back.
    #[oai(
        path = "/:id/returns",
        method = "post",
        operation_id = "adminReturnOrder"
    )]
    async fn take_back(
        &self,
        may: Allowed<RefundsWrite>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
        body: BoundedBody<ReturnBody>,
    ) -> Result<StepAnswer, ApiError> {
        let ReturnBody {
            lines,
            restock,
            reason,
        } = body.0;
        let action = OrderAction::Return {
            units: units(lines),
            restock,
        };
        taken(&context, &may.principal, id.0, action, reason).await
    }

    /// Say that the money of a purchase has come
    ///
    /// Of one that is paid by hand: by invoice, or on delivery. The order names its purchase.
    #[oai(path = "/:id/paid", method = "post", operation_id = "adminOrderPaid")]
    async fn paid(
        &self,
        _may: Allowed<OrdersWrite>,
        context: TenantContext,
        /// Id of the order.
        id: Path<RowId>,
    ) -> Result<StepAnswer, ApiError> {
        let group = group_of(&context, OrderId(id.0.0)).await?;
        let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
        let group = Box::pin(commerce.money_came(tenant, group, now_ms())).await?;
        Ok(shown(&group))
    }
}

/// Returns the state that orders are listed by.
///
/// # Errors
/// If there is no such state.
pub(crate) fn known_status(status: Option<String>) -> Result<Option<String>, ApiError> {
    let known = [
        "awaiting_payment",
        "open",
        "completed",
        "cancelled",
        "refunded",
    ];
    match status {
        Some(status) if !known.contains(&status.as_str()) => {
            let message = format!("must be one of {}", known.join(", "));
            Err(ApiError::parameter("status", message))
        }
        status => Ok(status),
    }
}

async fn taken(
    context: &TenantContext,
    principal: &Principal,
    id: RowId,
    action: OrderAction,
    reason: Option<String>,
) -> Result<StepAnswer, ApiError> {
    let actor = principal.to_string();
    let why = (actor.as_str(), reason.as_deref());
    let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
    let group = commerce.act(tenant, (OrderId(id.0), None), action, why, now_ms());
    Ok(shown(&Box::pin(group).await?))
}

async fn group_of(context: &TenantContext, id: OrderId) -> Result<OrderGroupId, ApiError> {
    let scope = context.app.store.scope(context.tenant.id);
    let group = scope.order_group_of_order(id).await?;
    group.ok_or(ApiError::NotFound("order"))
}

fn shown(group: &OrderGroup) -> StepAnswer {
    StepAnswer::Taken(JsonResponse(PurchaseView::new(group)))
}
