//! Signing in and out.

use poem::http::header;
use poem_openapi::{OpenApi, payload::Response};
use souk_accounts::{SignInOutcome, SignedIn};

use super::{
    MAX_BYTES,
    factor_views::SecondFactorNeeded,
    request::{Keep, SignInBody},
    response::BegunSession,
};
use crate::{
    api::{Tag, answers::answers, views::Timestamp},
    error::ApiError,
    http::{AccountClient, JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `signIn` and `verifyAccount`.
    SignedInAnswer {
        200 "The session has begun." => Begun(JsonResponse<BegunSession>),
        202 "The password is right, and a second factor is asked for: `POST /api/account/sign-in/second-factor`." => SecondFactor(JsonResponse<SecondFactorNeeded>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `signOut`.
    SignedOutAnswer {
        204 "The session is over." => Over,
    } or BadRequest, Unauthorized, NotFound
}

/// Refuses to set a cookie for another site's page.
pub(super) fn check(keep: Keep, client: &AccountClient) -> Result<(), ApiError> {
    match keep {
        Keep::Token => Ok(()),
        Keep::Cookie => client.require_own(),
    }
}

/// Returns the answer of a right password: a session that has begun, or the question for a second factor.
pub(super) fn answered(
    outcome: SignInOutcome,
    keep: Keep,
    client: &AccountClient,
) -> Response<SignedInAnswer> {
    match outcome {
        SignInOutcome::SignedIn(signed_in) => {
            let view = begun(&signed_in, keep);
            kept(SignedInAnswer::Begun(view), &signed_in, keep, client)
        }
        SignInOutcome::SecondFactor(pending) => {
            let view = JsonResponse(SecondFactorNeeded::from(pending));
            Response::new(SignedInAnswer::SecondFactor(view))
        }
    }
}

/// Returns the view of a session that has begun.
pub(super) fn begun(signed_in: &SignedIn, keep: Keep) -> JsonResponse<BegunSession> {
    let in_body = |token: &str| (keep == Keep::Token).then(|| token.to_owned());
    JsonResponse(BegunSession {
        account: (&signed_in.account).into(),
        expires_at: Timestamp::from_ms(signed_in.expires_at_ms),
        token: in_body(&signed_in.token.text()),
        device_token: in_body(&signed_in.device),
    })
}

/// Sets the cookies of a session that a browser keeps.
pub(super) fn kept<A>(
    answer: A,
    signed_in: &SignedIn,
    keep: Keep,
    client: &AccountClient,
) -> Response<A> {
    let answer = Response::new(answer);
    if keep == Keep::Token {
        return answer;
    }
    let session = client.session_cookie(&signed_in.token, signed_in.expires_at_ms);
    let device = client.cookies.keep_device(&signed_in.device);
    answer
        .header(header::SET_COOKIE, session)
        .header(header::SET_COOKIE, device)
}

/// Operations on the session of a request.
pub struct SignInApi;

#[OpenApi(prefix_path = "/api/account", tag = "Tag::Account")]
impl SignInApi {
    /// Sign in
    ///
    /// Repeated failures are answered with 429: with a growing delay from the fifth on, and for 30 minutes from the tenth on.
    /// A device that signed in before is counted apart. An account with a second factor is asked for it by 202.
    #[oai(path = "/sign-in", method = "post", operation_id = "signIn")]
    async fn sign_in(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<SignInBody, MAX_BYTES>,
    ) -> Result<Response<SignedInAnswer>, ApiError> {
        let SignInBody {
            mail,
            password,
            keep,
            device_token,
        } = body.0;
        check(keep, &client)?;
        let client = client.of_device(device_token).keeping(keep == Keep::Cookie);
        let accounts = &context.app.accounts;
        let outcome = accounts
            .sign_in(&context.tenant, &mail, password, &client.client)
            .await?;
        Ok(answered(outcome, keep, &client))
    }

    /// Sign out
    ///
    /// The session is refused everywhere within a second.
    #[oai(path = "/sign-out", method = "post", operation_id = "signOut")]
    async fn sign_out(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
    ) -> Result<Response<SignedOutAnswer>, ApiError> {
        let accounts = &context.app.accounts;
        let network = &client.client.network;
        accounts
            .sign_out(context.tenant.id, &session.0, network)
            .await?;
        let answer = Response::new(SignedOutAnswer::Over)
            .header(header::SET_COOKIE, client.cookies.keep_session("", 0))
            .header("Clear-Site-Data", "\"cache\", \"storage\"");
        Ok(answer)
    }
}
