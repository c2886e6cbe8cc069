//! Accounts, links, sessions, failed sign-ins and mails.

mod accounts;
mod factors;
mod guessing;
mod invitations;
mod mails;
mod sessions;

use souk_domain::AccountId;
use souk_identity::{MailAddress, Role, SessionKind, TokenHash};
use souk_store::{LinkPurpose, Membership, NewAccount, NewLink, NewMail, NewSession, Registration};

use crate::support::Setup;

const NOW: i64 = 1_000_000;
const LATER: i64 = NOW + 1_800_000;

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn hash(seed: u8) -> TokenHash {
    TokenHash([seed; 32])
}

fn link(purpose: LinkPurpose, seed: u8) -> NewLink {
    NewLink {
        purpose,
        hash: hash(seed),
        mail: None,
        expires_at_ms: LATER,
    }
}

fn mail(recipient: &str, template: &'static str) -> NewMail {
    NewMail {
        recipient: address(recipient),
        template,
        language: "en".to_owned(),
        data: "{\"url\": \"secret\"}".to_owned(),
        at_ms: NOW,
    }
}

fn new_account(text: &str) -> NewAccount {
    NewAccount {
        mail: address(text),
        name: " Ada ".to_owned(),
        language: "de".to_owned(),
        password_hash: Some(format!("hash of {text}")),
        memberships: vec![Membership {
            role: Role::Customer,
            seller: None,
        }],
        at_ms: NOW,
    }
}

/// Registers an account whose link has this seed.
async fn registered(setup: &Setup, text: &str, seed: u8) -> Registration {
    let accounts = setup.scope.accounts();
    let link = link(LinkPurpose::Verify, seed);
    let (pending, known) = (mail(text, "verify"), mail(text, "known"));
    let account = new_account(text);
    let done = accounts.register(&account, &link, Some(&pending), Some(&known));
    done.await.unwrap()
}

/// An account whose address is confirmed.
async fn verified(setup: &Setup, text: &str, seed: u8) -> AccountId {
    let Registration::Pending(id) = registered(setup, text, seed).await else {
        panic!("{text} is known");
    };
    assert!(
        setup
            .scope
            .accounts()
            .verify(hash(seed), NOW)
            .await
            .unwrap()
    );
    id
}

fn session(account: AccountId, seed: u8) -> NewSession {
    NewSession {
        account,
        hash: hash(seed),
        kind: SessionKind::Shopper,
        network: "192.0.2.0/24".to_owned(),
        user_agent: "curl".to_owned(),
        at_most: 10,
        at_ms: NOW,
    }
}

/// Templates of the mails that wait, with their recipients.
async fn waiting(setup: &Setup) -> Vec<(String, String)> {
    let queue = setup.store.mail_queue();
    let mails = queue.claim("test", 100, 1, NOW).await.unwrap();
    let mails = mails
        .into_iter()
        .map(|mail| (mail.template, mail.recipient));
    mails.collect()
}
