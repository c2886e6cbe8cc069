//! Content negotiation of a page: its coding, and whether the client has it already.

use poem::{
    Request, Response,
    http::{HeaderValue, StatusCode, header},
};
use souk_cache::{Coding, Page};

/// Capacity of the header map: headers of a page and of the middleware around it.
const HEADERS: usize = 24;

/// Answers a request with a page in the coding that the client prefers, or with 304 if the client has it. Headers for
/// caches are left to the caller.
pub(crate) fn negotiated(
    request: &Request,
    page: &Page,
    content_type: HeaderValue,
    compression: bool,
) -> Response {
    let coding = request
        .header(header::ACCEPT_ENCODING)
        .filter(|_| compression)
        .and_then(Coding::accepted);
    let compressed = coding.and_then(|coding| Some((coding, page.compressed(coding)?)));
    let etag = entity_tag(page, compressed.map(|(coding, _)| coding));
    let known = request
        .header(header::IF_NONE_MATCH)
        .is_some_and(|known| is_among(&etag, known));

    let mut response = Response::default();
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    if known {
        response.set_status(StatusCode::NOT_MODIFIED);
        return response;
    }
    headers.insert(header::CONTENT_TYPE, content_type);
    match compressed {
        Some((coding, body)) => {
            let coding = HeaderValue::from_static(coding.name());
            headers.insert(header::CONTENT_ENCODING, coding);
            response.set_body(body.clone());
        }
        None => response.set_body(page.body().clone()),
    }
    response
}

/// Strong: other bytes have another one, also where only the coding differs.
fn entity_tag(page: &Page, coding: Option<Coding>) -> String {
    match coding {
        Some(coding) => format!("\"{}-{}\"", page.etag(), coding.name()),
        None => format!("\"{}\"", page.etag()),
    }
}

/// Reports whether `If-None-Match` names an entity tag; weakly, as that header asks for.
fn is_among(etag: &str, header: &str) -> bool {
    header.split(',').any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag
    })
}
