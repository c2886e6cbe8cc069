//! People of staff.

use souk_domain::AccountId;
use souk_identity::{MailAddress, Role, SessionKind, Token, TokenKind};
use souk_store::{LinkPurpose, Membership, NewAccount, NewLink, NewSession, Scope};

/// Adds somebody with a role who can sign in, and returns `Authorization` of a session.
pub(crate) async fn signed_in(scope: &Scope, mail: &str, role: Role) -> String {
    signed_in_for(scope, mail, role, SessionKind::of([role])).await
}

/// As [`signed_in`], with a session of some kind.
pub(crate) async fn signed_in_for(
    scope: &Scope,
    mail: &str,
    role: Role,
    kind: SessionKind,
) -> String {
    let membership = Membership { role, seller: None };
    let account = NewAccount {
        mail: MailAddress::parse(mail).unwrap(),
        name: String::new(),
        language: "en".to_owned(),
        password_hash: None,
        memberships: vec![membership],
        at_ms: 1,
    };
    let invitation = Token::new(TokenKind::Link, rand::random());
    let link = NewLink {
        purpose: LinkPurpose::Invitation,
        hash: invitation.hash(),
        mail: None,
        expires_at_ms: i64::MAX,
    };
    let accounts = scope.accounts();
    let invited = accounts.invite(&account, &link, (None, None)).await;
    let password = ("nothing has this hash", "");
    let accepted = accounts.accept_invitation(invitation.hash(), password, 1);
    assert!(accepted.await.unwrap());
    begin_session(scope, invited.unwrap().id(), kind).await
}

/// Signs somebody in, and returns `Authorization`.
pub(crate) async fn begin_session(scope: &Scope, account: AccountId, kind: SessionKind) -> String {
    let token = Token::new(TokenKind::Session, rand::random());
    let session = NewSession {
        account,
        hash: token.hash(),
        kind,
        network: String::new(),
        user_agent: String::new(),
        at_most: 10,
        at_ms: chrono::Utc::now().timestamp_millis(),
    };
    scope.sessions().begin(session, None).await.unwrap();
    format!("Bearer {}", token.text())
}
