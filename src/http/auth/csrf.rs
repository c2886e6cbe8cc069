//! Requests that another site leads a browser to send with the cookies of this one.

use poem::{
    Request,
    http::{Method, header},
};

use super::{
    authentication::bearer_token,
    cookies::{CookieNames, host_of},
};

const FETCH_SITE: &str = "sec-fetch-site";

/// Reports whether a change that is asked for with a cookie comes from a page of this host: its browser says so, and it is of
/// a media type that no form can send.
pub(super) fn is_own(request: &Request) -> bool {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return true;
    }
    is_same_origin(request) && has_own_media_type(request)
}

/// Reports whether a page of this host asks, or a program with a token of its own. A link elsewhere would have the browser send its
/// cookie with a `GET`, and keep the response.
pub(super) fn is_of_own_page(request: &Request) -> bool {
    let has_token = request
        .header(header::AUTHORIZATION)
        .and_then(bearer_token)
        .is_some();
    has_token || is_same_origin(request)
}

fn is_same_origin(request: &Request) -> bool {
    if let Some(site) = request.header(FETCH_SITE) {
        return site == "same-origin";
    }
    // Browsers of before 2023 send the origin alone.
    let Some(origin) = request.header(header::ORIGIN) else {
        return false;
    };
    // Only a browser on this machine is served without TLS.
    let authority = match origin.strip_prefix("https://") {
        Some(authority) => Some(authority),
        None if CookieNames::of(request).is_local() => origin.strip_prefix("http://"),
        None => None,
    };
    let host = host_of(request);
    authority.is_some_and(|authority| host.is_some_and(|host| host.eq_ignore_ascii_case(authority)))
}

/// Reports whether another site would have to ask before it sends such a body. A deletion it cannot send without that.
fn has_own_media_type(request: &Request) -> bool {
    if *request.method() == Method::DELETE {
        return true;
    }
    let media_type = request.content_type().unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let of_forms = [
        "",
        "text/plain",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
    ];
    !of_forms
        .iter()
        .any(|form| form.eq_ignore_ascii_case(media_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder()
            .method(method)
            .header("Host", "shop.example");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.finish()
    }

    #[test]
    fn change_is_own_only_from_the_same_origin_as_json() {
        let json = ("Content-Type", "application/json; charset=utf-8");
        for (headers, expected) in [
            (&[("Sec-Fetch-Site", "same-origin"), json][..], true),
            (&[("Sec-Fetch-Site", "same-site"), json], false),
            (&[("Sec-Fetch-Site", "cross-site"), json], false),
            (&[("Sec-Fetch-Site", "none"), json], false),
            (
                &[
                    ("Sec-Fetch-Site", "cross-site"),
                    ("Origin", "https://shop.example"),
                    json,
                ],
                false,
            ),
            (&[("Origin", "https://shop.example"), json], true),
            (&[("Origin", "http://shop.example"), json], false),
            (&[("Origin", "https://shop.example:8443"), json], false),
            (
                &[("Origin", "https://shop.example.evil.example"), json],
                false,
            ),
            (&[("Origin", "https://evil.example"), json], false),
            (&[("Origin", "null"), json], false),
            (&[("Origin", ""), json], false),
            (&[json], false),
            (&[("Sec-Fetch-Site", "same-origin")], false),
            (
                &[
                    ("Sec-Fetch-Site", "same-origin"),
                    ("Content-Type", "text/csv"),
                ],
                true,
            ),
            (
                &[
                    ("Sec-Fetch-Site", "same-origin"),
                    ("Content-Type", "Multipart/Form-Data; boundary=a"),
                ],
                false,
            ),
            (
                &[
                    ("Sec-Fetch-Site", "same-origin"),
                    ("Content-Type", "text/plain"),
                ],
                false,
            ),
        ] {
            let own = is_own(&request(Method::POST, headers));
            assert_eq!(own, expected, "{headers:?}");
        }
        let local = Request::builder()
            .method(Method::POST)
            .header("Host", "localhost:3000")
            .header("Origin", "http://localhost:3000")
            .header("Content-Type", "application/json")
            .finish();
        assert!(is_own(&local));
        assert!(is_own(&request(Method::GET, &[])));
        for (headers, expected) in [
            (&[][..], false),
            (&[("Sec-Fetch-Site", "same-origin")], true),
            (&[("Sec-Fetch-Site", "cross-site")], false),
            (&[("Sec-Fetch-Site", "none")], false),
            (&[("Authorization", "Bearer souk_ss_00")], true),
            (&[("Authorization", "Basic YTpi")], false),
        ] {
            let own = is_of_own_page(&request(Method::GET, headers));
            assert_eq!(own, expected, "{headers:?}");
        }
        assert!(!is_own(&request(Method::DELETE, &[])));
        assert!(is_own(&request(
            Method::DELETE,
            &[("Sec-Fetch-Site", "same-origin")]
        )));
    }
}
