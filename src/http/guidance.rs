use souk_store::Tenant;

use super::Session;
use crate::{app::App, error::ApiError, search_configs::Guidance};

/// What the searches of a request go by. Its session matters only while there is an experiment.
///
/// # Errors
/// If it was never read and the database cannot be.
pub(super) async fn guidance(
    app: &App,
    tenant: &Tenant,
    session: Session,
) -> Result<Guidance, ApiError> {
    let in_force = app.search_configs.of(tenant).await?;
    Ok(Guidance::now(&in_force, session.0))
}
