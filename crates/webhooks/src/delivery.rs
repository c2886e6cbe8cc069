//! Attempts at deliveries.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT},
    redirect::Policy,
};

use crate::{
    address::{BadAddress, EndpointUrl},
    networks::Networks,
    resolver::{CheckedResolver, ResolveError, resolve},
    secret::Secret,
    signature::{HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, signature},
};

/// Longest time of an attempt, from the resolution of the name to the end of the answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// Most bytes that are read of an answer.
pub const MAX_ANSWER_BYTES: usize = 4_096;

const AGENT: &str = concat!("Souk-Webhooks/", env!("CARGO_PKG_VERSION"));

/// A message to an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// URL of the endpoint.
    pub url: &'a str,
    /// Id of the message, the same at each attempt.
    pub id: &'a str,
    /// Body, as JSON.
    pub body: &'a str,
    /// Secrets in force: each makes a signature.
    pub secrets: &'a [Secret],
    /// Time of the attempt, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Meaning of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Taken (2xx).
    Delivered,
    /// Not taken, but perhaps later.
    Failed,
    /// The receiver wants no more deliveries (410).
    Gone,
}

/// Result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Meaning of the answer.
    pub verdict: Verdict,
    /// Status of the answer, if there was one.
    pub status: Option<u16>,
    /// Reason of a failure.
    pub error: Option<String>,
    /// Beginning of an answer that refuses.
    pub answer: Option<String>,
    /// Delay that the receiver asked for, in milliseconds.
    pub retry_after_ms: Option<i64>,
    /// Time that the attempt took, in milliseconds.
    pub duration_ms: i64,
}

/// A client that cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the client of webhooks cannot be set up")]
pub struct CourierError(#[from] reqwest::Error);

/// Sender of deliveries; cheap to clone.
#[derive(Debug, Clone)]
pub struct Courier {
    client: Client,
    networks: Networks,
}

impl Courier {
    /// Creates a courier that reaches these networks.
    ///
    /// # Errors
    /// If the client cannot be set up.
    pub fn new(networks: Networks) -> Result<Self, CourierError> {
        let client = Client::builder()
            .dns_resolver(Arc::new(CheckedResolver(networks)))
            .redirect(Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { client, networks })
    }

    /// Reads the URL of an endpoint that is being made. A name that cannot be resolved now is taken: it is checked at each delivery.
    ///
    /// # Errors
    /// If it breaks a rule, or its name leads to an address that deliveries may not go to.
    pub async fn check(&self, url: &str) -> Result<EndpointUrl, BadAddress> {
        let url = EndpointUrl::parse(url, self.networks)?;
        if let Some((name, port)) = url.name()
            && let Err(ResolveError::Private) = resolve(name, port, self.networks).await
        {
            return Err(BadAddress::Private);
        }
        Ok(url)
    }

    /// Makes one attempt. It never fails: what happened is the outcome.
    pub async fn deliver(&self, message: &Message<'_>) -> Outcome {
        let began = Instant::now();
        let mut outcome = match EndpointUrl::parse(message.url, self.networks) {
            Ok(url) => match self.post(&url, message).await {
                Ok(response) => read(response, message.at_ms).await,
                Err(error) => Outcome::failed(describe(&error)),
            },
            Err(fault) => Outcome::failed(format!("the URL {fault}")),
        };
        outcome.duration_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        outcome
    }

    async fn post(
        &self,
        url: &EndpointUrl,
        message: &Message<'_>,
    ) -> Result<Response, reqwest::Error> {
        let timestamp = message.at_ms.div_euclid(1_000);
        let signature = signature(message.secrets, message.id, timestamp, message.body);
        self.client
            .post(url.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, AGENT)
            .header(HEADER_ID, message.id)
            .header(HEADER_TIMESTAMP, timestamp)
            .header(HEADER_SIGNATURE, signature)
            .body(message.body.to_owned())
            .send()
            .await
    }
}

impl Outcome {
    /// Result of an attempt that could not be made.
    #[must_use]
    pub fn failed(error: String) -> Self {
        Self {
            verdict: Verdict::Failed,
            status: None,
            error: Some(error),
            answer: None,
            retry_after_ms: None,
            duration_ms: 0,
        }
    }
}

async fn read(response: Response, now_ms: i64) -> Outcome {
    let status = response.status();
    let (verdict, error) = match status {
        _ if status.is_success() => (Verdict::Delivered, None),
        StatusCode::GONE => (Verdict::Gone, Some("the endpoint is gone (410)".to_owned())),
        _ if status.is_redirection() => {
            let error = "the answer is a redirect, which is not followed";
            (Verdict::Failed, Some(error.to_owned()))
        }
        _ => {
            let error = format!("the answer has the status {}", status.as_u16());
            (Verdict::Failed, Some(error))
        }
    };
    let retry_after_ms = match verdict {
        Verdict::Failed => retry_after_ms(response.headers(), now_ms),
        Verdict::Delivered | Verdict::Gone => None,
    };
    let answer = beginning(response).await;
    Outcome {
        answer: answer.filter(|_| verdict != Verdict::Delivered),
        verdict,
        status: Some(status.as_u16()),
        error,
        retry_after_ms,
        duration_ms: 0,
    }
}

/// Reads the beginning of an answer. One that breaks off is good for what came.
async fn beginning(mut response: Response) -> Option<String> {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_ANSWER_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    bytes.truncate(MAX_ANSWER_BYTES);
    let text = String::from_utf8_lossy(&bytes);
    let text: String = text.chars().filter(|it| *it != '\0').collect();
    (!text.is_empty()).then_some(text)
}

/// Reads `Retry-After`, as seconds or as a date.
fn retry_after_ms(headers: &HeaderMap, now_ms: i64) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(i64::from(seconds) * 1_000);
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
    Some(date.timestamp_millis().saturating_sub(now_ms).max(0))
}

/// Describes a failure by its causes, without the URL, which may hold a token.
fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        let seconds = TIMEOUT.as_secs();
        return format!("no answer within {seconds} seconds");
    }
    let mut said = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push(error.to_string());
        cause = error.source();
    }
    match said.is_empty() {
        true => "the request failed".to_owned(),
        false => said.join(": "),
    }
}

#[cfg(test)]
mod tests;
