//! Webhooks: the sink that turns events into deliveries, and the worker that makes them.

mod service;
mod sink;
mod worker;

pub use service::{WebhookError, WebhookService};
pub use sink::write_deliveries;
pub use worker::WebhookWorker;
