use poem::{Request, http::header::AUTHORIZATION};
use poem_openapi::{SecurityScheme, auth::Bearer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{app::App, config::Secret};

/// The admin key that this process accepts, as its hash: comparing hashes takes the same time
/// whatever is sent, and whatever its length.
#[derive(Clone)]
pub struct AdminKey([u8; 32]);

impl AdminKey {
    /// Accepts exactly this key.
    pub fn new(key: &Secret) -> Self {
        Self(Sha256::digest(key.expose()).into())
    }

    /// Whether a request carries it.
    pub(super) fn is_on(&self, request: &Request) -> bool {
        let bearer = request.header(AUTHORIZATION).and_then(bearer_token);
        bearer.is_some_and(|token| self.accepts(token))
    }

    /// Whether this is the key.
    fn accepts(&self, offered: &str) -> bool {
        let offered: [u8; 32] = Sha256::digest(offered).into();
        self.0.ct_eq(&offered).into()
    }
}

fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Proof that the caller holds the admin key.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "admin_key", checker = "check")]
pub struct Admin(#[allow(dead_code, private_interfaces)] Verified);

/// Made only where the key was compared.
pub(super) struct Verified(());

async fn check(request: &Request, offered: Bearer) -> Option<Verified> {
    let app = request.data::<App>()?;
    app.admin_key
        .accepts(&offered.token)
        .then_some(Verified(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_stands_behind_bearer() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer abc"), Some("abc"));
        assert_eq!(bearer_token("Basic abc"), None);
        assert_eq!(bearer_token("abc"), None);
    }

    #[test]
    fn only_the_key_itself_is_accepted() {
        let key = AdminKey::new(&Secret::from("correct horse".to_owned()));
        assert!(key.accepts("correct horse"));
        for other in ["", "correct hors", "correct horse ", "Correct horse"] {
            assert!(!key.accepts(other), "{other}");
        }
    }
}
