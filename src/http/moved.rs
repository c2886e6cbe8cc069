//! Responses to requests by a former slug, which lead on to the present one.

use poem::{
    IntoResponse, Response,
    http::{HeaderValue, StatusCode, Uri, header},
};
use poem_openapi::Object;
use serde::Serialize;

use super::JsonResponse;

/// Body of a redirect.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Moved")]
pub struct MovedBody {
    /// Slug that the resource has now. `Location` is the address with it.
    pub moved_to: String,
}

/// Leads on from an address under a former slug, as in `/api/products/former/similar?limit=3`.
pub(super) fn response(uri: &Uri, slug: &str) -> Response {
    let body = MovedBody {
        moved_to: slug.to_owned(),
    };
    let mut response = JsonResponse(body).into_response();
    response.set_status(StatusCode::MOVED_PERMANENTLY);
    if let Ok(location) = HeaderValue::try_from(location(uri, slug)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Returns path and query with the slug, which is the third segment, in place of the former one.
fn location(uri: &Uri, slug: &str) -> String {
    let mut segments: Vec<&str> = uri.path().split('/').collect();
    if let Some(former) = segments.get_mut(3) {
        *former = slug;
    }
    let path = segments.join("/");
    match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_differs_in_the_slug_only() {
        for (uri, expected) in [
            ("/api/products/old", "/api/products/new"),
            ("/api/products/old/", "/api/products/new/"),
            (
                "/api/products/old/reviews?page=2&q=%C3%A9",
                "/api/products/new/reviews?page=2&q=%C3%A9",
            ),
            ("http://shop.example/api/sellers/old", "/api/sellers/new"),
        ] {
            assert_eq!(location(&uri.parse().unwrap(), "new"), expected);
        }
    }
}
