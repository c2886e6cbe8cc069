//! Visitor of a request, from `X-Visitor-Id`.

use std::fmt;

use chrono::Utc;
use poem::{FromRequest, Request, RequestBody, Result, http::HeaderName};
use souk_domain::TenantId;

use souk_search_service::VisitorHash;

use super::tenant_resolution::resolve_tenant;
use crate::{error::ApiError, state::AppState};

/// The header that a client may name its visitor in.
pub(crate) const VISITOR_ID: HeaderName = HeaderName::from_static("x-visitor-id");

/// Visitor id sent by a client; opaque, hashed at once and never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitorId(String);

/// Malformed visitor id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "has {} to {} visible ASCII characters, without spaces",
    VisitorId::MIN_CHARS,
    VisitorId::MAX_CHARS
)]
pub struct InvalidVisitorId;

impl VisitorId {
    /// Fewest characters: shorter ones are easily another's, too.
    pub const MIN_CHARS: usize = 8;
    /// Most characters.
    pub const MAX_CHARS: usize = 128;

    /// Reads one.
    ///
    /// # Errors
    /// If it is too short, too long, or has other characters than visible ones of ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidVisitorId> {
        let fits = (Self::MIN_CHARS..=Self::MAX_CHARS).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidVisitorId)
        }
    }

    /// The one that a request names.
    ///
    /// # Errors
    /// If that is none, or there are several.
    pub(crate) fn of(request: &Request) -> Result<Option<Self>, ApiError> {
        let mut given = request.headers().get_all(VISITOR_ID).iter();
        let refused = |message: String| ApiError::parameter("X-Visitor-Id", message);
        match (given.next(), given.next()) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(refused("is given more than once".to_owned())),
            (Some(text), None) => {
                let read = text
                    .to_str()
                    .map_err(|_| InvalidVisitorId)
                    .and_then(Self::parse);
                read.map(Some).map_err(|bad| refused(bad.to_string()))
            }
        }
    }

    /// Returns today's hash; `None` while the day's salt cannot be read.
    pub async fn hash(&self, app: &AppState, tenant: TenantId) -> Option<VisitorHash> {
        let now = Utc::now().timestamp_millis();
        app.visitor_hasher.hash(tenant, &self.0, now).await
    }
}

impl fmt::Debug for VisitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitorId(..)")
    }
}

/// The visitor of a request, hashed; none if the client names none.
#[derive(Debug, Clone, Copy)]
pub struct RequestVisitor(pub Option<VisitorHash>);

impl RequestVisitor {
    /// Returns the visitor of a request to a tenant.
    ///
    /// # Errors
    /// If the request names one that is none.
    pub(crate) async fn of(
        request: &Request,
        app: &AppState,
        tenant: TenantId,
    ) -> Result<Self, ApiError> {
        let Some(id) = VisitorId::of(request)? else {
            return Ok(Self(None));
        };
        Ok(Self(id.hash(app, tenant).await))
    }
}

impl<'a> FromRequest<'a> for RequestVisitor {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let app = request
            .data::<AppState>()
            .ok_or_else(|| ApiError::internal("the application is missing from the request"))?;
        let tenant = resolve_tenant(app, request).await?.tenant;
        Ok(Self::of(request, app, tenant.id).await?)
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn named(lines: &[&str]) -> Result<Option<VisitorId>, ApiError> {
        let mut request = Request::builder();
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            request = request.header(VISITOR_ID, line);
        }
        VisitorId::of(&request.finish())
    }

    #[test]
    fn a_session_may_be_named_and_a_bad_name_is_blamed() {
        assert!(named(&[]).unwrap().is_none());
        assert!(named(&["abcdefgh"]).unwrap().is_some());
        assert!(named(&[&"~".repeat(128)]).unwrap().is_some());
        for bad in ["", "abcdefg", "abcd efgh", "abcdefghé", &"a".repeat(129)] {
            let problem = named(&[bad]).unwrap_err().problem();
            assert_eq!(problem.field.as_deref(), Some("X-Visitor-Id"), "{bad}");
            assert_eq!(problem.status.as_u16(), 400);
        }
        assert!(named(&["abcdefgh", "abcdefgh"]).is_err());
    }

    #[test]
    fn a_session_is_never_shown() {
        let id = VisitorId::parse("visible-name").unwrap();
        assert!(!format!("{id:?}").contains("visible"));
    }
}
