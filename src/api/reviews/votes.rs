//! Votes for reviews that were helpful.

use poem_openapi::{OpenApi, param::Path};
use souk_domain::ReviewId;

use super::response::ReviewVote;
use crate::{
    api::{Tag, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{JsonResponse, SessionPrincipal, TenantContext},
};

answers! {
    /// Answers of `voteForReview` and `takeVoteBack`.
    ReviewVoteAnswer {
        200 "The votes as they are now." => Vote(JsonResponse<ReviewVote>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on votes.
pub struct ReviewVotesApi;

#[OpenApi(prefix_path = "/api/reviews", tag = "Tag::Reviews")]
impl ReviewVotesApi {
    /// Say that a review was helpful
    ///
    /// An account has one vote for a review; a second time changes nothing. Nobody votes for their own review.
    #[oai(path = "/:id/helpful", method = "post", operation_id = "voteForReview")]
    async fn vote(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Id of the review.
        id: Path<RowId>,
    ) -> Result<ReviewVoteAnswer, ApiError> {
        let (account, id) = (session.0.account.id, ReviewId(id.0.0));
        let reviews = context.app.store.scope(context.tenant.id).reviews();
        let voted = reviews.vote(account, id, now_ms()).await?;
        let helpful = voted.map_err(ApiError::Review)?.helpful;
        Ok(answer(true, helpful))
    }

    /// Take one's vote back
    #[oai(
        path = "/:id/helpful",
        method = "delete",
        operation_id = "takeVoteBack"
    )]
    async fn take_back(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Id of the review.
        id: Path<RowId>,
    ) -> Result<ReviewVoteAnswer, ApiError> {
        let (account, id) = (session.0.account.id, ReviewId(id.0.0));
        let reviews = context.app.store.scope(context.tenant.id).reviews();
        let review = reviews.take_vote(account, id).await?;
        Ok(answer(false, review.helpful))
    }
}

fn answer(voted: bool, helpful: i64) -> ReviewVoteAnswer {
    ReviewVoteAnswer::Vote(JsonResponse(ReviewVote { voted, helpful }))
}
