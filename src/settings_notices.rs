//! Listens for what the database tells of tenants, keys, search configurations and definitions of attributes, so that nobody
//! need look several times a second.

use souk_store::Heard;
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::state::AppState;

/// Listens until shutdown. While no notices arrive, changes are looked for; SQLite sends none.
pub async fn follow(app: AppState, shutdown: CancellationToken) {
    let following = app.store.follow_settings(|heard| match heard {
        Heard::Notice(_) => {
            told(&app, true);
            app.tenant_directory.outdate();
            app.api_keys.outdate();
            app.search.configs().wake();
        }
        Heard::Silence(error) => {
            let error = error.map(|error| chain(&error));
            debug!(error, "no notices of settings; changes are looked for");
            told(&app, false);
        }
    });
    let _: Option<()> = shutdown.run_until_cancelled(following).await;
}

fn told(app: &AppState, is_told: bool) {
    app.tenant_directory.told(is_told);
    app.search.configs().told(is_told);
}
