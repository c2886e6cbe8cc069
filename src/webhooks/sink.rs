//! The sink: writes a delivery of each event to each endpoint that is told of its kind.

use souk_store::{EventBatch, StoreError};

/// Writes the deliveries of a batch of events, and notes that it was read, in one transaction.
///
/// # Errors
/// If the database fails; then the events are read again.
pub async fn write_deliveries(batch: EventBatch, now_ms: i64) -> Result<(), StoreError> {
    batch
        .write_webhook_deliveries(souk_webhooks::message_id, now_ms)
        .await?;
    batch.finish().await
}
