//! Administration: everything here needs the admin key, and every change the state it is based on.

pub mod analytics;
pub mod analytics_views;
pub mod bodies;
pub mod cache;
pub mod categories;
pub mod dead_letters;
pub mod evaluation;
pub mod index;
pub mod index_views;
pub mod job_events;
pub mod metrics_view;
pub mod products;
pub mod references;
pub mod report;
pub mod reviews;
pub mod search_config;
pub mod version_report;
pub mod views;

pub use analytics::AdminAnalyticsApi;
pub use cache::AdminCacheApi;
pub use categories::AdminCategoriesApi;
pub use dead_letters::AdminDeadLettersApi;
pub use evaluation::AdminEvaluationApi;
pub use index::AdminIndexApi;
pub use products::AdminProductsApi;
pub use references::AdminReferencesApi;
pub use reviews::AdminReviewsApi;

use poem_openapi::param::Header;

use crate::error::ApiError;

/// Default items per page of an admin list.
const DEFAULT_LIMIT: u32 = 50;

/// The state that a change is based on: without it, two admins would overwrite each other unseen.
fn required_state(if_match: Header<Option<String>>) -> Result<String, ApiError> {
    if_match.0.ok_or(ApiError::PreconditionRequired)
}
