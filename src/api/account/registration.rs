//! Registration and the confirmation of its address.

use poem_openapi::{OpenApi, payload::Response};
use souk_accounts::Registrant;

use super::{
    MAX_BYTES,
    request::{Keep, RegistrationBody, VerificationBody, language_of},
    sign_in::{SignedInAnswer, answered},
};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{AccountClient, JsonBody, TenantContext},
};

answers! {
    /// Answers of `register`.
    RegisterAnswer {
        202 "A mail is on its way, with a link or the news that there is an account already." => Taken,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations of those who have no account yet.
pub struct RegistrationApi;

#[OpenApi(prefix_path = "/api/account", tag = "Tag::Account")]
impl RegistrationApi {
    /// Register
    ///
    /// The response is the same for an address that has an account. The link is good for 30 minutes; whoever registers again
    /// gets another one.
    #[oai(path = "/register", method = "post", operation_id = "register")]
    async fn register(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<RegistrationBody, MAX_BYTES>,
    ) -> Result<RegisterAnswer, ApiError> {
        let RegistrationBody {
            mail,
            password,
            name,
            language,
        } = body.0;
        let language = language_of(language.as_deref()).map_err(ApiError::Unprocessable)?;
        let language = language.unwrap_or_else(|| context.tenant.language.code().to_owned());
        let registrant = Registrant {
            mail,
            name,
            password,
            language,
        };
        let accounts = &context.app.accounts;
        accounts
            .register(&context.tenant, registrant, &client.client)
            .await?;
        Ok(RegisterAnswer::Taken)
    }

    /// Confirm the address of a new account
    ///
    /// Begins a session. A wrong password leaves the link as it is.
    #[oai(path = "/verify", method = "post", operation_id = "verifyAccount")]
    async fn verify(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<VerificationBody, MAX_BYTES>,
    ) -> Result<Response<SignedInAnswer>, ApiError> {
        let VerificationBody {
            token,
            password,
            keep,
        } = body.0;
        super::sign_in::check(keep, &client)?;
        let accounts = &context.app.accounts;
        let client = client.keeping(keep == Keep::Cookie);
        let outcome = accounts
            .verify(&context.tenant, &token, password, &client.client)
            .await?;
        Ok(answered(outcome, keep, &client))
    }
}
