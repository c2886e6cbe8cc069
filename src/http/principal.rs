//! Principals: who may call an operation.

use poem::{Request, http::header::AUTHORIZATION};
use poem_openapi::{SecurityScheme, auth::Bearer};

use crate::{admin_key::AdminKey, state::AppState};

/// Returns true if a request carries the admin key as its bearer token.
pub(crate) fn has_admin_key(request: &Request, key: &AdminKey) -> bool {
    let bearer = request.header(AUTHORIZATION).and_then(bearer_token);
    bearer.is_some_and(|token| key.accepts(token))
}

pub(super) fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Caller that has presented the admin key.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "admin_key", checker = "check")]
pub struct AdminPrincipal(#[allow(dead_code, private_interfaces)] Verified);

/// Result of a successful comparison of keys.
pub(super) struct Verified(());

async fn check(request: &Request, offered: Bearer) -> Option<Verified> {
    let app = request.data::<AppState>()?;
    app.admin_key
        .accepts(&offered.token)
        .then_some(Verified(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorization_bearer_scheme_returns_token() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer abc"), Some("abc"));
        assert_eq!(bearer_token("Basic abc"), None);
        assert_eq!(bearer_token("abc"), None);
    }
}
