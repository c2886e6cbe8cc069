//! Decisions on texts that were learnt from searches.

use poem_openapi::{Enum, Object, OpenApi, param::Query};
use serde::{Deserialize, Serialize};
use souk_domain::InvalidField;
use souk_identity::needed::{MerchandisingRead, MerchandisingWrite};
use souk_search::QueryText;
use souk_store::{SuggestionDecision, SuggestionRecord};

use crate::{
    api::{
        Tag,
        admin::DEFAULT_LIMIT,
        admin::check_search_text,
        answers::answers,
        params::{PageNumber, PerPage},
        views::Timestamp,
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

/// Decision on a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename = "SuggestionDecision", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DecisionName {
    /// Nobody has decided yet.
    Pending,
    /// It may be suggested.
    Approved,
    /// It is never suggested.
    Refused,
}

impl From<DecisionName> for SuggestionDecision {
    fn from(name: DecisionName) -> Self {
        match name {
            DecisionName::Pending => Self::Pending,
            DecisionName::Approved => Self::Approved,
            DecisionName::Refused => Self::Refused,
        }
    }
}

/// Decision to be made.
#[derive(Debug, Object, Deserialize)]
pub struct SuggestionDecisionBody {
    /// The text, as the list shows it or as people type it.
    #[oai(validator(min_length = 1, max_length = 400))]
    pub text: String,
    /// The decision.
    pub decision: DecisionName,
}

/// A text with its decision.
#[derive(Debug, Object, Serialize)]
pub struct DecidedSuggestion {
    /// The text in its normal form.
    pub text: String,
    /// The decision.
    pub decision: DecisionName,
    /// Searches, recent ones counting more; 0 if it was not learnt.
    pub searches: f64,
    /// Time of the last change.
    pub changed_at: Timestamp,
}

/// A page of texts.
#[derive(Debug, Object, Serialize)]
pub struct DecidedSuggestions {
    /// The page's number, from 1.
    pub page: u32,
    /// Texts, those searched for most first.
    pub suggestions: Vec<DecidedSuggestion>,
}

impl From<SuggestionRecord> for DecidedSuggestion {
    fn from(record: SuggestionRecord) -> Self {
        Self {
            decision: match record.decision.parse() {
                Ok(SuggestionDecision::Approved) => DecisionName::Approved,
                Ok(SuggestionDecision::Refused) => DecisionName::Refused,
                _ => DecisionName::Pending,
            },
            text: record.text,
            searches: record.weight as f64 / 1_000.0,
            changed_at: Timestamp::from_ms(record.changed_at_ms),
        }
    }
}

answers! {
    /// Answers of `adminListSuggestionDecisions`.
    DecisionsAnswer {
        200 "A page of texts." => Page(JsonResponse<DecidedSuggestions>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminDecideSuggestion`.
    DecidedAnswer {
        200 "The text with its decision." => Decided(JsonResponse<DecidedSuggestion>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Decisions on texts to be suggested.
pub struct AdminSuggestionDecisionsApi;

#[OpenApi(
    prefix_path = "/api/admin/search/suggestions",
    tag = "Tag::Merchandising"
)]
impl AdminSuggestionDecisionsApi {
    /// List texts that wait for a decision
    ///
    /// With `suggestions.approve_first` of the search configuration, texts that were learnt from searches wait here until they are
    /// approved.
    #[oai(
        path = "/",
        method = "get",
        operation_id = "adminListSuggestionDecisions"
    )]
    async fn list(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        /// Those with this decision; pending ones if not given.
        decision: Query<Option<DecisionName>>,
        /// The page, from 1.
        page: Query<Option<PageNumber>>,
        /// Texts per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<DecisionsAnswer, ApiError> {
        let decision = decision.0.unwrap_or(DecisionName::Pending);
        let page = page.0.map_or(1, |page| page.0);
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let offset = (page - 1).saturating_mul(limit);
        let decisions = context.app.store.scope(context.tenant.id);
        let decisions = decisions.suggestion_decisions();
        let found = decisions.page(decision.into(), offset, limit).await?;
        let suggestions = found.into_iter().map(DecidedSuggestion::from).collect();
        Ok(DecisionsAnswer::Page(JsonResponse(DecidedSuggestions {
            page,
            suggestions,
        })))
    }

    /// Approve or refuse a text
    ///
    /// A refused text is never suggested, an approved one is once enough shoppers searched for it. Every process goes by it within 30 s.
    #[oai(path = "/", method = "put", operation_id = "adminDecideSuggestion")]
    async fn decide(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        body: JsonBody<SuggestionDecisionBody>,
    ) -> Result<DecidedAnswer, ApiError> {
        check_search_text("text", &body.0.text).map_err(ApiError::Unprocessable)?;
        let text = QueryText::new(&body.0.text);
        if text.shown().is_empty() || text.is_withheld() {
            let message = "must be a text that may be suggested";
            return Err(ApiError::Unprocessable(InvalidField::new("text", message)));
        }
        let tenant = context.tenant.id;
        let key = context.app.search.query_ids().text_key(tenant, text.key());
        let decisions = context.app.store.scope(tenant).suggestion_decisions();
        let decided = decisions
            .decide(key.cast_signed(), text.shown(), body.0.decision.into())
            .await?;
        context.app.search.suggested().refresh().await?;
        Ok(DecidedAnswer::Decided(JsonResponse(decided.into())))
    }
}
