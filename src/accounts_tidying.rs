//! Deletes sessions, links and counts of failures that are over, now and then.

use std::time::Duration;

use souk_accounts::AccountService;
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;

/// Pause between two runs. Nothing that is over is believed meanwhile.
const PAUSE: Duration = Duration::from_secs(600);

/// Tidies until shutdown.
pub async fn run(accounts: AccountService, shutdown: CancellationToken) {
    let tidying = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Err(error) = accounts.tidy().await {
                tracing::warn!(error = chain(&error), "accounts not tidied");
            }
        }
    };
    let _: Option<()> = shutdown.run_until_cancelled(tidying).await;
}
