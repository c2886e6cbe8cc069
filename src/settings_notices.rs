//! Listens for what the database tells of tenants, keys, search configurations and definitions of attributes, so that nobody
//! need look several times a second.

use std::time::Duration;

use souk_store::{Backend, StoreError};
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::state::AppState;

/// Pause before the database is asked for notices again.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// Listens until shutdown. While no notices arrive, changes are looked for; SQLite sends none.
pub async fn follow(app: AppState, shutdown: CancellationToken) {
    if app.store.backend() != Backend::Postgres {
        return;
    }
    let following = async {
        loop {
            let heard = hear(&app).await;
            let error = heard.err().map(|error| chain(&error));
            debug!(error, "no notices of settings; changes are looked for");
            told(&app, false);
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    };
    let _: Option<()> = shutdown.run_until_cancelled(following).await;
}

/// Hears notices until they fail; returns if none arrive.
async fn hear(app: &AppState) -> Result<(), StoreError> {
    let Some(mut notices) = app.store.settings_notices().await? else {
        return Ok(());
    };
    // What changed before is looked for as well.
    told(app, true);
    loop {
        notices.next().await?;
        app.tenant_directory.outdate();
        app.search.configs().wake();
    }
}

fn told(app: &AppState, is_told: bool) {
    app.tenant_directory.told(is_told);
    app.search.configs().told(is_told);
}
