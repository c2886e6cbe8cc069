//! The account of whoever is signed in.

use poem_openapi::OpenApi;
use souk_accounts::SecurityContext;
use souk_identity::SecurityEvent;
use souk_store::AccountChanges;

use super::{
    MAX_BYTES,
    request::{AccountBody, ProofBody, language_of},
    response::{AccountData, AccountRole, AccountView, Me},
};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{AccountClient, JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

/// Most purchases in an export, and most reviews.
const EXPORTED: u32 = 10_000;

answers! {
    /// Answers of `getAccount`.
    MeAnswer {
        200 "Whoever is signed in." => Me(JsonResponse<Me>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `updateAccount`.
    UpdatedAnswer {
        200 "The account as it is now." => Updated(JsonResponse<AccountView>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `exportAccount`.
    ExportAnswer {
        200 "All that is stored of the person." => Data(JsonResponse<AccountData>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `deleteAccount`.
    ErasedAnswer {
        204 "It is gone." => Erased,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on one's own account.
pub struct MeApi;

#[OpenApi(prefix_path = "/api/account", tag = "Tag::Account")]
impl MeApi {
    /// Get one's own account
    #[oai(path = "/", method = "get", operation_id = "getAccount")]
    async fn get(
        &self,
        session: SessionPrincipal,
        _context: TenantContext,
    ) -> Result<MeAnswer, ApiError> {
        let live = &session.0;
        Ok(MeAnswer::Me(JsonResponse(Me {
            account: (&live.account).into(),
            roles: live.memberships.iter().map(AccountRole::from).collect(),
        })))
    }

    /// Change name or language
    #[oai(path = "/", method = "patch", operation_id = "updateAccount")]
    async fn update(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        body: JsonBody<AccountBody, MAX_BYTES>,
    ) -> Result<UpdatedAnswer, ApiError> {
        let AccountBody { name, language } = body.0;
        let language = language_of(language.as_deref()).map_err(ApiError::Unprocessable)?;
        let changes = AccountChanges { name, language };
        let accounts = &context.app.accounts;
        let account = accounts.update(context.tenant.id, &session.0, changes);
        let account = AccountView::from(&account.await?);
        Ok(UpdatedAnswer::Updated(JsonResponse(account)))
    }

    /// Get all that is stored of oneself
    ///
    /// With a cookie, the request has to come from a page of the same host, as a change has to.
    #[oai(path = "/export", method = "get", operation_id = "exportAccount")]
    async fn export(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
    ) -> Result<ExportAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        if !client.is_of_own_page() {
            let context = SecurityContext {
                tenant,
                account: None,
                network: &client.client.network,
            };
            let event = SecurityEvent::CrossSiteRefused;
            accounts.report(event, context).await;
            return Err(ApiError::CrossSite);
        }
        let export = accounts.export(tenant, &session.0, &client.client).await?;
        let scope = context.app.store.scope(tenant);
        let account = session.0.account.id;
        let addresses = scope.addresses().list(account).await?;
        let purchases = scope.order_groups_of(account, None, EXPORTED).await?;
        let reviews = scope.reviews();
        let written = reviews.of_account(account, None, EXPORTED).await?;
        let votes = reviews.voted_by(account).await?;
        let data = AccountData::new(
            export,
            session.0.session.id,
            (addresses, &purchases),
            (written, votes),
        );
        let data = data.watching(scope.product_watches().list(account).await?);
        Ok(ExportAnswer::Data(JsonResponse(data)))
    }

    /// Delete one's own account
    ///
    /// All that is stored of the person is erased. Its id stays taken.
    #[oai(path = "/delete", method = "post", operation_id = "deleteAccount")]
    async fn delete(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        body: JsonBody<ProofBody, MAX_BYTES>,
    ) -> Result<ErasedAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let password = body.0.password;
        accounts
            .erase(tenant, &session.0, password, &client.client)
            .await?;
        Ok(ErasedAnswer::Erased)
    }
}
