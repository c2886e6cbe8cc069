//! Purchases and orders of a customer.

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_commerce::OrderAction;
use souk_domain::{OrderGroupId, OrderId, ordering::CancelScope};
use souk_identity::TokenKind;
use souk_store::OrderGroup;

use super::{
    MAX_BYTES,
    order_views::{PurchaseDetail, PurchaseView, Purchases},
    request::ReasonBody,
    shopper::hash_of,
};
use crate::{
    api::{
        Tag,
        answers::answers,
        call::now_ms,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{BoundedBody, JsonResponse, MaybeSession, SessionPrincipal, TenantContext},
};

/// Purchases on a page unless told otherwise.
const DEFAULT_LIMIT: u32 = 20;

answers! {
    /// Answers of `listPurchases`.
    PurchasesAnswer {
        200 "A page of them, the newest first." => Page(JsonResponse<Purchases>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `getPurchase`.
    PurchaseAnswer {
        200 "The purchase." => Purchase(JsonResponse<PurchaseDetail>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of steps that a customer takes.
    CustomerStepAnswer {
        200 "The purchase as it is now." => Purchase(JsonResponse<PurchaseView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on purchases of a customer.
pub struct OrdersApi;

#[OpenApi(prefix_path = "/api/orders", tag = "Tag::Selling")]
impl OrdersApi {
    /// List one's purchases
    #[oai(path = "/", method = "get", operation_id = "listPurchases")]
    async fn list(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Purchases per page, default 20.
        per_page: Query<Option<PerPage>>,
    ) -> Result<PurchasesAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let before = before.0.map(|id| OrderGroupId(id.0));
        let scope = context.app.store.scope(context.tenant.id);
        let account = session.0.account.id;
        let groups = scope.order_groups_of(account, before, limit).await?;
        let is_full = groups.len() as u64 == u64::from(limit);
        let last = groups.last().map(|group| group.id.0);
        let purchases = groups.iter().map(PurchaseView::new);
        Ok(PurchasesAnswer::Page(JsonResponse(Purchases {
            purchases: purchases.collect(),
            next_before: last.filter(|_| is_full),
        })))
    }

    /// Get a purchase
    ///
    /// One's own, or a guest's by its token.
    #[oai(path = "/:id", method = "get", operation_id = "getPurchase")]
    async fn get(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the purchase.
        id: Path<RowId>,
        /// Token of a guest's purchase.
        #[oai(name = "X-Order-Token")]
        order: Header<Option<String>>,
    ) -> Result<PurchaseAnswer, ApiError> {
        let group = purchase_of(&context, &session, &order, OrderGroupId(id.0.0)).await?;
        let detail = detail(&context, &group, false).await?;
        Ok(PurchaseAnswer::Purchase(JsonResponse(detail)))
    }

    /// Cancel an order
    ///
    /// All of it, before anything of it was sent. What was paid for it goes back.
    #[oai(
        path = "/:id/orders/:order/cancel",
        method = "post",
        operation_id = "cancelOrder"
    )]
    async fn cancel(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the purchase.
        id: Path<RowId>,
        /// Id of the order.
        order: Path<RowId>,
        /// Token of a guest's purchase.
        #[oai(name = "X-Order-Token")]
        token: Header<Option<String>>,
        body: BoundedBody<ReasonBody, MAX_BYTES>,
    ) -> Result<CustomerStepAnswer, ApiError> {
        let asked = (OrderGroupId(id.0.0), OrderId(order.0.0));
        let action = OrderAction::Cancel(CancelScope::Whole);
        step(&context, &session, &token, asked, action, body.0).await
    }

    /// Withdraw from an order
    ///
    /// The customer's right for the whole period after the delivery, without a reason. The steps of the purchase say when
    /// it was declared; the seller takes the goods back, and the money goes back then.
    #[oai(
        path = "/:id/orders/:order/withdraw",
        method = "post",
        operation_id = "withdrawOrder"
    )]
    async fn withdraw(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the purchase.
        id: Path<RowId>,
        /// Id of the order.
        order: Path<RowId>,
        /// Token of a guest's purchase.
        #[oai(name = "X-Order-Token")]
        token: Header<Option<String>>,
        body: BoundedBody<ReasonBody, MAX_BYTES>,
    ) -> Result<CustomerStepAnswer, ApiError> {
        let asked = (OrderGroupId(id.0.0), OrderId(order.0.0));
        let action = OrderAction::Withdraw { units: Vec::new() };
        step(&context, &session, &token, asked, action, body.0).await
    }
}

async fn step(
    context: &TenantContext,
    session: &MaybeSession,
    token: &Header<Option<String>>,
    (group, order): (OrderGroupId, OrderId),
    action: OrderAction,
    body: ReasonBody,
) -> Result<CustomerStepAnswer, ApiError> {
    let group = purchase_of(context, session, token, group).await?;
    if !group.orders.iter().any(|own| own.id == order) {
        return Err(ApiError::NotFound("order"));
    }
    let account = session.0.as_ref().map(|live| live.account.id);
    let actor = account.map_or_else(
        || "guest".to_owned(),
        |account| format!("account:{account}"),
    );
    let why = (actor.as_str(), body.reason.as_deref());
    let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
    let group = commerce.act(tenant, (order, None), action, why, now_ms());
    let group = Box::pin(group).await?;
    Ok(CustomerStepAnswer::Purchase(JsonResponse(
        PurchaseView::new(&group),
    )))
}

/// Returns a purchase that is the shopper's own.
///
/// # Errors
/// If there is none, or it is somebody else's, which nobody is told.
pub(super) async fn purchase_of(
    context: &TenantContext,
    session: &MaybeSession,
    token: &Header<Option<String>>,
    id: OrderGroupId,
) -> Result<OrderGroup, ApiError> {
    let token = hash_of(TokenKind::Order, "X-Order-Token", token.0.as_deref())?;
    let account = session.0.as_ref().map(|live| live.account.id);
    let group = context
        .app
        .store
        .scope(context.tenant.id)
        .order_group(id)
        .await?;
    let is_of_account = account.is_some() && group.account == account;
    if is_of_account || token == Some(group.token) {
        return Ok(group);
    }
    Err(ApiError::NotFound("order"))
}

/// Reads what happened to a purchase.
pub(crate) async fn detail(
    context: &TenantContext,
    group: &OrderGroup,
    is_staff: bool,
) -> Result<PurchaseDetail, ApiError> {
    let scope = context.app.store.scope(context.tenant.id);
    let parcels = scope.fulfilments(group.id).await?;
    let refunds = scope.refunds(group.id).await?;
    let steps = scope.order_steps(group.id).await?;
    PurchaseDetail::new(group, parcels, refunds, steps, is_staff)
}
