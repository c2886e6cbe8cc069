//! Change of the mail address.

use poem_openapi::OpenApi;

use super::{
    MAX_BYTES,
    request::{AddressBody, LinkBody},
};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{AccountClient, JsonBody, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `askAddressChange`.
    AskedAnswer {
        202 "A mail with a link is on its way to the new address." => Asked,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `changeAddress`.
    ChangedAnswer {
        204 "It is the account's address now." => Changed,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on mail addresses.
pub struct AddressApi;

#[OpenApi(prefix_path = "/api/account/address", tag = "Tag::Account")]
impl AddressApi {
    /// Ask for another mail address
    ///
    /// The response is the same for an address that is another account's: its link does nothing.
    #[oai(path = "/", method = "post", operation_id = "askAddressChange")]
    async fn ask(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<AddressBody, MAX_BYTES>,
    ) -> Result<AskedAnswer, ApiError> {
        let AddressBody { mail, password } = body.0;
        let (tenant, accounts) = (&context.tenant, &context.app.accounts);
        let change = (mail.as_str(), password);
        accounts
            .ask_address(tenant, &session.0, change, &client.client)
            .await?;
        Ok(AskedAnswer::Asked)
    }

    /// Confirm the new mail address
    ///
    /// A mail tells the old address of it.
    #[oai(path = "/confirm", method = "post", operation_id = "changeAddress")]
    async fn change(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<LinkBody, MAX_BYTES>,
    ) -> Result<ChangedAnswer, ApiError> {
        let accounts = &context.app.accounts;
        accounts
            .change_address(&context.tenant, &body.0.token, &client.client)
            .await?;
        Ok(ChangedAnswer::Changed)
    }
}
