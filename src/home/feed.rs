//! `/feeds/google.xml` and `/feeds/openai.jsonl`: the live catalogue as a feed for other systems.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use poem::{
    Body, Endpoint, FromRequest, Request, Response, Result,
    endpoint::make,
    get,
    http::{HeaderName, header},
};

use crate::{error::ApiError, feeds::Feeds, http::TenantContext, state::AppState};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The feed for Google of the request's tenant; absent unless the installation names its shop.
pub fn google() -> impl Endpoint + use<> {
    get(make(async |request: Request| {
        let feeds = |app: &AppState| app.google_feeds.clone();
        feed(&request, "application/xml; charset=utf-8", feeds).await
    }))
}

/// The same for OpenAI.
pub fn openai() -> impl Endpoint + use<> {
    get(make(async |request: Request| {
        let feeds = |app: &AppState| app.openai_feeds.clone();
        feed(&request, "application/jsonl; charset=utf-8", feeds).await
    }))
}

async fn feed(
    request: &Request,
    content_type: &'static str,
    feeds: fn(&AppState) -> Option<Feeds>,
) -> Result<Response> {
    let context = TenantContext::from_request_without_body(request).await?;
    let app = &context.app;
    let Some(feeds) = feeds(app) else {
        return Err(ApiError::RouteNotFound.into());
    };
    let attributes = app.store.scope(context.tenant.id).attributes();
    let revision = attributes.revision().await.ok();
    let spool = feeds
        .of_tenant(&app.store, &context.tenant, revision, &app.shutdown)
        .map_err(ApiError::internal)?;
    spool
        .wait()
        .await
        .map_err(|error| ApiError::Unavailable(error.into()))?;
    let packed = app.compression && takes_gzip(request);
    let body = spool.read(packed).map_err(ApiError::internal)?;
    // A key may be revoked, and another host is another tenant.
    let is_shared = !request.headers().contains_key(API_KEY);
    let cache_control = match is_shared {
        true => format!("public, max-age={}", feeds.time_left(&spool).as_secs()),
        false => "private, no-store".to_owned(),
    };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, cache_control)
        .header(header::LAST_MODIFIED, http_date(spool.begun_at()))
        .header(header::VARY, "Accept-Encoding, X-Api-Key");
    if packed {
        response = response.header(header::CONTENT_ENCODING, "gzip");
    }
    if let Some(tags) = app.cdn.tags.filter(|_| is_shared) {
        // Only with everything of the tenant: a change of a product leaves a feed as it is until its end.
        response = response.header(tags.name(), tags.value(context.tenant.id, &[]));
    }
    Ok(response.body(Body::from_bytes_stream(body)))
}

/// Reports whether the client takes gzip.
fn takes_gzip(request: &Request) -> bool {
    let accepted = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
    accepted.split(',').any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let is_refused = parts.any(|part| {
            let weight = part.strip_prefix("q=").map(str::parse::<f32>);
            matches!(weight, Some(Ok(weight)) if weight <= 0.0)
        });
        is_gzip && !is_refused
    })
}

fn http_date(time: SystemTime) -> String {
    DateTime::<Utc>::from(time)
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_accepted() {
        for (accepted, expected) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("identity", false),
            ("", false),
        ] {
            let request = Request::builder()
                .header(header::ACCEPT_ENCODING, accepted)
                .finish();
            assert_eq!(takes_gzip(&request), expected, "{accepted}");
        }
    }
}
