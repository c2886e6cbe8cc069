//! People of the marketplace and their roles.

pub mod request;
pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_domain::AccountId;
use souk_identity::needed::{PeopleRead, PeopleWrite};

use self::{
    request::{InvitationBody, RoleBody, RoleName, membership},
    response::{People, PersonView},
};
use super::DEFAULT_LIMIT;
use crate::{
    api::{
        Tag,
        account::response::EndedSessions,
        answers::answers,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListPeople`.
    PeopleAnswer {
        200 "A page of people, by rising id." => Page(JsonResponse<People>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetPerson`.
    PersonAnswer {
        200 "The person." => Person(JsonResponse<PersonView>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminInvitePerson`.
    InvitedAnswer {
        201 "The role is given, and a mail is on its way." => Invited(JsonResponse<PersonView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminGiveRole`.
    GivenAnswer {
        200 "The person as they are now." => Given(JsonResponse<PersonView>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminTakeRole`, `adminDisablePerson` and `adminEnablePerson`.
    ChangedAnswer {
        200 "The person as they are now." => Changed(JsonResponse<PersonView>),
    } or BadRequest, Unauthorized, NotFound, Conflict

    /// Answers of `adminEndSessions`.
    EndedAnswer {
        200 "All sessions of the person are over." => Ended(JsonResponse<EndedSessions>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminRemoveFactors`.
    RemovedAnswer {
        204 "The password alone is asked for from now on." => Removed,
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminSendPasswordLink`.
    SentAnswer {
        202 "A mail with the link is on its way." => Sent,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on people.
pub struct AdminPeopleApi;

#[OpenApi(prefix_path = "/api/admin/people", tag = "Tag::Security")]
impl AdminPeopleApi {
    /// List people
    #[oai(path = "/", method = "get", operation_id = "adminListPeople")]
    async fn list(
        &self,
        _may: Allowed<PeopleRead>,
        context: TenantContext,
        /// Only those with this role.
        role: Query<Option<RoleName>>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<PeopleAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let after = after.0.map(|after| AccountId(after.0));
        let accounts = context.app.store.scope(context.tenant.id).accounts();
        let people = accounts.people(after, limit, role.0.map(Into::into));
        let people = People::new(people.await?, limit);
        Ok(PeopleAnswer::Page(JsonResponse(people)))
    }

    /// Show somebody
    #[oai(path = "/:id", method = "get", operation_id = "adminGetPerson")]
    async fn get(
        &self,
        _may: Allowed<PeopleRead>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
    ) -> Result<PersonAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let person = accounts.person(tenant, AccountId(id.0.0)).await?;
        Ok(PersonAnswer::Person(JsonResponse(person.into())))
    }

    /// Invite somebody
    ///
    /// The mail has a link that is good for seven days, or the news of the role for somebody who has an account. Nobody gives a
    /// role that may do more than they may themselves, and only owners appoint owners.
    #[oai(path = "/", method = "post", operation_id = "adminInvitePerson")]
    async fn invite(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        body: JsonBody<InvitationBody>,
    ) -> Result<InvitedAnswer, ApiError> {
        let invitee = body.0.into_invitee(context.tenant.language.code());
        let invitee = invitee.map_err(ApiError::Unprocessable)?;
        let (authority, accounts) = (may.principal.authority(), &context.app.accounts);
        let invited = accounts.invite(&context.tenant, authority, invitee).await?;
        let person = PersonView::from(invited.person);
        Ok(InvitedAnswer::Invited(JsonResponse(person)))
    }

    /// Give somebody a role
    ///
    /// A role that may do more than shop ends the person's sessions.
    #[oai(path = "/:id/roles", method = "post", operation_id = "adminGiveRole")]
    async fn give(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
        body: JsonBody<RoleBody>,
    ) -> Result<GivenAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let (authority, id) = (may.principal.authority(), AccountId(id.0.0));
        let given = accounts.give_role(tenant, authority, id, body.0.into());
        Ok(GivenAnswer::Given(JsonResponse(given.await?.into())))
    }

    /// Take a role from somebody
    ///
    /// The last owner stays one.
    #[oai(
        path = "/:id/roles/:role",
        method = "delete",
        operation_id = "adminTakeRole"
    )]
    async fn take(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
        /// Role.
        role: Path<RoleName>,
        /// Id of the seller of a seller's role.
        seller: Query<Option<RowId>>,
    ) -> Result<ChangedAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let (authority, id) = (may.principal.authority(), AccountId(id.0.0));
        let membership = membership(role.0, seller.0.map(|seller| seller.0));
        let taken = accounts.take_role(tenant, authority, id, membership);
        Ok(ChangedAnswer::Changed(JsonResponse(taken.await?.into())))
    }

    /// Disable somebody's account
    ///
    /// Their sessions are refused everywhere within a second.
    #[oai(
        path = "/:id/disable",
        method = "post",
        operation_id = "adminDisablePerson"
    )]
    async fn disable(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
    ) -> Result<ChangedAnswer, ApiError> {
        set_disabled(&may, &context, &id, true).await
    }

    /// Let somebody sign in again
    #[oai(
        path = "/:id/enable",
        method = "post",
        operation_id = "adminEnablePerson"
    )]
    async fn enable(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
    ) -> Result<ChangedAnswer, ApiError> {
        set_disabled(&may, &context, &id, false).await
    }

    /// End all of somebody's sessions
    #[oai(
        path = "/:id/sessions",
        method = "delete",
        operation_id = "adminEndSessions"
    )]
    async fn end_sessions(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
    ) -> Result<EndedAnswer, ApiError> {
        let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
        let (authority, id) = (may.principal.authority(), AccountId(id.0.0));
        let ended = accounts.end_sessions(tenant, authority, id).await?;
        Ok(EndedAnswer::Ended(JsonResponse(EndedSessions { ended })))
    }

    /// Remove somebody's second factor
    ///
    /// For somebody who has lost the phone and the recovery codes. Staff cannot do anything before another one is set up.
    #[oai(
        path = "/:id/factors",
        method = "delete",
        operation_id = "adminRemoveFactors"
    )]
    async fn remove_factors(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
    ) -> Result<RemovedAnswer, ApiError> {
        let (authority, id) = (may.principal.authority(), AccountId(id.0.0));
        let accounts = &context.app.accounts;
        accounts
            .remove_factors(&context.tenant, authority, id)
            .await?;
        Ok(RemovedAnswer::Removed)
    }

    /// Send somebody a link that sets a password
    ///
    /// For somebody who was invited and has no password yet it is another invitation.
    #[oai(
        path = "/:id/password-link",
        method = "post",
        operation_id = "adminSendPasswordLink"
    )]
    async fn send_password_link(
        &self,
        may: Allowed<PeopleWrite>,
        context: TenantContext,
        /// Account id.
        id: Path<RowId>,
    ) -> Result<SentAnswer, ApiError> {
        let (authority, id) = (may.principal.authority(), AccountId(id.0.0));
        let accounts = &context.app.accounts;
        accounts
            .send_password_link(&context.tenant, authority, id)
            .await?;
        Ok(SentAnswer::Sent)
    }
}

async fn set_disabled(
    may: &Allowed<PeopleWrite>,
    context: &TenantContext,
    id: &Path<RowId>,
    is_disabled: bool,
) -> Result<ChangedAnswer, ApiError> {
    let (tenant, accounts) = (context.tenant.id, &context.app.accounts);
    let (authority, id) = (may.principal.authority(), AccountId(id.0.0));
    let changed = accounts.set_disabled(tenant, authority, id, is_disabled);
    Ok(ChangedAnswer::Changed(JsonResponse(changed.await?.into())))
}
