//! Requests of buyers, to any of the API processes, whatever becomes of the answers.

use std::time::Duration;

use serde_json::Value;
use ureq::{Agent, http::Method};

/// Longest time that a buyer waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Answer that reached the buyer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Reply {
    /// Text of a field of the body; empty if there is none.
    pub(super) fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_default()
    }

    /// Reports whether the same request has to be sent again: nothing was decided yet.
    pub(super) fn is_undecided(&self) -> bool {
        let is_under_way = self.status == 409
            && (self.text("field") == "Idempotency-Key" || self.text("code") == "conflict");
        is_under_way || self.status >= 500 || [408, 429].contains(&self.status)
    }
}

/// Request of a buyer.
#[derive(Clone)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) headers: Vec<(&'a str, String)>,
    pub(super) body: Value,
}

/// Browser of one buyer.
#[derive(Clone)]
pub(super) struct Client {
    agent: Agent,
}

impl Client {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false);
        Self {
            agent: config.build().into(),
        }
    }

    /// Sends a request to a server. Returns nothing if its answer was lost, or did not come in time.
    pub(super) fn send(
        &self,
        server: &str,
        request: &Request<'_>,
        patience: Option<Duration>,
    ) -> Option<Reply> {
        let mut builder = ureq::http::Request::builder()
            .method(request.method.clone())
            .uri(format!("{server}{}", request.path))
            .header("Content-Type", "application/json");
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let sent = builder.body(request.body.to_string()).ok()?;
        let sent = self
            .agent
            .configure_request(sent)
            .timeout_global(Some(patience.unwrap_or(TIMEOUT)))
            .build();
        let mut answer = self.agent.run(sent).ok()?;
        let status = answer.status().as_u16();
        // An answer that broke off is none.
        let text = answer.body_mut().read_to_string().ok()?;
        let body = serde_json::from_str(&text).ok()?;
        Some(Reply { status, body })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_may_still_happen_is_undecided() {
        let reply = |status, body| Reply { status, body };
        let under_way = json!({"code": "conflict", "field": "Idempotency-Key"});
        assert!(reply(409, under_way).is_undecided());
        assert!(reply(503, json!({})).is_undecided());
        assert!(!reply(409, json!({"code": "out_of_stock"})).is_undecided());
        assert!(!reply(201, json!({})).is_undecided());
    }
}
