//! Change and reset of passwords.

use poem_openapi::OpenApi;

use super::{
    MAX_BYTES,
    request::{NewPasswordBody, PasswordBody, ResetBody},
    response::EndedSessions,
};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{AccountClient, JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `changePassword`.
    ChangedAnswer {
        200 "It is changed, and all other sessions are over." => Changed(JsonResponse<EndedSessions>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `askPasswordReset`.
    AskedAnswer {
        202 "A mail with a link is on its way, if the address is an account's." => Asked,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `resetPassword`.
    ResetAnswer {
        204 "The password is set, and all sessions are over." => Done,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on passwords.
pub struct PasswordsApi;

#[OpenApi(prefix_path = "/api/account/password", tag = "Tag::Account")]
impl PasswordsApi {
    /// Change one's password
    #[oai(path = "/", method = "post", operation_id = "changePassword")]
    async fn change(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<PasswordBody, MAX_BYTES>,
    ) -> Result<ChangedAnswer, ApiError> {
        let passwords = (body.0.password, body.0.new_password);
        let (tenant, accounts) = (&context.tenant, &context.app.accounts);
        let changed = accounts.change_password(tenant, &session.0, passwords, &client.client);
        let ended = changed.await?;
        Ok(ChangedAnswer::Changed(JsonResponse(EndedSessions {
            ended,
        })))
    }

    /// Ask for a link that sets a password
    ///
    /// The response is the same for an address without an account.
    #[oai(path = "/reset", method = "post", operation_id = "askPasswordReset")]
    async fn ask(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<ResetBody, MAX_BYTES>,
    ) -> Result<AskedAnswer, ApiError> {
        let accounts = &context.app.accounts;
        accounts
            .ask_reset(&context.tenant, &body.0.mail, &client.client)
            .await?;
        Ok(AskedAnswer::Asked)
    }

    /// Set a password by a link
    ///
    /// A password that is refused leaves the link as it is.
    #[oai(
        path = "/reset/confirm",
        method = "post",
        operation_id = "resetPassword"
    )]
    async fn reset(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<NewPasswordBody, MAX_BYTES>,
    ) -> Result<ResetAnswer, ApiError> {
        let NewPasswordBody { token, password } = body.0;
        let accounts = &context.app.accounts;
        accounts
            .reset(&context.tenant, &token, password, &client.client)
            .await?;
        Ok(ResetAnswer::Done)
    }
}
