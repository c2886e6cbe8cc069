//! Accounts that begin with a link: of people who were invited, and of the first owner.

use poem_openapi::OpenApi;
use souk_accounts::Registrant;

use super::{
    MAX_BYTES,
    request::{AcceptanceBody, FirstOwnerBody, language_of},
};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{AccountClient, JsonBody, TenantContext},
};

answers! {
    /// Answers of `acceptInvitation`.
    AcceptedAnswer {
        204 "The password is set: sign in." => Accepted,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `makeFirstOwner`.
    OwnerAnswer {
        204 "The account is there: sign in." => Made,
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations of people who have a link.
pub struct InvitationApi;

#[OpenApi(prefix_path = "/api/account", tag = "Tag::Account")]
impl InvitationApi {
    /// Accept an invitation
    ///
    /// Sets the first password. One that is refused leaves the link as it is.
    #[oai(
        path = "/invitation/accept",
        method = "post",
        operation_id = "acceptInvitation"
    )]
    async fn accept(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<AcceptanceBody, MAX_BYTES>,
    ) -> Result<AcceptedAnswer, ApiError> {
        let AcceptanceBody {
            token,
            password,
            name,
        } = body.0;
        let accounts = &context.app.accounts;
        accounts
            .accept_invitation(&context.tenant, &token, (password, &name), &client.client)
            .await?;
        Ok(AcceptedAnswer::Accepted)
    }

    /// Make the first owner of the marketplace
    ///
    /// The token is in the link that the service shows in its terminal while there is no owner.
    #[oai(path = "/owner", method = "post", operation_id = "makeFirstOwner")]
    async fn make_owner(
        &self,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<FirstOwnerBody, MAX_BYTES>,
    ) -> Result<OwnerAnswer, ApiError> {
        let FirstOwnerBody {
            token,
            mail,
            password,
            name,
            language,
        } = body.0;
        let language = language_of(language.as_deref()).map_err(ApiError::Unprocessable)?;
        let language = language.unwrap_or_else(|| context.tenant.language.code().to_owned());
        let owner = Registrant {
            mail,
            name,
            password,
            language,
        };
        let accounts = &context.app.accounts;
        accounts
            .add_first_owner(&context.tenant, &token, owner, &client.client)
            .await?;
        Ok(OwnerAnswer::Made)
    }
}
