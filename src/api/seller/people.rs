//! People who work for a seller.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_accounts::Invitee;
use souk_domain::{AccountId, InvalidField};
use souk_identity::{Authority, Permissions, Role, SellerPermission};
use souk_store::{Membership, Person};

use super::{
    MAX_BYTES,
    request::SellerInvitationBody,
    views::{SellerPeople, SellerPerson},
};
use crate::{
    api::{Tag, account::request::language_of, answers::answers, params::RowId},
    error::ApiError,
    http::{BoundedBody, JsonResponse, SellerPrincipal, TenantContext},
};

/// Most people of one seller.
const PEOPLE_PER_SELLER: u32 = 200;

answers! {
    /// Answers of `listSellerPeople`.
    SellerPeopleAnswer {
        200 "The people, by rising id." => People(JsonResponse<SellerPeople>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `inviteSellerPerson`.
    InvitedAnswer {
        201 "The role is given, and a mail is on its way." => Invited(JsonResponse<SellerPerson>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `removeSellerPerson`.
    RemovedAnswer {
        204 "The role is taken." => Removed,
    } or BadRequest, Unauthorized, NotFound, Conflict
}

/// Operations on a seller's people.
pub struct SellerPeopleApi;

#[OpenApi(prefix_path = "/api/seller", tag = "Tag::Seller")]
impl SellerPeopleApi {
    /// List the seller's people
    #[oai(
        path = "/:seller/people",
        method = "get",
        operation_id = "listSellerPeople"
    )]
    async fn list(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
    ) -> Result<SellerPeopleAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::People)?;
        let people = people_of(&own, &context).await?;
        let people = people
            .iter()
            .map(|person| SellerPerson::new(person, own.seller));
        Ok(SellerPeopleAnswer::People(JsonResponse(SellerPeople {
            people: people.collect(),
        })))
    }

    /// Invite somebody to work for the seller
    ///
    /// The mail has a link that is good for seven days, or the news of the role for somebody who has an account. Whoever gets
    /// a role signs in again.
    #[oai(
        path = "/:seller/people",
        method = "post",
        operation_id = "inviteSellerPerson"
    )]
    async fn invite(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        body: BoundedBody<SellerInvitationBody, MAX_BYTES>,
    ) -> Result<InvitedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::People)?;
        let role = body.0.role.parse::<Role>().ok();
        let role = role.filter(|role| role.is_of_seller()).ok_or_else(|| {
            let rule = "must be `seller_staff`, `seller_manager` or `seller_owner`";
            ApiError::Unprocessable(InvalidField::new("role", rule))
        })?;
        if people_of(&own, &context).await?.len() as u64 >= u64::from(PEOPLE_PER_SELLER) {
            let rule = format!("a seller has at most {PEOPLE_PER_SELLER} people");
            return Err(ApiError::Conflict(InvalidField::new("mail", rule)));
        }
        let language = language_of(body.0.language.as_deref());
        let language = language.map_err(ApiError::Unprocessable)?;
        let of_marketplace = || context.tenant.language.code().to_owned();
        let invitee = Invitee {
            mail: body.0.mail,
            name: body.0.name,
            language: language.unwrap_or_else(of_marketplace),
            membership: Membership {
                role,
                seller: Some(own.seller),
            },
        };
        let accounts = &context.app.accounts;
        let invited = accounts.invite(&context.tenant, AUTHORITY, invitee).await?;
        let person = SellerPerson::new(&invited.person, own.seller);
        Ok(InvitedAnswer::Invited(JsonResponse(person)))
    }

    /// Take a role of the seller from somebody
    ///
    /// The last owner stays one.
    #[oai(
        path = "/:seller/people/:account",
        method = "delete",
        operation_id = "removeSellerPerson"
    )]
    async fn remove(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Account id.
        account: Path<RowId>,
        /// Role to take; all of the seller's if absent.
        #[oai(validator(max_length = 40))]
        role: Query<Option<String>>,
    ) -> Result<RemovedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::People)?;
        let id = AccountId(account.0.0);
        let people = people_of(&own, &context).await?;
        let person = people.iter().find(|person| person.account.id == id);
        let person = person.ok_or(ApiError::NotFound("person of the seller"))?;
        let is_own = |it: &&Membership| {
            let is_named = role.0.as_ref().is_none_or(|name| name == it.role.name());
            it.seller == Some(own.seller) && is_named
        };
        let taken: Vec<Membership> = person.memberships.iter().filter(is_own).copied().collect();
        if taken.is_empty() {
            return Err(ApiError::NotFound("role"));
        }
        let owns = |person: &Person| {
            let mut roles = person.memberships.iter();
            roles.any(|it| it.role == Role::SellerOwner && it.seller == Some(own.seller))
        };
        let leaves_owner = taken.iter().any(|it| it.role == Role::SellerOwner);
        if leaves_owner && people.iter().filter(|person| owns(person)).count() == 1 {
            let rule = "is the last owner of the seller: make somebody else an owner first";
            return Err(ApiError::Conflict(InvalidField::new("account", rule)));
        }
        for membership in taken {
            let accounts = &context.app.accounts;
            accounts
                .take_role(context.tenant.id, AUTHORITY, id, membership)
                .await?;
        }
        Ok(RemovedAnswer::Removed)
    }
}

/// Authority of a seller's owner: over roles of sellers, and over nobody who may do anything in the marketplace.
const AUTHORITY: Authority = Authority::of_program(Permissions::NONE);

async fn people_of(
    own: &SellerPrincipal,
    context: &TenantContext,
) -> Result<Vec<Person>, ApiError> {
    let accounts = context.app.store.scope(context.tenant.id).accounts();
    Ok(accounts.of_seller(own.seller, PEOPLE_PER_SELLER).await?)
}
