//! Words that are not searched for. One is no more than its own name, so that it has no state to be based on.

use std::ops::Bound;

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_identity::needed::{MerchandisingRead, MerchandisingWrite};
use souk_store::etag;

use super::{authorship, change, live, request::StopWordsBody, response::StopWordsPage};
use crate::{
    api::{
        Tag,
        admin::{DEFAULT_LIMIT, required_state},
        answers::answers,
        params::{ActorName, NoteText, PerPage, StopWord},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListStopWords`.
    StopWordsAnswer {
        200 "A page of them, in alphabetical order." => Page(
            JsonResponse<StopWordsPage>,
            /// The state of all of them: send it as `If-Match` to replace them.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminAddStopWords`.
    AddedAnswer {
        204 "They are among the stop words." => Added,
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminReplaceStopWords`.
    ReplacedAnswer {
        204 "These are the stop words." => Replaced,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField,
        PreconditionRequired

    /// Answers of `adminDeleteStopWord`.
    DeletedAnswer {
        204 "It is none any more." => Deleted,
    } or BadRequest, Unauthorized, NotFound, InvalidField
}

/// Operations on stop words.
pub struct AdminStopWordsApi;

#[OpenApi(
    prefix_path = "/api/admin/search/stop-words",
    tag = "Tag::Merchandising"
)]
impl AdminStopWordsApi {
    /// List stop words
    #[oai(path = "/", method = "get", operation_id = "adminListStopWords")]
    async fn list(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        /// `next_after` of the page before.
        after: Query<Option<StopWord>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<StopWordsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0) as usize;
        let stop_words = live(&context).await?.config.stop_words;
        let state = etag::of(&stop_words);
        let start = match after.0 {
            Some(StopWord(word)) => Bound::Excluded(word),
            None => Bound::Unbounded,
        };
        let mut rest = stop_words
            .range::<String, _>((start, Bound::Unbounded))
            .cloned();
        let page: Vec<String> = rest.by_ref().take(limit).collect();
        let next = rest.next().and_then(|_| page.last().cloned());
        Ok(StopWordsAnswer::Page(
            JsonResponse(StopWordsPage::new(page, next)),
            state,
        ))
    }

    /// Add stop words
    #[oai(path = "/", method = "post", operation_id = "adminAddStopWords")]
    async fn add(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
        /// Reason, for the change log.
        note: Query<Option<NoteText>>,
        body: JsonBody<StopWordsBody>,
    ) -> Result<AddedAnswer, ApiError> {
        change(&context, authorship(actor, note), |_, config| {
            config.stop_words.extend(body.0.stop_words);
            Ok(())
        })
        .await?;
        Ok(AddedAnswer::Added)
    }

    /// Replace all stop words
    #[oai(path = "/", method = "put", operation_id = "adminReplaceStopWords")]
    async fn replace(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// The `ETag` of the list when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
        /// Reason, for the change log.
        note: Query<Option<NoteText>>,
        body: JsonBody<StopWordsBody>,
    ) -> Result<ReplacedAnswer, ApiError> {
        let state = required_state(if_match)?;
        change(&context, authorship(actor, note), |_, config| {
            etag::check(Some(&state), &etag::of(&config.stop_words))?;
            config.stop_words = body.0.stop_words.into_iter().collect();
            Ok(())
        })
        .await?;
        Ok(ReplacedAnswer::Replaced)
    }

    /// Delete a stop word
    #[oai(
        path = "/:word",
        method = "delete",
        operation_id = "adminDeleteStopWord"
    )]
    async fn delete(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// The word.
        word: Path<StopWord>,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
        /// Reason, for the change log.
        note: Query<Option<NoteText>>,
    ) -> Result<DeletedAnswer, ApiError> {
        change(&context, authorship(actor, note), |_, config| {
            if config.stop_words.remove(&word.0.0) {
                Ok(())
            } else {
                Err(ApiError::NotFound("stop word"))
            }
        })
        .await?;
        Ok(DeletedAnswer::Deleted)
    }
}
