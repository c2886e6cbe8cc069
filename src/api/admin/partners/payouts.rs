//! Payouts to sellers.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
};
use serde::Serialize;
use souk_commerce::PayoutAction;
use souk_domain::{PayoutId, SellerId, sellers::PayoutState};
use souk_identity::needed::{PayoutsRead, PayoutsWrite};
use souk_store::PayoutListing;

use super::request::{DecisionBody, DuePayoutsBody, PayoutBody, TransferBody};
use crate::{
    api::{
        Tag,
        admin::DEFAULT_LIMIT,
        answers::answers,
        call::now_ms,
        params::{PerPage, RowId},
        seller::views::{PayoutList, PayoutView},
    },
    error::ApiError,
    http::{Allowed, BoundedBody, JsonResponse, Principal, TenantContext},
};

/// Payouts that were made.
#[derive(Debug, Object, Serialize)]
pub struct MadePayouts {
    /// Payouts, one for each seller to whom something can be paid.
    pub payouts: Vec<PayoutView>,
}

answers! {
    /// Answers of `adminListPayouts`.
    PayoutsAnswer {
        200 "A page of them, the newest first." => Page(JsonResponse<PayoutList>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetPayout`.
    PayoutAnswer {
        200 "The payout." => Payout(JsonResponse<PayoutView>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminMakePayout`.
    MadePayoutAnswer {
        201 "It is to be transferred." => Made(
            JsonResponse<PayoutView>,
            /// URL of the payout.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminMakeDuePayouts`.
    MadeAllAnswer {
        201 "They are to be transferred." => Made(JsonResponse<MadePayouts>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of steps of payouts.
    PayoutStepAnswer {
        200 "The payout as it is now." => Taken(JsonResponse<PayoutView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on payouts.
pub struct AdminPayoutsApi;

#[OpenApi(prefix_path = "/api/admin/payouts", tag = "Tag::Admin")]
impl AdminPayoutsApi {
    /// List payouts
    #[oai(path = "/", method = "get", operation_id = "adminListPayouts")]
    async fn list(
        &self,
        _may: Allowed<PayoutsRead>,
        context: TenantContext,
        /// Only those of the seller with this id.
        seller: Query<Option<RowId>>,
        /// Only those that are `created`, `paid`, `returned` or `cancelled`.
        #[oai(validator(max_length = 40))]
        state: Query<Option<String>>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Payouts per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<PayoutsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let state = state.0.map(|name| name.parse::<PayoutState>());
        let listing = PayoutListing {
            seller: seller.0.map(|id| SellerId(id.0)),
            state: state
                .transpose()
                .map_err(|error| ApiError::parameter("state", error.to_string()))?,
            before: before.0.map(|id| PayoutId(id.0)),
            limit,
        };
        let payouts = context.app.store.scope(context.tenant.id).payouts();
        let page = PayoutList::new(payouts.list(&listing).await?, limit, true);
        Ok(PayoutsAnswer::Page(JsonResponse(page)))
    }

    /// Get a payout
    #[oai(path = "/:id", method = "get", operation_id = "adminGetPayout")]
    async fn get(
        &self,
        _may: Allowed<PayoutsRead>,
        context: TenantContext,
        /// Payout id.
        id: Path<RowId>,
    ) -> Result<PayoutAnswer, ApiError> {
        let payouts = context.app.store.scope(context.tenant.id).payouts();
        let payout = payouts.get(PayoutId(id.0.0)).await?;
        let view = PayoutView::new(payout, true);
        Ok(PayoutAnswer::Payout(JsonResponse(view)))
    }

    /// Make a payout to a seller
    ///
    /// No more than the seller is owed, is past `SOUK_PAYOUT_RESERVE_DAYS`, and is there. The ledger has it at once; the
    /// transfer is done at the bank, and told by `paid`.
    #[oai(path = "/", method = "post", operation_id = "adminMakePayout")]
    async fn make(
        &self,
        may: Allowed<PayoutsWrite>,
        context: TenantContext,
        body: BoundedBody<PayoutBody>,
    ) -> Result<MadePayoutAnswer, ApiError> {
        let actor = may.principal.to_string();
        let currency = currency_of(&context, body.0.currency);
        let sum = (currency.as_str(), body.0.amount);
        let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
        let by = (actor.as_str(), now_ms());
        let made = commerce.make_payout(tenant, SellerId(body.0.seller), sum, by);
        let payout = made.await?;
        let location = format!("/api/admin/payouts/{}", payout.id);
        Ok(MadePayoutAnswer::Made(
            JsonResponse(PayoutView::new(payout, true)),
            location,
        ))
    }

    /// Make payouts to all sellers
    ///
    /// Of all that can be paid to each that has a bank account.
    #[oai(path = "/due", method = "post", operation_id = "adminMakeDuePayouts")]
    async fn make_due(
        &self,
        may: Allowed<PayoutsWrite>,
        context: TenantContext,
        body: BoundedBody<DuePayoutsBody>,
    ) -> Result<MadeAllAnswer, ApiError> {
        let actor = may.principal.to_string();
        let currency = currency_of(&context, body.0.currency);
        let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
        let by = (actor.as_str(), now_ms());
        let made = commerce.make_due_payouts(tenant, &currency, by).await?;
        let payouts = made.into_iter().map(|payout| PayoutView::new(payout, true));
        Ok(MadeAllAnswer::Made(JsonResponse(MadePayouts {
            payouts: payouts.collect(),
        })))
    }

    /// Say that a payout was transferred
    #[oai(path = "/:id/paid", method = "post", operation_id = "adminPayoutPaid")]
    async fn paid(
        &self,
        may: Allowed<PayoutsWrite>,
        context: TenantContext,
        /// Payout id.
        id: Path<RowId>,
        body: BoundedBody<TransferBody>,
    ) -> Result<PayoutStepAnswer, ApiError> {
        let action = PayoutAction::Paid(body.0.reference);
        taken(&may.principal, &context, id.0, action).await
    }

    /// Say that a payout came back
    ///
    /// Before or after the bank said that it succeeded. The seller is owed it again.
    #[oai(
        path = "/:id/returned",
        method = "post",
        operation_id = "adminPayoutReturned"
    )]
    async fn returned(
        &self,
        may: Allowed<PayoutsWrite>,
        context: TenantContext,
        /// Payout id.
        id: Path<RowId>,
        body: BoundedBody<DecisionBody>,
    ) -> Result<PayoutStepAnswer, ApiError> {
        let action = PayoutAction::Returned(body.0.reason);
        taken(&may.principal, &context, id.0, action).await
    }

    /// Call off a payout that was not transferred
    #[oai(
        path = "/:id/cancel",
        method = "post",
        operation_id = "adminCancelPayout"
    )]
    async fn cancel(
        &self,
        may: Allowed<PayoutsWrite>,
        context: TenantContext,
        /// Payout id.
        id: Path<RowId>,
        body: BoundedBody<DecisionBody>,
    ) -> Result<PayoutStepAnswer, ApiError> {
        let action = PayoutAction::Cancelled(body.0.reason);
        taken(&may.principal, &context, id.0, action).await
    }
}

async fn taken(
    principal: &Principal,
    context: &TenantContext,
    id: RowId,
    action: PayoutAction,
) -> Result<PayoutStepAnswer, ApiError> {
    let actor = principal.to_string();
    let by = (actor.as_str(), now_ms());
    let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
    let payout = commerce.act_on_payout(tenant, PayoutId(id.0), action, by);
    let view = PayoutView::new(payout.await?, true);
    Ok(PayoutStepAnswer::Taken(JsonResponse(view)))
}

fn currency_of(context: &TenantContext, named: Option<String>) -> String {
    named.unwrap_or_else(|| context.tenant.currency.code().to_owned())
}
