//! Forms of tools and of their results.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use crate::error::ApiError;

/// Tool as it is listed.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) input: Value,
    pub(super) output: Value,
}

impl Tool {
    /// The tool as JSON.
    pub(super) fn listed(self) -> Value {
        json!({
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.input,
            "outputSchema": self.output,
            "annotations": {
                "title": self.title,
                "readOnlyHint": true,
                "idempotentHint": true,
                "openWorldHint": false,
            },
        })
    }
}

/// Result of a method.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A result as it is.
    Plain(Value),
    /// A document of JSON, with a remark behind it. It is never parsed on its way.
    Document {
        /// Text of the document.
        document: Bytes,
        /// Remark for models.
        remark: Option<&'static str>,
    },
}

/// Fields that the stateless form adds to every result.
#[derive(Debug, Default, Serialize)]
pub(super) struct Frame {
    /// Kind of the result.
    #[serde(rename = "resultType", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
    /// Metadata of the server.
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub(super) meta: Option<Value>,
}

/// Result in its frame.
#[derive(Serialize)]
struct Framed<'a, R> {
    #[serde(flatten)]
    result: R,
    #[serde(flatten)]
    frame: &'a Frame,
}

/// Structured content, which is repeated as text for clients that read text alone.
#[derive(Serialize)]
struct Structured<'a> {
    content: Vec<Text<'a>>,
    #[serde(rename = "structuredContent")]
    structured: &'a RawValue,
    #[serde(rename = "resultType", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<&'a Value>,
}

#[derive(Serialize)]
struct Text<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Answer<'a, R> {
    jsonrpc: &'static str,
    id: &'a Value,
    result: R,
}

impl Outcome {
    /// Writes the answer to the request of an id.
    ///
    /// # Errors
    /// If a document is no JSON.
    pub(super) fn answer(&self, id: &Value, frame: &Frame) -> Result<Vec<u8>, ApiError> {
        let jsonrpc = "2.0";
        let written = match self {
            Self::Plain(result) => serde_json::to_vec(&Answer {
                jsonrpc,
                id,
                result: Framed { result, frame },
            }),
            Self::Document { document, remark } => {
                let read = serde_json::from_slice(document);
                let structured: &RawValue = read.map_err(ApiError::internal)?;
                let text = |text| Text { kind: "text", text };
                let content = [Some(structured.get()), *remark].into_iter().flatten();
                let result = Structured {
                    content: content.map(text).collect(),
                    structured,
                    kind: frame.kind,
                    meta: frame.meta.as_ref(),
                };
                serde_json::to_vec(&Answer {
                    jsonrpc,
                    id,
                    result,
                })
            }
        };
        written.map_err(ApiError::internal)
    }
}

/// Returns the result of a call that failed, so that the model can see why. A fault of the server is logged.
pub(super) fn failed(error: &ApiError) -> Outcome {
    let problem = error.problem();
    if problem.status.is_server_error() {
        tracing::error!(error = souk_telemetry::chain(error), "tool failed");
    }
    let field = problem.field.map(|field| format!("{field} "));
    let mut text = format!("{}{}", field.unwrap_or_default(), problem.message);
    if let Some(seconds) = problem.retry_after {
        text += &format!(" (again in {seconds} s)");
    }
    let content = json!([{"type": "text", "text": text}]);
    Outcome::Plain(json!({"content": content, "isError": true}))
}
