//! Applications as a seller, and the sellers that somebody works for.

use poem_openapi::OpenApi;
use souk_domain::SellerId;

use super::{
    MAX_BYTES,
    request::ApplicationBody,
    views::{OwnSeller, OwnSellers, SellerProfileView},
};
use crate::{
    api::{Tag, answers::answers, call::now_ms},
    error::ApiError,
    http::{BoundedBody, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `listOwnSellers`.
    OwnSellersAnswer {
        200 "The sellers, one entry for each role." => Sellers(JsonResponse<OwnSellers>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `applyAsSeller`.
    AppliedAnswer {
        201 "The marketplace will decide." => Applied(
            JsonResponse<SellerProfileView>,
            /// URL of the seller's workspace.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations of those who want to sell.
pub struct ApplicationsApi;

#[OpenApi(prefix_path = "/api/seller", tag = "Tag::Seller")]
impl ApplicationsApi {
    /// List the sellers that one works for
    #[oai(path = "/", method = "get", operation_id = "listOwnSellers")]
    async fn list(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
    ) -> Result<OwnSellersAnswer, ApiError> {
        let profiles = context.app.store.scope(context.tenant.id).seller_profiles();
        let mut sellers = Vec::new();
        for membership in &session.0.memberships {
            let Some(seller) = membership.seller else {
                continue;
            };
            if let Some(profile) = profiles.get(SellerId(seller.0)).await? {
                sellers.push(OwnSeller {
                    seller: profile.into(),
                    role: membership.role.to_string(),
                });
            }
        }
        let sellers = OwnSellers { sellers };
        Ok(OwnSellersAnswer::Sellers(JsonResponse(sellers)))
    }

    /// Apply as a seller
    ///
    /// The account becomes the owner of a seller whose goods are not on sale before the marketplace approves it. What the
    /// checklist asks for may come now or later. Sign in again to work for the seller: such sessions are shorter than a
    /// shopper's. An account applies with five sellers at most.
    #[oai(path = "/", method = "post", operation_id = "applyAsSeller")]
    async fn apply(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        body: BoundedBody<ApplicationBody, MAX_BYTES>,
    ) -> Result<AppliedAnswer, ApiError> {
        let account = session.0.account.id;
        if session.0.account.verified_at_ms.is_none() {
            return Err(ApiError::Unprocessable(souk_domain::InvalidField::new(
                "",
                "confirm the mail address of the account first",
            )));
        }
        let (new, papers) = body
            .0
            .into_parts(account)
            .map_err(ApiError::Unprocessable)?;
        let actor = format!("account:{account}");
        let (tenant, commerce) = (context.tenant.id, &context.app.commerce);
        let by = (actor.as_str(), now_ms());
        let profile = commerce.apply_as_seller(tenant, &new, papers, by).await?;
        context.app.accounts.outdate_sessions();
        let location = format!("/api/seller/{}", profile.seller);
        Ok(AppliedAnswer::Applied(
            JsonResponse(profile.into()),
            location,
        ))
    }
}
