//! Failures of requests to the cluster, and their meaning to the caller.

use serde::Deserialize;

use crate::{IndexError, SearchError};

/// A request without the answer it was made for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// No answer: refused, cut off, or too late.
    #[error("Elasticsearch does not answer")]
    Silent(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An answer that says no.
    #[error("Elasticsearch answered {status}, {kind}: {reason}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Elasticsearch's name for the error; empty if something between us answered.
        kind: String,
        /// Message of the cluster.
        reason: String,
    },
    /// An answer that is none of its.
    #[error("Elasticsearch's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

/// An error in Elasticsearch's words, of a request or of one document.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Cause {
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) reason: Option<String>,
    #[serde(default)]
    caused_by: Option<Box<Cause>>,
}

impl Cause {
    /// The whole chain in one line.
    pub(crate) fn describe(&self) -> String {
        let mut text = self.kind.clone();
        let mut cause = Some(self);
        while let Some(one) = cause {
            if let Some(reason) = &one.reason {
                text = format!("{text}: {reason}");
            }
            cause = one.caused_by.as_deref();
        }
        text
    }

    /// Reports whether the cluster rejects writes because it is full or an index is blocked.
    pub(crate) fn is_block(&self) -> bool {
        self.kind == "cluster_block_exception"
    }

    pub(crate) fn is_missing_index(&self) -> bool {
        is_missing_index(&self.kind)
    }
}

fn is_missing_index(kind: &str) -> bool {
    matches!(
        kind,
        "index_not_found_exception" | "aliases_not_found_exception"
    )
}

#[derive(Deserialize)]
struct ErrorBody {
    error: Told,
}

/// Error of a request: a cause, or a mere text where no handler took the request.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Cause(Cause),
    Text(String),
}

impl Failure {
    /// Reads an answer that is an error.
    pub(crate) fn of(status: u16, body: &[u8]) -> Self {
        let body = serde_json::from_slice::<ErrorBody>(body).ok();
        let (kind, reason) = match body.map(|body| body.error) {
            Some(Told::Cause(cause)) => (cause.kind.clone(), cause.describe()),
            Some(Told::Text(text)) => (String::new(), text),
            None => (String::new(), "no reason given".to_owned()),
        };
        Self::Refused {
            status,
            kind,
            reason,
        }
    }

    /// Reports whether the same request may succeed soon.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Refused { status: 429 | 503, kind, .. } if kind != "cluster_block_exception")
    }

    pub(crate) fn is_missing_index(&self) -> bool {
        matches!(self, Self::Refused { status: 404, kind, .. } if is_missing_index(kind))
    }

    /// Reports whether the index already existed.
    pub(crate) fn is_already_there(&self) -> bool {
        matches!(self, Self::Refused { kind, .. } if kind == "resource_already_exists_exception")
    }

    pub(crate) fn has_status(&self, wanted: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == wanted)
    }

    /// Reports whether the cluster, and not the request, is at fault.
    fn is_outage(&self) -> bool {
        match self {
            Self::Silent(_) => true,
            Self::Refused { status, kind, .. } => {
                matches!(status, 408 | 429 | 500..) || kind == "cluster_block_exception"
            }
            Self::Unreadable(_) => false,
        }
    }

    /// The same for whoever writes this index.
    pub(crate) fn writing(self, index: &str) -> IndexError {
        if self.is_missing_index() {
            IndexError::Missing(index.to_owned())
        } else if self.is_outage() {
            IndexError::unavailable(self)
        } else {
            IndexError::engine(self)
        }
    }
}

impl From<Failure> for SearchError {
    fn from(failure: Failure) -> Self {
        if failure.is_missing_index() {
            Self::NotReady(failure.to_string())
        } else if failure.is_outage() {
            Self::unavailable(failure)
        } else {
            Self::engine(failure)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, kind: &str) -> Failure {
        let body = format!(r#"{{"error":{{"type":"{kind}","reason":"so"}},"status":{status}}}"#);
        Failure::of(status, body.as_bytes())
    }

    #[test]
    fn failure_of_request_or_cluster_maps_to_its_error() {
        let meant = |status, kind| match SearchError::from(refused(status, kind)) {
            SearchError::NotReady(_) => "not ready",
            SearchError::Unavailable(_) => "unavailable",
            SearchError::Engine(_) => "engine",
        };
        assert_eq!(meant(404, "index_not_found_exception"), "not ready");
        assert_eq!(meant(429, "circuit_breaking_exception"), "unavailable");
        assert_eq!(
            meant(503, "search_phase_execution_exception"),
            "unavailable"
        );
        assert_eq!(meant(500, "anything"), "unavailable");
        assert_eq!(meant(400, "parsing_exception"), "engine");
        assert_eq!(meant(401, "security_exception"), "engine");
    }

    #[test]
    fn a_full_disk_is_no_fault_of_a_document() {
        for status in [403, 429] {
            let failure = refused(status, "cluster_block_exception");
            assert!(!failure.is_busy(), "waiting a second does not make room");
            assert!(matches!(failure.writing("i"), IndexError::Unavailable(_)));
        }
    }

    #[test]
    fn the_reason_is_told_with_its_causes() {
        let body = br#"{"error":{"type":"a","reason":"b","caused_by":{"type":"c","reason":"d"}}}"#;
        assert!(Failure::of(400, body).to_string().contains("a: b: d"));
        let gateway = Failure::of(502, b"<html>");
        assert!(gateway.to_string().contains("502"), "{gateway}");
    }
}
