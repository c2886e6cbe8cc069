//! Profile of a seller, as its own people see and complete it.

use poem_openapi::{OpenApi, param::Path};
use souk_commerce::SellerPapers;
use souk_identity::SellerPermission;
use souk_store::SellerProfile;

use super::{
    MAX_BYTES,
    request::{PayoutAccountBody, TraderBody},
    views::SellerProfileView,
};
use crate::{
    api::{Tag, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{BoundedBody, JsonResponse, SellerPrincipal, TenantContext},
};

answers! {
    /// Answers of `getSellerProfile`.
    ProfileAnswer {
        200 "The profile." => Profile(JsonResponse<SellerProfileView>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of operations that complete a profile.
    CompletedAnswer {
        200 "The profile as it is now." => Profile(JsonResponse<SellerProfileView>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on a seller's profile.
pub struct SellerProfileApi;

#[OpenApi(prefix_path = "/api/seller", tag = "Tag::Seller")]
impl SellerProfileApi {
    /// Get the seller's profile
    #[oai(path = "/:seller", method = "get", operation_id = "getSellerProfile")]
    async fn get(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
    ) -> Result<ProfileAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Read)?;
        let profiles = context.app.store.scope(context.tenant.id).seller_profiles();
        let profile = profiles.get(own.seller).await?;
        let profile = profile.ok_or(ApiError::NotFound("seller"))?;
        Ok(ProfileAnswer::Profile(JsonResponse(profile.into())))
    }

    /// Set the details of the trader
    ///
    /// Buyers see them beside the seller's goods. A seller that was rejected has applied again with them.
    #[oai(
        path = "/:seller/trader",
        method = "put",
        operation_id = "setSellerTrader"
    )]
    async fn set_trader(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        body: BoundedBody<TraderBody, MAX_BYTES>,
    ) -> Result<CompletedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Profile)?;
        let trader = body.0.check().map_err(ApiError::Unprocessable)?;
        let papers = SellerPapers {
            trader: Some(trader),
            ..SellerPapers::default()
        };
        completed(hand_in(&own, &context, papers).await?)
    }

    /// Set the bank account for payouts
    ///
    /// Payouts that are made from now on go there. Asks for a second factor again, if the account has one.
    #[oai(
        path = "/:seller/payout-account",
        method = "put",
        operation_id = "setSellerPayoutAccount"
    )]
    async fn set_payout_account(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        body: BoundedBody<PayoutAccountBody, MAX_BYTES>,
    ) -> Result<CompletedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Profile)?;
        let accounts = &context.app.accounts;
        accounts.require_proof(context.tenant.id, &own.live).await?;
        let account = body.0.check().map_err(ApiError::Unprocessable)?;
        let papers = SellerPapers {
            payout_account: Some(account),
            ..SellerPapers::default()
        };
        completed(hand_in(&own, &context, papers).await?)
    }

    /// Accept the terms of the marketplace
    #[oai(
        path = "/:seller/terms",
        method = "post",
        operation_id = "acceptSellerTerms"
    )]
    async fn accept_terms(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
    ) -> Result<CompletedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Profile)?;
        let papers = SellerPapers {
            accepts_terms: true,
            ..SellerPapers::default()
        };
        completed(hand_in(&own, &context, papers).await?)
    }
}

async fn hand_in(
    own: &SellerPrincipal,
    context: &TenantContext,
    papers: SellerPapers,
) -> Result<SellerProfile, ApiError> {
    let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
    let actor = own.actor();
    let by = (actor.as_str(), now_ms());
    Ok(commerce.hand_in(tenant, own.seller, papers, by).await?)
}

fn completed(profile: SellerProfile) -> Result<CompletedAnswer, ApiError> {
    Ok(CompletedAnswer::Profile(JsonResponse(profile.into())))
}
