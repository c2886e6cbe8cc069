//! People of a seller: whoever asks for an operation below `/api/seller/{seller}` has a role of that seller.

use std::sync::Arc;

use poem::{Request, RequestBody, Result};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, registry::Registry};
use souk_domain::SellerId;
use souk_identity::{SellerPermission, SessionKind};
use souk_store::LiveSession;

use super::{SessionPrincipal, person::SignedInPerson};
use crate::{error::ApiError, state::AppState};

/// First parameter of the address, by the name that the framework gives it.
const SELLER: &str = "param0";

/// Somebody with a role of the seller that the address names.
pub struct SellerPrincipal {
    /// Seller.
    pub seller: SellerId,
    /// Session.
    pub live: Arc<LiveSession>,
}

impl SellerPrincipal {
    /// Refuses those whose role does not permit it.
    ///
    /// # Errors
    /// If no role of the seller has the permission.
    pub fn require(&self, permission: SellerPermission) -> Result<(), ApiError> {
        let mut memberships = self.live.memberships.iter();
        let is_permitted =
            memberships.any(|own| own.seller == Some(self.seller) && permission.is_of(own.role));
        match is_permitted {
            true => Ok(()),
            false => Err(ApiError::SellerForbidden(permission)),
        }
    }

    /// Returns the name in the audit log and in the history of orders.
    pub fn actor(&self) -> String {
        format!("account:{}", self.live.account.id)
    }
}

impl<'a> ApiExtractor<'a> for SellerPrincipal {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        SessionPrincipal::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        SessionPrincipal::security_schemes()
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let app = request.data::<AppState>();
        let app = app.ok_or_else(|| ApiError::internal("the application is missing"))?;
        let live = Box::pin(SignedInPerson::of(app, request)).await?.live;
        let seller = request.raw_path_param(SELLER);
        let seller = seller.and_then(|id| id.parse::<SellerId>().ok());
        let is_own = |seller: &SellerId| {
            let mut memberships = live.memberships.iter();
            memberships.any(|own| own.seller == Some(*seller) && own.role.is_of_seller())
        };
        // Nobody is told of sellers that they do not work for.
        let seller = seller.filter(is_own).ok_or(ApiError::NotFound("seller"))?;
        // A session that began as a shopper's lives for longer than those of sellers may.
        if live.session.kind == SessionKind::Shopper {
            return Err(ApiError::SellerSignInRequired.into());
        }
        Ok(Self { seller, live })
    }
}
