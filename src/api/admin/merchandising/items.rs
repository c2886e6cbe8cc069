//! Synonyms, redirects and rules: the same operations on each, since each is a list of a configuration.

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_domain::InvalidField;
use souk_identity::needed::{MerchandisingRead, MerchandisingWrite};
use souk_search::merchandising::config::{Item, Redirect, Rule, Synonyms};
use souk_search_service::new_id;
use souk_store::{Authorship, etag};

use super::{
    authorship, change, live,
    response::{RedirectsPage, RulesPage, SynonymsPage},
    schema::{RedirectBody, RuleBody, SynonymsBody},
};
use crate::{
    api::{
        Tag,
        admin::{DEFAULT_LIMIT, required_state},
        answers::answers,
        params::{ActorName, NoteText, PerPage, SlugText},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

/// Declares the operations on one list of a configuration.
macro_rules! item_operations {
    (
        $(#[$api_doc:meta])*
        $api:ident($item:ty, $body:ident, $page:ident) at $prefix:tt
        list $list:ident $list_id:tt $list_doc:tt
        create $created:ident $create_id:tt $create_doc:tt
        get $shown:ident $get_id:tt $get_doc:tt
        replace $replaced:ident $replace_id:tt $replace_doc:tt
        delete $deleted:ident $delete_id:tt $delete_doc:tt
    ) => {
        answers! {
            /// Answers of the operation that lists them.
            $list {
                200 "A page of them, in their order." => Page(JsonResponse<$page>),
            } or BadRequest, Unauthorized, NotFound

            /// Answers of the operation that makes one.
            $created {
                201 "It was made, and is in force." => Created(
                    JsonResponse<$body>,
                    /// ETag.
                    #[oai(header = "ETag")] String,
                    /// URL slug.
                    #[oai(header = "Location")] String,
                ),
            } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

            /// Answers of the operation that shows one.
            $shown {
                200 "There it is." => Shown(
                    JsonResponse<$body>,
                    /// ETag; send it as `If-Match` with a change.
                    #[oai(header = "ETag")] String,
                ),
            } or BadRequest, Unauthorized, NotFound

            /// Answers of the operation that replaces one.
            $replaced {
                200 "It was changed, or already was so." => Replaced(
                    JsonResponse<$body>,
                    /// New ETag.
                    #[oai(header = "ETag")] String,
                ),
            } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge,
                UnsupportedMediaType, InvalidField, PreconditionRequired

            /// Answers of the operation that deletes one.
            $deleted {
                204 "It is gone." => Deleted,
            } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired, InvalidField
        }

        $(#[$api_doc])*
        pub struct $api;

        #[OpenApi(prefix_path = $prefix, tag = "Tag::Merchandising")]
        #[allow(clippy::too_many_arguments)]
        impl $api {
            #[doc = $list_doc]
            #[oai(path = "/", method = "get", operation_id = $list_id)]
            async fn list(
                &self,
                _may: Allowed<MerchandisingRead>,
                context: TenantContext,
                /// `next_after` of the page before.
                after: Query<Option<SlugText>>,
                /// Items per page, default 50.
                per_page: Query<Option<PerPage>>,
            ) -> Result<$list, ApiError> {
                let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
                let (items, next) = page::<$item>(&context, after.0, limit).await?;
                Ok($list::Page(JsonResponse($page::new(items, next))))
            }

            #[doc = $create_doc]
            ///
            /// It is the last of its list, and in force at once. Others may change others meanwhile.
            #[oai(path = "/", method = "post", operation_id = $create_id)]
            async fn create(
                &self,
                _may: Allowed<MerchandisingWrite>,
                context: TenantContext,
                /// Author, for the change log.
                #[oai(name = "X-Actor")]
                actor: Header<Option<ActorName>>,
                /// Reason, for the change log.
                note: Query<Option<NoteText>>,
                body: JsonBody<$body>,
            ) -> Result<$created, ApiError> {
                let item = create(&context, authorship(actor, note), body.0.content).await?;
                let location = format!("{}/{}", $prefix, item.id());
                let state = etag::of(&item);
                Ok($created::Created(JsonResponse(item.into()), state, location))
            }

            #[doc = $get_doc]
            #[oai(path = "/:id", method = "get", operation_id = $get_id)]
            async fn get(
                &self,
                _may: Allowed<MerchandisingRead>,
                context: TenantContext,
                /// Id.
                id: Path<SlugText>,
            ) -> Result<$shown, ApiError> {
                let item = find::<$item>(&context, &id.0.0).await?;
                let state = etag::of(&item);
                Ok($shown::Shown(JsonResponse(item.into()), state))
            }

            #[doc = $replace_doc]
            ///
            /// It keeps its place and its id.
            #[oai(path = "/:id", method = "put", operation_id = $replace_id)]
            async fn replace(
                &self,
                _may: Allowed<MerchandisingWrite>,
                context: TenantContext,
                /// Id.
                id: Path<SlugText>,
                /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
                #[oai(name = "If-Match")]
                if_match: Header<Option<String>>,
                /// Author, for the change log.
                #[oai(name = "X-Actor")]
                actor: Header<Option<ActorName>>,
                /// Reason, for the change log.
                note: Query<Option<NoteText>>,
                body: JsonBody<$body>,
            ) -> Result<$replaced, ApiError> {
                let state = required_state(if_match)?;
                let by = authorship(actor, note);
                let item = replace(&context, by, &id.0.0, body.0.content, &state).await?;
                let state = etag::of(&item);
                Ok($replaced::Replaced(JsonResponse(item.into()), state))
            }

            #[doc = $delete_doc]
            #[oai(path = "/:id", method = "delete", operation_id = $delete_id)]
            async fn delete(
                &self,
                _may: Allowed<MerchandisingWrite>,
                context: TenantContext,
                /// Id.
                id: Path<SlugText>,
                /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
                #[oai(name = "If-Match")]
                if_match: Header<Option<String>>,
                /// Author, for the change log.
                #[oai(name = "X-Actor")]
                actor: Header<Option<ActorName>>,
                /// Reason, for the change log.
                note: Query<Option<NoteText>>,
            ) -> Result<$deleted, ApiError> {
                let state = required_state(if_match)?;
                delete::<$item>(&context, authorship(actor, note), &id.0.0, &state).await?;
                Ok($deleted::Deleted)
            }
        }
    };
}

item_operations! {
    /// Operations on synonyms.
    AdminSynonymsApi(Synonyms, SynonymsBody, SynonymsPage) at "/api/admin/search/synonyms"
    list SynonymsAnswer "adminListSynonyms" "List synonyms"
    create SynonymsCreatedAnswer "adminCreateSynonyms" "Make a group of synonyms"
    get SynonymsShownAnswer "adminGetSynonyms" "Show a group of synonyms"
    replace SynonymsReplacedAnswer "adminReplaceSynonyms" "Replace a group of synonyms"
    delete SynonymsDeletedAnswer "adminDeleteSynonyms" "Delete a group of synonyms"
}

item_operations! {
    /// Operations on redirects.
    AdminRedirectsApi(Redirect, RedirectBody, RedirectsPage) at "/api/admin/search/redirects"
    list RedirectsAnswer "adminListRedirects" "List redirects"
    create RedirectCreatedAnswer "adminCreateRedirect" "Make a redirect"
    get RedirectShownAnswer "adminGetRedirect" "Show a redirect"
    replace RedirectReplacedAnswer "adminReplaceRedirect" "Replace a redirect"
    delete RedirectDeletedAnswer "adminDeleteRedirect" "Delete a redirect"
}

item_operations! {
    /// Operations on rules.
    AdminRulesApi(Rule, RuleBody, RulesPage) at "/api/admin/search/rules"
    list RulesAnswer "adminListRules" "List rules"
    create RuleCreatedAnswer "adminCreateRule" "Make a rule"
    get RuleShownAnswer "adminGetRule" "Show a rule"
    replace RuleReplacedAnswer "adminReplaceRule" "Replace a rule"
    delete RuleDeletedAnswer "adminDeleteRule" "Delete a rule"
}

/// Up to `limit` items after one, and the last of them if more follow.
async fn page<T: Item>(
    context: &TenantContext,
    after: Option<SlugText>,
    limit: u32,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let config = live(context).await?.config;
    let items = T::list(&config);
    let start = match after {
        Some(SlugText(id)) => {
            let place = items.iter().position(|item| item.id() == id);
            let gone = || ApiError::parameter("after", "is none of them any more; begin again");
            place.ok_or_else(gone)? + 1
        }
        None => 0,
    };
    let rest = &items[start..];
    let page = &rest[..rest.len().min(limit as usize)];
    let next = page.last().filter(|_| rest.len() > page.len());
    Ok((page.to_vec(), next.map(|item| item.id().to_owned())))
}

async fn find<T: Item>(context: &TenantContext, id: &str) -> Result<T, ApiError> {
    let config = live(context).await?.config;
    let place = place_of::<T>(T::list(&config), id)?;
    Ok(T::list(&config)[place].clone())
}

async fn create<T: Item>(
    context: &TenantContext,
    by: Authorship,
    mut item: T,
) -> Result<T, ApiError> {
    if item.id().is_empty() {
        *item.id_mut() = new_id();
    }
    item.check().map_err(ApiError::Unprocessable)?;
    let made = item.clone();
    change(context, by, |_, config| {
        let items = T::list_mut(config);
        if items.iter().any(|other| other.id() == item.id()) {
            return Err(ApiError::Conflict(InvalidField::new("id", "is taken")));
        }
        items.push(item);
        Ok(())
    })
    .await?;
    Ok(made)
}

async fn replace<T: Item>(
    context: &TenantContext,
    by: Authorship,
    id: &str,
    mut item: T,
    if_match: &str,
) -> Result<T, ApiError> {
    if item.id().is_empty() {
        id.clone_into(item.id_mut());
    }
    if item.id() != id {
        let message = "is another than that of the address; it cannot be changed";
        return Err(ApiError::Unprocessable(InvalidField::new("id", message)));
    }
    item.check().map_err(ApiError::Unprocessable)?;
    let replaced = item.clone();
    change(context, by, |_, config| {
        let items = T::list_mut(config);
        let place = place_of(items, id)?;
        etag::check(Some(if_match), &etag::of(&items[place]))?;
        items[place] = item;
        Ok(())
    })
    .await?;
    Ok(replaced)
}

async fn delete<T: Item>(
    context: &TenantContext,
    by: Authorship,
    id: &str,
    if_match: &str,
) -> Result<(), ApiError> {
    change(context, by, |_, config| {
        let items = T::list_mut(config);
        let place = place_of(items, id)?;
        etag::check(Some(if_match), &etag::of(&items[place]))?;
        items.remove(place);
        Ok(())
    })
    .await?;
    Ok(())
}

fn place_of<T: Item>(items: &[T], id: &str) -> Result<usize, ApiError> {
    let place = items.iter().position(|item| item.id() == id);
    place.ok_or(ApiError::NotFound(T::NAME))
}
