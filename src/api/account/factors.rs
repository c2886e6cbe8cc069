//! Second factors of an account: listed, added, removed.

use poem_openapi::{OpenApi, payload::Response};

use super::{
    MAX_BYTES,
    factor_views::{ConfirmedFactor, FactorsView, NewRecoveryCodes, TotpEnrolment, shown},
    proofs::renewed,
    request::{ProofBody, TotpBody, TotpCodeBody},
};
use crate::{
    api::{Tag, answers::answers, views::Timestamp},
    error::ApiError,
    http::{AccountClient, JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `listFactors`.
    FactorsAnswer {
        200 "Factors, without their secrets." => Factors(JsonResponse<FactorsView>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `beginTotp`.
    BegunAnswer {
        200 "What the app needs; it waits for its first code." => Begun(JsonResponse<TotpEnrolment>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, Conflict, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `confirmTotp`.
    ConfirmedAnswer {
        200 "It is asked for from now on, and all other sessions are over." => Confirmed(JsonResponse<ConfirmedFactor>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `removeTotp`.
    RemovedAnswer {
        204 "It is gone, and so are the recovery codes." => Removed,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `renewRecoveryCodes`.
    RenewedAnswer {
        200 "The codes of before are refused." => Renewed(JsonResponse<NewRecoveryCodes>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on second factors.
pub struct FactorsApi;

#[OpenApi(prefix_path = "/api/account/factors", tag = "Tag::Account")]
impl FactorsApi {
    /// List one's second factors
    #[oai(path = "/", method = "get", operation_id = "listFactors")]
    async fn list(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
    ) -> Result<FactorsAnswer, ApiError> {
        let accounts = &context.app.accounts;
        let factors = accounts.factors(context.tenant.id, &session.0).await?;
        let view = FactorsView::from(factors);
        Ok(FactorsAnswer::Factors(JsonResponse(view)))
    }

    /// Begin to add an authenticator app
    ///
    /// The app is not asked for until its first code has confirmed it, within ten minutes. An account has one at most.
    #[oai(path = "/totp", method = "post", operation_id = "beginTotp")]
    async fn begin(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<TotpBody, MAX_BYTES>,
    ) -> Result<BegunAnswer, ApiError> {
        let TotpBody { name, password } = body.0;
        let (tenant, accounts) = (&context.tenant, &context.app.accounts);
        let begun = accounts.begin_totp(tenant, &session.0, (name, password), &client.client);
        let begun = begun.await?;
        Ok(BegunAnswer::Begun(JsonResponse(TotpEnrolment {
            secret: begun.enrolment.secret,
            url: begun.enrolment.url,
            qr_code: begun.qr_code,
            expires_at: Timestamp::from_ms(begun.expires_at_ms),
        })))
    }

    /// Confirm an authenticator app by its first code
    ///
    /// The session's token changes, and a mail tells of it. The recovery codes are shown this once.
    #[oai(path = "/totp/confirm", method = "post", operation_id = "confirmTotp")]
    async fn confirm(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<TotpCodeBody, MAX_BYTES>,
    ) -> Result<Response<ConfirmedAnswer>, ApiError> {
        let (tenant, accounts) = (&context.tenant, &context.app.accounts);
        let code = body.0.code;
        let confirmed = accounts.confirm_totp(tenant, &session.0, &code, &client.client);
        let confirmed = confirmed.await?;
        let view = ConfirmedFactor {
            recovery_codes: shown(&confirmed.recovery_codes),
            ended: confirmed.ended,
            proven_until: Timestamp::from_ms(confirmed.session.proven_until_ms),
            token: client.token_in_body(&confirmed.session.token),
        };
        let answer = ConfirmedAnswer::Confirmed(JsonResponse(view));
        Ok(renewed(answer, &confirmed.session, &client))
    }

    /// Remove the authenticator app
    ///
    /// Needs a proof of a factor within five minutes. A mail tells of it.
    #[oai(path = "/totp/remove", method = "post", operation_id = "removeTotp")]
    async fn remove(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<ProofBody, MAX_BYTES>,
    ) -> Result<RemovedAnswer, ApiError> {
        let (tenant, accounts) = (&context.tenant, &context.app.accounts);
        let password = body.0.password;
        accounts
            .remove_totp(tenant, &session.0, password, &client.client)
            .await?;
        Ok(RemovedAnswer::Removed)
    }

    /// Make a new set of recovery codes
    ///
    /// Needs a proof of a factor within five minutes. The codes are shown this once.
    #[oai(
        path = "/recovery-codes",
        method = "post",
        operation_id = "renewRecoveryCodes"
    )]
    async fn renew_codes(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<ProofBody, MAX_BYTES>,
    ) -> Result<RenewedAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let password = body.0.password;
        let codes = accounts.renew_recovery_codes(tenant, &session.0, password, &client.client);
        let recovery_codes = shown(&codes.await?);
        Ok(RenewedAnswer::Renewed(JsonResponse(NewRecoveryCodes {
            recovery_codes,
        })))
    }
}
