//! Profiles of sellers, and decisions on them.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
};
use serde::Serialize;
use souk_domain::{
    SellerId,
    sellers::{SellerDecision, SellerStatus},
};
use souk_identity::needed::{PayoutsRead, SellersRead, SellersWrite};

use super::request::DecisionBody;
use crate::{
    api::{
        Tag,
        admin::{DEFAULT_LIMIT, next_id},
        answers::answers,
        call::now_ms,
        params::{PerPage, RowId},
        seller::views::{SellerBalances, SellerProfileView},
    },
    error::ApiError,
    http::{Allowed, BoundedBody, JsonResponse, Principal, TenantContext},
};

/// Profiles of sellers.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct SellerProfileList {
    /// Profiles, by rising id.
    pub sellers: Vec<SellerProfileView>,
    /// Send it as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

answers! {
    /// Answers of `adminListSellerProfiles`.
    ProfilesAnswer {
        200 "A page of them, by rising id." => Page(JsonResponse<SellerProfileList>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetSellerProfile`.
    AdminProfileAnswer {
        200 "The profile." => Profile(JsonResponse<SellerProfileView>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetSellerBalances`.
    AdminBalancesAnswer {
        200 "The balances." => Balances(JsonResponse<SellerBalances>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of decisions that need no reason.
    DecidedAnswer {
        200 "The profile as it is now." => Profile(JsonResponse<SellerProfileView>),
    } or BadRequest, Unauthorized, NotFound, Conflict

    /// Answers of decisions with a reason.
    ReasonedAnswer {
        200 "The profile as it is now." => Profile(JsonResponse<SellerProfileView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on profiles of sellers.
pub struct AdminSellersApi;

#[OpenApi(prefix_path = "/api/admin/seller-profiles", tag = "Tag::Admin")]
impl AdminSellersApi {
    /// List profiles of sellers
    #[oai(path = "/", method = "get", operation_id = "adminListSellerProfiles")]
    async fn list(
        &self,
        _may: Allowed<SellersRead>,
        context: TenantContext,
        /// Only those that are `applied`, `approved`, `suspended` or `rejected`.
        #[oai(validator(max_length = 40))]
        status: Query<Option<String>>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Sellers per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ProfilesAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let status = status.0.map(|name| name.parse::<SellerStatus>());
        let status = status
            .transpose()
            .map_err(|error| ApiError::parameter("status", error.to_string()))?;
        let after = after.0.map(|id| SellerId(id.0));
        let profiles = context.app.store.scope(context.tenant.id).seller_profiles();
        let profiles = profiles.list(status, after, limit).await?;
        let sellers: Vec<_> = profiles.into_iter().map(SellerProfileView::from).collect();
        Ok(ProfilesAnswer::Page(JsonResponse(SellerProfileList {
            next_after: next_id(&sellers, limit, |seller| seller.id),
            sellers,
        })))
    }

    /// Get the profile of a seller
    #[oai(path = "/:id", method = "get", operation_id = "adminGetSellerProfile")]
    async fn get(
        &self,
        _may: Allowed<SellersRead>,
        context: TenantContext,
        /// Seller id.
        id: Path<RowId>,
    ) -> Result<AdminProfileAnswer, ApiError> {
        let profiles = context.app.store.scope(context.tenant.id).seller_profiles();
        let profile = profiles.get(SellerId(id.0.0)).await?;
        let profile = profile.ok_or(ApiError::NotFound("seller"))?;
        Ok(AdminProfileAnswer::Profile(JsonResponse(profile.into())))
    }

    /// Get what a seller is owed
    #[oai(
        path = "/:id/balances",
        method = "get",
        operation_id = "adminGetSellerBalances"
    )]
    async fn balances(
        &self,
        _may: Allowed<PayoutsRead>,
        context: TenantContext,
        /// Seller id.
        id: Path<RowId>,
    ) -> Result<AdminBalancesAnswer, ApiError> {
        let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
        let balances = commerce.seller_balances(tenant, SellerId(id.0.0), now_ms());
        let view = SellerBalances::new(balances.await?);
        Ok(AdminBalancesAnswer::Balances(JsonResponse(view)))
    }

    /// Approve a seller that has applied
    ///
    /// All of the checklist has to be there. The seller's goods are on sale from now on.
    #[oai(
        path = "/:id/approve",
        method = "post",
        operation_id = "adminApproveSeller"
    )]
    async fn approve(
        &self,
        may: Allowed<SellersWrite>,
        context: TenantContext,
        /// Seller id.
        id: Path<RowId>,
    ) -> Result<DecidedAnswer, ApiError> {
        let decision = SellerDecision::Approve;
        let profile = decide(&may.principal, &context, id.0, decision, None).await?;
        Ok(DecidedAnswer::Profile(JsonResponse(profile)))
    }

    /// Reject a seller that has applied
    ///
    /// The seller is told the reason, and may apply again by handing in other details.
    #[oai(
        path = "/:id/reject",
        method = "post",
        operation_id = "adminRejectSeller"
    )]
    async fn reject(
        &self,
        may: Allowed<SellersWrite>,
        context: TenantContext,
        /// Seller id.
        id: Path<RowId>,
        body: BoundedBody<DecisionBody>,
    ) -> Result<ReasonedAnswer, ApiError> {
        let decision = SellerDecision::Reject;
        let reason = Some(body.0.reason);
        let profile = decide(&may.principal, &context, id.0, decision, reason).await?;
        Ok(ReasonedAnswer::Profile(JsonResponse(profile)))
    }

    /// Suspend a seller
    ///
    /// The seller's goods leave search, listings and pages within a second. Orders that were placed are carried out.
    #[oai(
        path = "/:id/suspend",
        method = "post",
        operation_id = "adminSuspendSeller"
    )]
    async fn suspend(
        &self,
        may: Allowed<SellersWrite>,
        context: TenantContext,
        /// Seller id.
        id: Path<RowId>,
        body: BoundedBody<DecisionBody>,
    ) -> Result<ReasonedAnswer, ApiError> {
        let decision = SellerDecision::Suspend;
        let reason = Some(body.0.reason);
        let profile = decide(&may.principal, &context, id.0, decision, reason).await?;
        Ok(ReasonedAnswer::Profile(JsonResponse(profile)))
    }

    /// Let a suspended seller sell again
    ///
    /// The seller's goods come back as they were.
    #[oai(
        path = "/:id/reinstate",
        method = "post",
        operation_id = "adminReinstateSeller"
    )]
    async fn reinstate(
        &self,
        may: Allowed<SellersWrite>,
        context: TenantContext,
        /// Seller id.
        id: Path<RowId>,
    ) -> Result<DecidedAnswer, ApiError> {
        let decision = SellerDecision::Reinstate;
        let profile = decide(&may.principal, &context, id.0, decision, None).await?;
        Ok(DecidedAnswer::Profile(JsonResponse(profile)))
    }
}

async fn decide(
    principal: &Principal,
    context: &TenantContext,
    id: RowId,
    decision: SellerDecision,
    reason: Option<String>,
) -> Result<SellerProfileView, ApiError> {
    let actor = principal.to_string();
    let why = (actor.as_str(), reason.as_deref());
    let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
    let decided = commerce.decide_on_seller(tenant, SellerId(id.0), decision, why, now_ms());
    Ok(decided.await?.into())
}
