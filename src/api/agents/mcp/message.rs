//! Messages of JSON-RPC, with what headers have to say of them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::http::HeaderMap;
use serde_json::{Value, json};

/// Version of the stateless form.
pub(super) const STATELESS: &str = "2026-07-28";
/// Versions that begin with `initialize`, the newest first.
pub(super) const SESSION_VERSIONS: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

const VERSION_HEADER: &str = "mcp-protocol-version";
const METHOD_HEADER: &str = "mcp-method";
const NAME_HEADER: &str = "mcp-name";
const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

const PARSE_ERROR: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;
const METHOD_NOT_FOUND: i32 = -32_601;
const INVALID_PARAMS: i32 = -32_602;
const HEADER_MISMATCH: i32 = -32_020;
const UNSUPPORTED_VERSION: i32 = -32_022;

/// Form of the protocol that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Each request for itself.
    Stateless,
    /// Begun by `initialize`.
    Session,
}

/// Error of JSON-RPC.
#[derive(Debug, PartialEq)]
pub(super) struct RpcError {
    code: i32,
    message: String,
    data: Option<Value>,
}

impl RpcError {
    fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// A message that is none.
    pub(super) fn request(message: impl Into<String>) -> Self {
        Self::new(INVALID_REQUEST, message)
    }

    /// A method that does not exist.
    pub(super) fn method() -> Self {
        Self::new(METHOD_NOT_FOUND, "there is no such method")
    }

    /// Parameters that are malformed, with further data.
    pub(super) fn params(message: impl Into<String>, data: Option<Value>) -> Self {
        Self {
            data,
            ..Self::new(INVALID_PARAMS, message)
        }
    }

    fn headers(message: impl Into<String>) -> Self {
        Self::new(HEADER_MISMATCH, message)
    }

    fn version(requested: &str) -> Self {
        let supported: Vec<&str> = [STATELESS].into_iter().chain(SESSION_VERSIONS).collect();
        Self {
            data: Some(json!({"requested": requested, "supported": supported})),
            ..Self::new(
                UNSUPPORTED_VERSION,
                "this version of the protocol is not spoken",
            )
        }
    }

    /// Reports whether a method does not exist.
    pub(super) fn is_unknown_method(&self) -> bool {
        self.code == METHOD_NOT_FOUND
    }

    /// The error as JSON.
    pub(super) fn into_value(self) -> Value {
        let mut value = json!({"code": self.code, "message": self.message});
        if let Some(data) = self.data {
            value["data"] = data;
        }
        value
    }
}

/// A request that wants an answer.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Value,
    pub(super) form: Form,
}

impl Incoming {
    /// Reads a message; none if it is a notification, which wants no answer.
    ///
    /// # Errors
    /// If it is no request, or headers say another thing than it does. With the error comes the id, if there is one.
    pub(super) fn read(
        body: &[u8],
        headers: &HeaderMap,
    ) -> Result<Option<Self>, (Option<Value>, RpcError)> {
        let message: Value = serde_json::from_slice(body).map_err(|error| {
            (
                None,
                RpcError::new(PARSE_ERROR, format!("no JSON: {error}")),
            )
        })?;
        let refused = |message: &str| (None, RpcError::request(message));
        if message["jsonrpc"] != "2.0" {
            return Err(refused("send one message of JSON-RPC 2.0"));
        }
        let Some(method) = message["method"].as_str() else {
            return Err(refused(
                "a message has a method: requests are not sent from here",
            ));
        };
        let id = match message.get("id") {
            None => return Ok(None),
            Some(id @ (Value::String(_) | Value::Number(_))) => id.clone(),
            Some(_) => return Err(refused("an id is a text or a number")),
        };
        let params = message.get("params").cloned().unwrap_or_else(|| json!({}));
        let form = form(method, &params, headers).map_err(|error| (Some(id.clone()), error))?;
        Ok(Some(Self {
            id,
            method: method.to_owned(),
            params,
            form,
        }))
    }
}

/// Tells the form by the version that body and headers name.
fn form(method: &str, params: &Value, headers: &HeaderMap) -> Result<Form, RpcError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let named = header(VERSION_HEADER);
    let meta = &params["_meta"];
    let Some(version) = meta[META_VERSION].as_str() else {
        return match named {
            // Clients of that form say so before anything was agreed on.
            _ if method == "initialize" => Ok(Form::Session),
            None => Ok(Form::Session),
            Some(version) if SESSION_VERSIONS.contains(&version) => Ok(Form::Session),
            Some(STATELESS) => {
                let message = format!("`_meta` lacks `{META_VERSION}`, which the header names");
                Err(RpcError::headers(message))
            }
            Some(version) => Err(RpcError::version(version)),
        };
    };
    let equal = |name: &str, given: Option<&str>, expected: &str| match given {
        Some(given) if given == expected => Ok(()),
        Some(_) => Err(RpcError::headers(format!(
            "the header {name} is not what the body says"
        ))),
        None => Err(RpcError::headers(format!("the header {name} is missing"))),
    };
    equal("MCP-Protocol-Version", named, version)?;
    if version != STATELESS {
        return Err(RpcError::version(version));
    }
    equal("Mcp-Method", header(METHOD_HEADER), method)?;
    if method == "tools/call" {
        let name = params["name"].as_str().unwrap_or_default();
        let given = header(NAME_HEADER).map(decoded);
        equal("Mcp-Name", given.as_deref(), name)?;
    }
    if !meta[META_CAPABILITIES].is_object() {
        let message = format!("`_meta` has no `{META_CAPABILITIES}`");
        return Err(RpcError::params(message, None));
    }
    Ok(Form::Stateless)
}

/// Decodes a value of a header that is written as `=?base64?...?=`.
fn decoded(value: &str) -> String {
    let inner = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    let text = inner.and_then(|inner| String::from_utf8(STANDARD.decode(inner).ok()?).ok());
    text.unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            let name = poem::http::HeaderName::from_static(name);
            (name, value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn header_values_are_decoded() {
        assert_eq!(decoded("search_catalog"), "search_catalog");
        assert_eq!(decoded("=?base64?w7w=?="), "ü");
        assert_eq!(decoded("=?base64?***?="), "=?base64?***?=");
    }

    #[test]
    fn forms_are_told_by_body_and_headers() {
        let meta = json!({"_meta": {META_VERSION: STATELESS, META_CAPABILITIES: {}}});
        let all = [(VERSION_HEADER, STATELESS), (METHOD_HEADER, "tools/list")];
        assert_eq!(
            form("tools/list", &meta, &headers(&all)),
            Ok(Form::Stateless)
        );
        assert_eq!(
            form("tools/list", &json!({}), &headers(&[])),
            Ok(Form::Session)
        );
        let older = [(VERSION_HEADER, "2025-11-25")];
        assert_eq!(
            form("tools/list", &json!({}), &headers(&older)),
            Ok(Form::Session)
        );
        for (params, given, code) in [
            (&meta, &all[..1], HEADER_MISMATCH),
            (&meta, &older[..], HEADER_MISMATCH),
            (&json!({}), &all[..], HEADER_MISMATCH),
            (
                &json!({}),
                &[(VERSION_HEADER, "1999-01-01")],
                UNSUPPORTED_VERSION,
            ),
        ] {
            let error = form("tools/list", params, &headers(given)).unwrap_err();
            assert_eq!(error.code, code, "{given:?}");
        }
    }
}
