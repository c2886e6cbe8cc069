//! Messages of an answer: what was understood, passed over or not found.

use serde::Serialize;

/// Longest piece of a request that a message repeats, in characters.
const MAX_QUOTED_CHARS: usize = 200;

/// Message of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Message {
    #[serde(rename = "type")]
    kind: Kind,
    code: &'static str,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Info,
    Warning,
    Error,
}

impl Message {
    /// Says what was done; `path` leads to the part of the request that it is about.
    pub(crate) fn info(
        code: &'static str,
        path: impl Into<Option<String>>,
        content: impl Into<String>,
    ) -> Self {
        Self::of(Kind::Info, code, path.into(), content.into())
    }

    /// Says what was not done as asked.
    pub(crate) fn warning(
        code: &'static str,
        path: impl Into<Option<String>>,
        content: impl Into<String>,
    ) -> Self {
        Self::of(Kind::Warning, code, path.into(), content.into())
    }

    /// Says what failed. The agent may try again with another request if it `is_recoverable`.
    pub(crate) fn error(
        code: &'static str,
        path: Option<String>,
        content: impl Into<String>,
        is_recoverable: bool,
    ) -> Self {
        let severity = match is_recoverable {
            true => "recoverable",
            false => "unrecoverable",
        };
        Self {
            severity: Some(severity),
            ..Self::of(Kind::Error, code, path, content.into())
        }
    }

    fn of(kind: Kind, code: &'static str, path: Option<String>, content: String) -> Self {
        Self {
            kind,
            code,
            content,
            path,
            severity: None,
        }
    }
}

/// Shortens a piece of a request for a message.
pub(crate) fn quoted(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARS).collect()
}
