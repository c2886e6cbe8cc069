use souk_store::Tenant;

use super::SessionId;
use crate::{app::App, error::ApiError, search_configs::Guidance};

/// What the searches of a request go by. A session matters only while there is an experiment.
///
/// # Errors
/// If it was never read and the database cannot be.
pub(super) async fn guidance(
    app: &App,
    tenant: &Tenant,
    session: Option<&SessionId>,
) -> Result<Guidance, ApiError> {
    let in_force = app.search_configs.of(tenant).await?;
    let session = match (&in_force.experiment, session) {
        (Some(_), Some(session)) => session.hash(app, tenant.id).await,
        _ => None,
    };
    Ok(Guidance::now(&in_force, session))
}
