//! The progress of a job as server-sent events.

use std::time::Duration;

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use poem::{IntoResponse, Response};
use poem_openapi::{
    payload::{EventStream, Payload},
    registry::{MetaSchema, MetaSchemaRef},
};
use souk_store::{IndexJobs, JobId};
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;

use super::response::AdminJob;

/// Poll interval of the job's state.
const POLL: Duration = Duration::from_millis(250);
/// Keep-alive interval of an idle stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An event whenever the job has changed, until it has ended or the service stops.
pub struct JobEvents(EventStream<BoxStream<'static, AdminJob>>);

/// Described as one event, the way a client's parser hands it out, and not as an array of jobs that never ends.
impl Payload for JobEvents {
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

impl IntoResponse for JobEvents {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

struct Watch {
    jobs: IndexJobs,
    id: JobId,
    sent: Option<AdminJob>,
    shutdown: CancellationToken,
    ended: bool,
}

/// Watches a job.
pub(super) fn events(jobs: IndexJobs, id: JobId, shutdown: CancellationToken) -> JobEvents {
    let watch = Watch {
        jobs,
        id,
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

impl Watch {
    /// The job when it has changed; none when there is nothing more to tell.
    async fn next(&mut self) -> Option<AdminJob> {
        while !self.ended {
            let job = match self.jobs.get(self.id).await {
                Ok(job) => job,
                Err(error) => {
                    tracing::debug!(job = %self.id, error = chain(&error), "a job can no longer be watched");
                    return None;
                }
            };
            self.ended = job.state.is_final();
            let job = AdminJob::from(job);
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
