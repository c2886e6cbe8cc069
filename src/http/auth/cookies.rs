//! Cookies of a session and of a known device.

use std::net::{IpAddr, SocketAddr};

use poem::{
    Request,
    http::{HeaderMap, header},
};

/// Names of cookies. `__Host-` has browsers take them over TLS alone, for this host alone.
const SESSION: &str = "__Host-souk";
const DEVICE: &str = "__Host-souk-device";
/// The same on loopback, where there is no TLS.
const LOCAL_SESSION: &str = "souk";
const LOCAL_DEVICE: &str = "souk-device";

/// Lifetime of a device's cookie, in seconds.
const DEVICE_SECS: i64 = 365 * 24 * 3_600;

/// Names of the cookies that a host uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CookieNames {
    is_local: bool,
}

impl CookieNames {
    /// Returns the names for the host of a request.
    pub(crate) fn of(request: &Request) -> Self {
        let peer = request.remote_addr().as_socket_addr();
        Self {
            is_local: is_local(
                host_of(request),
                peer.map(SocketAddr::ip),
                request.headers(),
            ),
        }
    }

    /// Returns true for a browser on this machine, without TLS.
    pub(super) fn is_local(self) -> bool {
        self.is_local
    }

    fn session(self) -> &'static str {
        if self.is_local {
            LOCAL_SESSION
        } else {
            SESSION
        }
    }

    fn device(self) -> &'static str {
        if self.is_local { LOCAL_DEVICE } else { DEVICE }
    }

    /// Returns the session's token of a request.
    pub(super) fn session_in(self, headers: &HeaderMap) -> Option<&str> {
        value(headers, self.session())
    }

    /// Returns the device's token of a request.
    pub(super) fn device_in(self, headers: &HeaderMap) -> Option<&str> {
        value(headers, self.device())
    }

    /// Returns the line that keeps a session for some seconds; zero ends it.
    pub(crate) fn keep_session(self, token: &str, seconds: i64) -> String {
        self.line(self.session(), token, seconds)
    }

    /// Returns the line that keeps a device's token.
    pub(crate) fn keep_device(self, token: &str) -> String {
        self.line(self.device(), token, DEVICE_SECS)
    }

    fn line(self, name: &str, value: &str, seconds: i64) -> String {
        let secure = if self.is_local { "" } else { "; Secure" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// Reports whether a request may carry a session: its answer is nobody else's.
pub(crate) fn bears_session(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION)
        || [SESSION, LOCAL_SESSION]
            .iter()
            .any(|name| values(headers, name).next().is_some())
}

/// Returns the host that a request was sent to, with its port.
pub(super) fn host_of(request: &Request) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.header(header::HOST),
    }
}

/// Returns true if a request comes from a browser on this machine. A proxy may be on this machine, too, and send a loopback host
/// for visitors from anywhere: it says for whom it asks.
fn is_local(host: Option<&str>, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let is_forwarded = headers.keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded-") || ["forwarded", "x-real-ip", "via"].contains(&name)
    });
    // What is not over the network is from this machine.
    let is_near = peer.is_none_or(|peer| peer.to_canonical().is_loopback());
    is_near && !is_forwarded && host.is_some_and(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let address = name.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Returns a cookie's value; none if there are several, of which one may be another site's.
fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = values(headers, name);
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// Returns all values of a cookie.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(move |(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(host: &str, cookie: &str) -> Request {
        Request::builder()
            .header("Host", host)
            .header("Cookie", cookie)
            .finish()
    }

    #[test]
    fn plain_names_are_of_loopback_alone() {
        for (host, is_local) in [
            ("localhost:3000", true),
            ("127.0.0.1", true),
            ("[::1]:3000", true),
            ("shop.example", false),
            ("localhost.shop.example", false),
            ("192.168.0.1:3000", false),
        ] {
            let names = CookieNames::of(&request(host, ""));
            assert_eq!(names.is_local, is_local, "{host}");
            let line = names.keep_session("t", 60);
            assert_eq!(line.contains("; Secure"), !is_local, "{host}");
            assert!(line.contains("; HttpOnly; SameSite=Lax"), "{line}");
            assert!(!line.contains("Domain"), "{line}");
        }
    }

    #[test]
    fn plain_names_are_of_browsers_on_this_machine_alone() {
        let own = Some("127.0.0.1:3000");
        let none = HeaderMap::new();
        for (peer, expected) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false),
            ("2001:db8::1", false),
        ] {
            let peer = peer.parse().unwrap();
            assert_eq!(is_local(own, Some(peer), &none), expected, "{peer}");
        }
        for name in [
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "Forwarded",
            "X-Real-Ip",
            "Via",
        ] {
            let forwarded = Request::builder().header(name, "x").finish();
            let peer = Some("127.0.0.1".parse().unwrap());
            assert!(!is_local(own, peer, forwarded.headers()), "{name}");
        }
    }

    #[test]
    fn cookie_of_the_other_name_or_given_twice_is_none() {
        let both = "a=b; souk=local; __Host-souk=tls";
        let names = |host| CookieNames::of(&request(host, both));
        let headers = request("x", both);
        let headers = headers.headers();
        assert_eq!(names("shop.example").session_in(headers), Some("tls"));
        assert_eq!(names("localhost").session_in(headers), Some("local"));
        let twice = request("shop.example", "__Host-souk=a; __Host-souk=b");
        assert_eq!(names("shop.example").session_in(twice.headers()), None);
        assert_eq!(names("shop.example").device_in(headers), None);
    }
}
