use std::sync::Arc;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::metrics::RequestMetrics;

/// Counts and times every request, from outside of all else.
#[derive(Clone, Default)]
pub struct Measured(
    /// Where; nothing is counted by default.
    pub Option<Arc<RequestMetrics>>,
);

impl<E: Endpoint> Middleware<E> for Measured {
    type Output = MeasuredEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        MeasuredEndpoint {
            inner,
            metrics: self.0.clone(),
        }
    }
}

/// An endpoint whose requests are counted and timed.
pub struct MeasuredEndpoint<E> {
    inner: E,
    metrics: Option<Arc<RequestMetrics>>,
}

impl<E: Endpoint> Endpoint for MeasuredEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let metrics = self.metrics.as_deref();
        let timer = metrics.map(|metrics| metrics.begin(request.method(), request.uri().path()));
        let answer = self.inner.call(request).await;
        let answer = answer.map(IntoResponse::into_response);
        if let Some(timer) = timer {
            timer.answered(match &answer {
                Ok(response) => response.status(),
                Err(error) => error.status(),
            });
        }
        answer
    }
}
