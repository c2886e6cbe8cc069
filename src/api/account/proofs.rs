//! Proofs of second factors: at the sign-in, and before what matters.

use poem::http::header;
use poem_openapi::{OpenApi, payload::Response};
use souk_accounts::RenewedSession;

use super::{
    MAX_BYTES,
    factor_views::ProvenSession,
    request::{FactorBody, Keep, SecondFactorBody, answer_of},
    response::BegunSession,
    sign_in::{begun, check, kept},
};
use crate::{
    api::{Tag, answers::answers, views::Timestamp},
    error::ApiError,
    http::{AccountClient, JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `answerSecondFactor`.
    SecondStepAnswer {
        200 "The session has begun." => Begun(JsonResponse<BegunSession>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `stepUp`.
    SteppedUpAnswer {
        200 "The proof counts from now on." => Proven(JsonResponse<ProvenSession>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Sets the cookie of a session whose token has changed, if a browser keeps it.
pub(super) fn renewed<A>(
    answer: A,
    session: &RenewedSession,
    client: &AccountClient,
) -> Response<A> {
    let answer = Response::new(answer);
    match client.has_bearer {
        true => answer,
        false => {
            let cookie = client.session_cookie(&session.token, session.expires_at_ms);
            answer.header(header::SET_COOKIE, cookie)
        }
    }
}

/// Operations that take a proof of a second factor.
pub struct ProofsApi;

#[OpenApi(prefix_path = "/api/account", tag = "Tag::Account")]
impl ProofsApi {
    /// Finish a sign-in with a second factor
    ///
    /// The token is that of the first step, for five minutes and five attempts. Who keeps the session was said there.
    #[oai(
        path = "/sign-in/second-factor",
        method = "post",
        operation_id = "answerSecondFactor"
    )]
    async fn second_factor(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<SecondFactorBody, MAX_BYTES>,
    ) -> Result<Response<SecondStepAnswer>, ApiError> {
        let SecondFactorBody {
            token,
            code,
            recovery_code,
            device_token,
        } = body.0;
        let answer = answer_of(code, recovery_code).map_err(ApiError::Unprocessable)?;
        let client = client.of_device(device_token);
        let (tenant, accounts) = (&context.tenant, &context.app.accounts);
        let challenged = accounts.challenged(tenant.id, &token, &client.client);
        let challenged = challenged.await?;
        let keep = match challenged.by_cookie {
            true => Keep::Cookie,
            false => Keep::Token,
        };
        check(keep, &client)?;
        let signed_in = accounts
            .answer(tenant, challenged, &answer, &client.client)
            .await?;
        let view = SecondStepAnswer::Begun(begun(&signed_in, keep));
        Ok(kept(view, &signed_in, keep, &client))
    }

    /// Prove a second factor
    ///
    /// Changes of password, address and factors, the export and the deletion of an account with a factor need a proof within
    /// five minutes; without one they are 403 `step_up_required`. The session's token changes.
    #[oai(path = "/step-up", method = "post", operation_id = "stepUp")]
    async fn step_up(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<FactorBody, MAX_BYTES>,
    ) -> Result<Response<SteppedUpAnswer>, ApiError> {
        let FactorBody {
            code,
            recovery_code,
        } = body.0;
        let answer = answer_of(code, recovery_code).map_err(ApiError::Unprocessable)?;
        let (tenant, accounts) = (&context.tenant, &context.app.accounts);
        let proven = accounts
            .step_up(tenant, &session.0, &answer, &client.client)
            .await?;
        let view = SteppedUpAnswer::Proven(JsonResponse(ProvenSession {
            proven_until: Timestamp::from_ms(proven.proven_until_ms),
            token: client.token_in_body(&proven.token),
        }));
        Ok(renewed(view, &proven, &client))
    }
}
