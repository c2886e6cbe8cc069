//! Requests that are answered with JSON.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::{Agent, RequestBuilder, typestate::WithBody};

const TIMEOUT: Duration = Duration::from_secs(10);

/// A server that is asked.
pub(super) struct Http {
    agent: Agent,
    base: String,
    authorization: String,
}

impl Http {
    /// A server at an address; every request carries the key.
    pub(super) fn new(base: String, key: &str) -> Self {
        let config = Agent::config_builder().timeout_global(Some(TIMEOUT));
        Self {
            agent: config.build().into(),
            base,
            authorization: format!("Bearer {key}"),
        }
    }

    /// Returns the response to a GET.
    pub(super) fn get(&self, path: &str) -> Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let answer = request.header("Authorization", &self.authorization).call();
        let mut answer = answer.with_context(|| format!("GET {path}"))?;
        Ok(answer.body_mut().read_json()?)
    }

    /// Returns the response to a POST.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(self.agent.post(format!("{}{path}", self.base)), body)
            .with_context(|| format!("POST {path}"))
    }

    /// Returns the response to a PUT.
    pub(super) fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(self.agent.put(format!("{}{path}", self.base)), body)
            .with_context(|| format!("PUT {path}"))
    }

    /// Asks it to DELETE something.
    pub(super) fn delete(&self, path: &str) -> Result<()> {
        let request = self.agent.delete(format!("{}{path}", self.base));
        request.call().with_context(|| format!("DELETE {path}"))?;
        Ok(())
    }

    fn send(&self, request: RequestBuilder<WithBody>, body: &Value) -> Result<Value> {
        let mut answer = request
            .header("Authorization", &self.authorization)
            .send_json(body)?;
        Ok(answer.body_mut().read_json()?)
    }
}
