//! API of admins. Every operation names its permission; every change of a resource needs its ETag.

pub mod analytics;
pub mod attributes;
pub mod audit;
pub mod cache;
pub mod categories;
pub mod dead_letters;
pub mod evaluation;
pub mod imports;
pub mod index;
pub mod job_events;
pub mod keys;
pub mod ledger;
pub mod live;
pub mod merchandising;
pub mod named_entities;
pub mod offers;
pub mod orders;
pub mod partners;
pub mod people;
pub mod products;
pub mod report;
pub mod reports;
pub mod reviews;
pub mod search_keys;
pub mod selling;
pub mod tenants;
pub mod variants;
pub mod webhooks;

pub use analytics::{AdminAnalyticsApi, void::AdminVoidApi};
pub use attributes::AdminAttributesApi;
pub use audit::AdminAuditApi;
pub use cache::AdminCacheApi;
pub use categories::AdminCategoriesApi;
pub use dead_letters::AdminDeadLettersApi;
pub use evaluation::AdminEvaluationApi;
pub use imports::AdminImportsApi;
pub use index::AdminIndexApi;
pub use keys::AdminKeysApi;
pub use ledger::AdminLedgerApi;
pub use live::AdminLiveApi;
pub use named_entities::AdminReferencesApi;
pub use offers::AdminOffersApi;
pub use orders::AdminOrdersApi;
pub use people::AdminPeopleApi;
pub use products::AdminProductsApi;
pub use reviews::{AdminModerationApi, AdminReviewsApi};
pub use search_keys::AdminSearchKeysApi;
pub use tenants::AdminTenantsApi;
pub use variants::AdminVariantsApi;
pub use webhooks::AdminWebhooksApi;

use poem_openapi::param::Header;
use souk_domain::{InvalidField, MAX_QUERY_CHARS};

use crate::error::ApiError;

/// Operations of admins.
pub type Api = (
    AdminProductsApi,
    AdminOffersApi,
    AdminVariantsApi,
    AdminAttributesApi,
    AdminCategoriesApi,
    AdminReviewsApi,
    AdminReferencesApi,
    AdminImportsApi,
    AdminIndexApi,
    AdminDeadLettersApi,
    merchandising::Api,
    AdminCacheApi,
    AdminAnalyticsApi,
    AdminVoidApi,
    AdminEvaluationApi,
    (
        AdminTenantsApi,
        AdminKeysApi,
        AdminSearchKeysApi,
        AdminAuditApi,
        AdminPeopleApi,
        AdminOrdersApi,
        orders::papers::AdminPapersApi,
        reports::AdminReportsApi,
        AdminLedgerApi,
        (selling::Api, partners::Api),
        AdminWebhooksApi,
        AdminLiveApi,
        AdminModerationApi,
    ),
);

pub(super) fn api() -> Api {
    (
        AdminProductsApi,
        AdminOffersApi,
        AdminVariantsApi,
        AdminAttributesApi,
        AdminCategoriesApi,
        AdminReviewsApi,
        AdminReferencesApi,
        AdminImportsApi,
        AdminIndexApi,
        AdminDeadLettersApi,
        merchandising::api(),
        AdminCacheApi,
        AdminAnalyticsApi,
        AdminVoidApi,
        AdminEvaluationApi,
        (
            AdminTenantsApi,
            AdminKeysApi,
            AdminSearchKeysApi,
            AdminAuditApi,
            AdminPeopleApi,
            AdminOrdersApi,
            orders::papers::AdminPapersApi,
            reports::AdminReportsApi,
            AdminLedgerApi,
            (selling::api(), partners::api()),
            AdminWebhooksApi,
            AdminLiveApi,
            AdminModerationApi,
        ),
    )
}

/// Default items per page of an admin list.
const DEFAULT_LIMIT: u32 = 50;

/// The state that a change is based on: without it, two admins would overwrite each other unseen.
pub(crate) fn required_state(if_match: Header<Option<String>>) -> Result<String, ApiError> {
    if_match.0.ok_or(ApiError::PreconditionRequired)
}

/// Checks the number of entries of a list that a body sends.
///
/// # Errors
/// If there are none, or more than `most`.
fn check_entries(field: &'static str, count: usize, most: usize) -> Result<(), InvalidField> {
    if (1..=most).contains(&count) {
        Ok(())
    } else {
        Err(InvalidField::new(field, format!("has 1 to {most} entries")))
    }
}

/// Checks the length of a text that is a search.
///
/// # Errors
/// If it is longer than searches are.
fn check_search_text(field: &'static str, text: &str) -> Result<(), InvalidField> {
    if text.chars().count() <= MAX_QUERY_CHARS {
        return Ok(());
    }
    let message = format!("must have at most {MAX_QUERY_CHARS} characters");
    Err(InvalidField::new(field, message))
}

/// Returns the id that continues a list. It is `None` if the page is not full, since nothing can follow.
fn next_id<T>(page: &[T], limit: u32, id: impl Fn(&T) -> i64) -> Option<i64> {
    page.last().filter(|_| page.len() >= limit as usize).map(id)
}
