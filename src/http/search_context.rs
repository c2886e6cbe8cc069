use souk_store::Tenant;

use super::RequestVisitor;
use crate::{app::App, error::ApiError, search_configs::SearchContext};

/// What the searches of a request go by. Its visitor matters only while there is an experiment.
///
/// # Errors
/// If it was never read and the database cannot be.
pub(super) async fn search_context(
    app: &App,
    tenant: &Tenant,
    visitor: RequestVisitor,
) -> Result<SearchContext, ApiError> {
    let active_config = app.search_configs.of(tenant).await?;
    Ok(SearchContext::now(&active_config, visitor.0))
}
