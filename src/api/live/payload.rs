//! A stream of server-sent events as an answer.

use bytes::Bytes;
use futures_util::Stream;
use poem::{
    Body, IntoResponse, Response,
    http::{HeaderName, HeaderValue, header},
};
use poem_openapi::{
    payload::Payload,
    registry::{MetaSchema, MetaSchemaRef},
};

/// Header that has nginx pass events on as they happen.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Server-sent events, until the connection ends.
pub struct LiveEvents(Response);

impl LiveEvents {
    /// Answers with the parts of a stream as they come.
    pub(super) fn new(parts: impl Stream<Item = Bytes> + Send + 'static) -> Self {
        use futures_util::StreamExt;

        let parts = parts.map(Ok::<_, std::io::Error>);
        let mut response = Response::builder().body(Body::from_bytes_stream(parts));
        let headers = response.headers_mut();
        let content_type = HeaderValue::from_static(Self::CONTENT_TYPE);
        headers.insert(header::CONTENT_TYPE, content_type);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
        Self(response)
    }
}

/// Described as one event, the way a client's parser hands it out.
impl Payload for LiveEvents {
    const CONTENT_TYPE: &'static str = "text/event-stream";

    fn schema_ref() -> MetaSchemaRef {
        let text = |about| {
            let schema = MetaSchema {
                description: Some(about),
                ..MetaSchema::new("string")
            };
            MetaSchemaRef::Inline(Box::new(schema))
        };
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            description: Some("An event."),
            properties: vec![
                ("id", text("Position to resume from.")),
                ("event", text("Kind of the event.")),
                ("data", text("What happened, as JSON.")),
            ],
            required: vec!["event", "data"],
            ..MetaSchema::new("object")
        }))
    }
}

impl IntoResponse for LiveEvents {
    fn into_response(self) -> Response {
        self.0
    }
}
