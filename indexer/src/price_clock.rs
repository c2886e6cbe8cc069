//! Clock of sales: brings prices up to date when a sale begins or ends.

use std::time::Duration;

use souk_store::Store;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::Tick;
use crate::pace::Pace;
use crate::wake::Wake;

/// Products brought up to date at once.
const BATCH: u32 = 500;
/// Longest time between two looks at the dates of sales, by which a sale may start late that was entered just before.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Shortest time between two looks.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);

/// Follows the dates of sales until told to stop. Every indexer does: two at once do no harm, and none has to be alive.
pub(crate) async fn follow_sales(store: Store, wake: Wake, shutdown: CancellationToken) {
    let changes = store.price_changes();
    let mut pace = Pace::new(LONGEST_WAIT, LONGEST_WAIT);
    while !shutdown.is_cancelled() {
        let wait = match changes.apply(BATCH).await {
            Ok(applied) => {
                if applied.products > 0 {
                    debug!(products = applied.products, "sales have begun or ended");
                    wake.wake();
                }
                // Ends an outage, if there was one.
                let longest = pace.after(&Ok(Tick::Idle));
                applied
                    .next
                    .map_or(longest, |next| next.clamp(SHORTEST_WAIT, longest))
            }
            Err(error) => pace.failed(&error.into()),
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}
