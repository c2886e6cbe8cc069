//! Keys as clients of InstantSearch send them: by headers of their own, or in the address.

use poem::{
    Endpoint, Middleware, Request, Result,
    http::{HeaderName, HeaderValue, Uri},
};

use crate::http::tenant_resolution::API_KEY;

const PREFIX: &str = "/api/instantsearch/";
const KEY: &str = "x-algolia-api-key";
const APPLICATION: &str = "x-algolia-application-id";
const VISITOR: &str = "x-algolia-usertoken";
/// Key that stands for none: these clients refuse to start without one.
const PUBLIC: &str = "public";

/// Turns such keys into `X-Api-Key` and takes them out of addresses, before anybody counts or logs a request.
#[derive(Debug, Clone, Copy)]
pub struct ForeignKeys;

impl<E: Endpoint> Middleware<E> for ForeignKeys {
    type Output = KeysTaken<E>;

    fn transform(&self, inner: E) -> Self::Output {
        KeysTaken(inner)
    }
}

/// An endpoint that sees `X-Api-Key` only.
pub struct KeysTaken<E>(E);

impl<E: Endpoint> Endpoint for KeysTaken<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<Self::Output> {
        if request.uri().path().starts_with(PREFIX) {
            take_keys(&mut request);
        }
        self.0.call(request).await
    }
}

fn take_keys(request: &mut Request) {
    let name = HeaderName::from_static(KEY);
    let mut keys: Vec<HeaderValue> = request.headers().get_all(&name).iter().cloned().collect();
    request.headers_mut().remove(name);
    let (kept, taken) = without_keys(request.uri());
    keys.extend(
        taken
            .iter()
            .filter_map(|key| HeaderValue::from_str(key).ok()),
    );
    // Of the same key in header and address there is one.
    keys.dedup();
    keys.retain(|key| key != PUBLIC);
    for key in keys {
        request.headers_mut().append(API_KEY, key);
    }
    if let Some(uri) = kept {
        *request.uri_mut() = uri;
    }
}

/// Returns the address without credentials, if it has any, and the keys that were in it.
fn without_keys(uri: &Uri) -> (Option<Uri>, Vec<String>) {
    let Some(query) = uri.query() else {
        return (None, Vec::new());
    };
    let mut keys = Vec::new();
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name.eq_ignore_ascii_case(KEY) {
            keys.push(value.into_owned());
        } else if !name.eq_ignore_ascii_case(APPLICATION) && !name.eq_ignore_ascii_case(VISITOR) {
            kept.append_pair(&name, &value);
        }
    }
    let query = kept.finish();
    let address = match query.is_empty() {
        true => uri.path().to_owned(),
        false => format!("{}?{query}", uri.path()),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = address.parse().ok();
    (Uri::from_parts(parts).ok(), keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(uri: &str, header: Option<&str>) -> (String, Vec<String>) {
        let mut request = Request::builder().uri(uri.parse().unwrap());
        if let Some(key) = header {
            request = request.header(KEY, key);
        }
        let mut request = request.finish();
        take_keys(&mut request);
        let keys = request.headers().get_all(API_KEY).iter();
        let keys = keys.map(|key| key.to_str().unwrap().to_owned()).collect();
        assert!(!request.headers().contains_key(KEY));
        (request.uri().to_string(), keys)
    }

    #[test]
    fn keys_leave_the_address() {
        let path = "/api/instantsearch/1/indexes/*/queries";
        let address = format!(
            "{path}?X-Algolia-API-Key=abc&x-algolia-agent=a%20b&X-Algolia-Application-Id=x"
        );
        let expected = format!("{path}?x-algolia-agent=a+b");
        assert_eq!(taken(&address, None), (expected, vec!["abc".to_owned()]));
        let only = format!("{path}?x-algolia-api-key=abc");
        assert_eq!(
            taken(&only, Some("abc")),
            (path.to_owned(), vec!["abc".to_owned()])
        );
        assert_eq!(taken(path, Some("public")), (path.to_owned(), vec![]));
        assert_eq!(taken(&only, Some("other")).1.len(), 2, "refused later");
    }
}
