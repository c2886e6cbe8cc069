//! Taking back what was counted.

use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::voiding::{VoidError, VoidRequest};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};
use souk_identity::needed::AnalyticsVoid;

/// What is to be taken back: exactly one of the three.
#[derive(Debug, Object, Deserialize)]
pub struct VoidBody {
    /// Everything of a day, in UTC.
    #[oai(nullable, validator(max_length = 10))]
    pub day: Option<String>,
    /// Everything that the network of this address did today: /24 for IPv4, /48 for IPv6. Which network somebody
    /// searched from is known on the same day only.
    #[oai(nullable, validator(max_length = 50))]
    pub network: Option<String>,
    /// Everything of a text that was searched for, on all days.
    #[oai(nullable, validator(max_length = 400))]
    pub query: Option<String>,
}

/// Outcome of taking back.
#[derive(Debug, Object, Serialize)]
pub struct VoidOutcome {
    /// Number of sums that were changed or deleted.
    pub changed: u64,
}

answers! {
    /// Answers of `adminVoidAnalytics`.
    VoidAnswer {
        200 "It is taken back." => Voided(JsonResponse<VoidOutcome>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Taking back what was counted.
pub struct AdminVoidApi;

#[OpenApi(prefix_path = "/api/admin/search/analytics", tag = "Tag::Admin")]
impl AdminVoidApi {
    /// Take back what was counted
    ///
    /// Of a day, of a network's searches and events of today, or of a text. Reports and suggestions are without it at once, the
    /// popularity of products when it is learnt next. There is no way back.
    #[oai(path = "/void", method = "post", operation_id = "adminVoidAnalytics")]
    async fn void(
        &self,
        _may: Allowed<AnalyticsVoid>,
        context: TenantContext,
        body: JsonBody<VoidBody>,
    ) -> Result<VoidAnswer, ApiError> {
        let app = &context.app;
        let request = VoidRequest {
            day: body.0.day,
            network: body.0.network,
            query: body.0.query,
        };
        // What this process has counted and not added up yet is meant as well.
        app.analytics.flush().await;
        let (hasher, signer) = (&app.visitor_hasher, app.search.query_ids());
        let changed = request
            .run(&app.store, hasher, signer, context.tenant.id)
            .await
            .map_err(|error| match error {
                VoidError::Invalid(field) => ApiError::Unprocessable(field),
                VoidError::Store(error) => ApiError::from(error),
            })?;
        app.search.suggested().refresh().await?;
        Ok(VoidAnswer::Voided(JsonResponse(VoidOutcome { changed })))
    }
}
