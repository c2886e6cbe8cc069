//! Requests that are answered with JSON.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::{
    Agent, RequestBuilder,
    typestate::{WithBody, WithoutBody},
};

const TIMEOUT: Duration = Duration::from_secs(10);

/// A server that is asked.
pub(super) struct Http {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

impl Http {
    /// A server at an address; every request carries the key.
    pub(super) fn new(base: String, key: &str) -> Self {
        Self {
            authorization: Some(format!("Bearer {key}")),
            ..Self::anonymous(base)
        }
    }

    /// A server at an address, as shoppers request it.
    pub(super) fn anonymous(base: String) -> Self {
        let config = Agent::config_builder().timeout_global(Some(TIMEOUT));
        Self {
            agent: config.build().into(),
            base,
            authorization: None,
        }
    }

    /// Returns the response to a GET.
    pub(super) fn get(&self, path: &str) -> Result<Value> {
        self.get_with(path, &[])
    }

    /// Returns the response to a GET with further headers.
    pub(super) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Result<Value> {
        let answer = self.request(path, headers).call();
        let mut answer = answer.with_context(|| format!("GET {path}"))?;
        Ok(answer.body_mut().read_json()?)
    }

    /// Returns the status of the response to a GET with further headers.
    pub(super) fn status(&self, path: &str, headers: &[(&str, &str)]) -> Result<u16> {
        match self.request(path, headers).call() {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(ureq::Error::StatusCode(status)) => Ok(status),
            Err(error) => Err(error).with_context(|| format!("GET {path}")),
        }
    }

    fn request(&self, path: &str, headers: &[(&str, &str)]) -> RequestBuilder<WithoutBody> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let request = match &self.authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        };
        headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        })
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

    /// Asks it to DELETE something, whatever its state.
    pub(super) fn delete(&self, path: &str) -> Result<()> {
        let request = self.agent.delete(format!("{}{path}", self.base));
        let request = match &self.authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        };
        let request = request.header("If-Match", "*");
        request.call().with_context(|| format!("DELETE {path}"))?;
        Ok(())
    }

    fn send(&self, request: RequestBuilder<WithBody>, body: &Value) -> Result<Value> {
        let request = match &self.authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        };
        let mut answer = request.send_json(body)?;
        Ok(answer.body_mut().read_json()?)
    }
}
