//! Sessions of an account.

use poem_openapi::{OpenApi, param::Path};
use souk_domain::SessionId;

use super::response::{AccountSessions, EndedSessions, SessionView};
use crate::{
    api::{Tag, answers::answers, params::RowId},
    error::ApiError,
    http::{AccountClient, JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `listSessions`.
    SessionsAnswer {
        200 "Sessions that are alive." => Sessions(JsonResponse<AccountSessions>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `revokeSession`.
    RevokedAnswer {
        204 "It is over." => Revoked,
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `revokeOtherSessions`.
    OthersAnswer {
        200 "All but the session of this request are over." => Revoked(JsonResponse<EndedSessions>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on sessions.
pub struct SessionsApi;

#[OpenApi(prefix_path = "/api/account/sessions", tag = "Tag::Account")]
impl SessionsApi {
    /// List one's sessions
    #[oai(path = "/", method = "get", operation_id = "listSessions")]
    async fn list(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
    ) -> Result<SessionsAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let sessions = accounts.sessions_of(tenant, &session.0).await?;
        let view = |one| SessionView::new(one, session.0.session.id);
        Ok(SessionsAnswer::Sessions(JsonResponse(AccountSessions {
            sessions: sessions.into_iter().map(view).collect(),
        })))
    }

    /// Revoke one session
    ///
    /// No process takes it a second later.
    #[oai(path = "/:id", method = "delete", operation_id = "revokeSession")]
    async fn revoke(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
        /// Session id.
        id: Path<RowId>,
    ) -> Result<RevokedAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let id = SessionId(id.0.0);
        accounts
            .revoke(tenant, &session.0, id, &client.client.network)
            .await?;
        Ok(RevokedAnswer::Revoked)
    }

    /// Revoke all other sessions
    #[oai(path = "/", method = "delete", operation_id = "revokeOtherSessions")]
    async fn revoke_others(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        client: AccountClient,
    ) -> Result<OthersAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let ended = accounts.revoke_others(tenant, &session.0, &client.client.network);
        let ended = ended.await?;
        Ok(OthersAnswer::Revoked(JsonResponse(EndedSessions { ended })))
    }
}
