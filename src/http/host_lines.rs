//! `Host` lines of a request as it came over the network.

use hyper::{Request, Version, header};

use crate::error::ApiError;

/// Verdict on the `Host` lines of a request, by RFC 9112, section 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostLines {
    /// As they should be.
    Fit,
    /// None in HTTP/1.1, more than one, or one that is no text.
    Unfit,
}

impl HostLines {
    /// Judges the lines of a request.
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let mut lines = request.headers().get_all(header::HOST).iter();
        let is_fit = match (lines.next(), lines.next()) {
            // HTTP/1.0 did not know it, and HTTP/2 has an authority in its place.
            (None, _) => request.version() != Version::HTTP_11,
            (Some(line), None) => line.to_str().is_ok(),
            (Some(_), Some(_)) => false,
        };
        if is_fit { Self::Fit } else { Self::Unfit }
    }

    /// Refuses a request whose lines are unfit.
    pub(super) fn check(self) -> Result<(), ApiError> {
        match self {
            Self::Fit => Ok(()),
            Self::Unfit => Err(ApiError::parameter(
                "Host",
                "must be sent exactly once, as text",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(version: Version, lines: &[&[u8]]) -> HostLines {
        let mut request = Request::builder().version(version);
        for line in lines {
            request = request.header(header::HOST, *line);
        }
        HostLines::of(&request.body(()).unwrap())
    }

    #[test]
    fn request_needs_exactly_one_host() {
        let one: &[&[u8]] = &[b"shop.example"];
        let two: &[&[u8]] = &[b"shop.example", b"shop.example"];
        let no_text: &[&[u8]] = &[b"\xff"];
        for version in [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2] {
            assert_eq!(judged(version, one), HostLines::Fit);
            for unfit in [two, no_text] {
                assert_eq!(judged(version, unfit), HostLines::Unfit);
            }
        }
        assert_eq!(judged(Version::HTTP_10, &[]), HostLines::Fit);
        assert_eq!(judged(Version::HTTP_11, &[]), HostLines::Unfit);
        assert_eq!(judged(Version::HTTP_2, &[]), HostLines::Fit);
    }
}
