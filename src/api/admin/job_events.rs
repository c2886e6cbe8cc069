//! The progress of a job as server-sent events.

use std::{future::Future, time::Duration};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use poem::{IntoResponse, Response};
use poem_openapi::{
    payload::{EventStream, Payload},
    registry::{MetaSchema, MetaSchemaRef},
    types::{ToJSON, Type},
};
use souk_store::StoreError;
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;

/// Poll interval of the job's state.
const POLL: Duration = Duration::from_millis(250);
/// Keep-alive interval of an idle stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An event whenever the job has changed, until it has ended or the service stops.
pub struct JobEvents<T: 'static>(EventStream<BoxStream<'static, T>>);

/// Described as one event, the way a client's parser hands it out, and not as an array of jobs that never ends.
impl<T: Send + 'static> Payload for JobEvents<T> {
    const CONTENT_TYPE: &'static str = "text/event-stream";

    fn schema_ref() -> MetaSchemaRef {
        let data = MetaSchema {
            description: Some("The job, as JSON."),
            ..MetaSchema::new("string")
        };
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            description: Some("An event."),
            properties: vec![("data", MetaSchemaRef::Inline(Box::new(data)))],
            required: vec!["data"],
            ..MetaSchema::new("object")
        }))
    }
}

impl<T: Type + ToJSON + 'static> IntoResponse for JobEvents<T> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// A job as it is now.
pub(super) struct JobView<T> {
    pub(super) job: T,
    /// True if it changes no more.
    pub(super) ended: bool,
}

struct Watch<F, T> {
    load: F,
    sent: Option<T>,
    shutdown: CancellationToken,
    ended: bool,
}

/// Watches a job, which `load` reads.
pub(super) fn events<T, F, L>(load: F, shutdown: CancellationToken) -> JobEvents<T>
where
    T: Clone + PartialEq + Send + 'static,
    F: Fn() -> L + Send + 'static,
    L: Future<Output = Result<JobView<T>, StoreError>> + Send,
{
    let watch = Watch {
        load,
        sent: None,
        shutdown,
        ended: false,
    };
    let changes = stream::unfold(watch, |mut watch| async move {
        let job = watch.next().await?;
        Some((job, watch))
    });
    JobEvents(EventStream::new(changes.boxed()).keep_alive(KEEP_ALIVE))
}

impl<F, T, L> Watch<F, T>
where
    T: Clone + PartialEq,
    F: Fn() -> L,
    L: Future<Output = Result<JobView<T>, StoreError>>,
{
    /// The job when it has changed; none when there is nothing more to tell.
    async fn next(&mut self) -> Option<T> {
        while !self.ended {
            let JobView { job, ended } = match (self.load)().await {
                Ok(view) => view,
                Err(error) => {
                    tracing::debug!(error = chain(&error), "a job can no longer be watched");
                    return None;
                }
            };
            self.ended = ended;
            if self.sent.as_ref() != Some(&job) {
                self.sent = Some(job.clone());
                return Some(job);
            }
            tokio::select! {
                () = self.shutdown.cancelled() => return None,
                () = tokio::time::sleep(POLL) => {}
            }
        }
        None
    }
}
