//! Invitations, roles, and owners.

use souk_store::{Invited, StoreError};

use super::*;
use crate::support::setups;

fn role(role: Role) -> Membership {
    Membership { role, seller: None }
}

fn invitee(text: &str, role_of: Role) -> NewAccount {
    NewAccount {
        password_hash: None,
        memberships: vec![role(role_of)],
        ..new_account(text)
    }
}

async fn invited(setup: &Setup, text: &str, role_of: Role, seed: u8) -> Invited {
    let (pending, known) = (mail(text, "invitation"), mail(text, "role_given"));
    let link = link(LinkPurpose::Invitation, seed);
    let accounts = setup.scope.accounts();
    let mails = (Some(&pending), Some(&known));
    accounts
        .invite(&invitee(text, role_of), &link, mails)
        .await
        .unwrap()
}

/// An owner who chose a password.
async fn owner(setup: &Setup, text: &str, seed: u8) -> AccountId {
    let id = invited(setup, text, Role::Owner, seed).await.id();
    let accounts = setup.scope.accounts();
    let accepted = accounts.accept_invitation(hash(seed), ("hash", ""), NOW);
    assert!(accepted.await.unwrap());
    id
}

fn is_last_owner<T: std::fmt::Debug>(refused: Result<T, StoreError>) -> bool {
    matches!(
        refused,
        Err(StoreError::Conflict {
            field: "account",
            ..
        })
    )
}

#[tokio::test]
async fn invitation_is_accepted_once_and_confirms_the_address() {
    for setup in setups().await {
        let accounts = setup.scope.accounts();
        let first = invited(&setup, "ada@mail.example", Role::Analyst, 1).await;
        let again = invited(&setup, "ada@mail.example", Role::Support, 2).await;
        assert_eq!(first, again);
        let id = first.id();
        let accept = |seed| accounts.accept_invitation(hash(seed), ("hash", "Ada L."), NOW);
        assert!(!accept(1).await.unwrap(), "only the newest link is good");
        assert!(accept(2).await.unwrap());
        assert!(!accept(2).await.unwrap());
        let person = accounts.person(id).await.unwrap().unwrap();
        assert_eq!(
            (person.account.name.as_str(), person.account.verified_at_ms),
            ("Ada L.", Some(NOW))
        );
        assert_eq!(
            person.memberships,
            [role(Role::Analyst), role(Role::Support)]
        );
        let templates = waiting(&setup).await;
        assert!(
            templates
                .iter()
                .all(|(template, _)| template == "invitation")
        );
    }
}

#[tokio::test]
async fn person_who_can_sign_in_is_given_the_role_and_signs_in_anew() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        setup
            .scope
            .sessions()
            .begin(session(id, 9), None)
            .await
            .unwrap();
        let there = invited(&setup, "ada@mail.example", Role::Analyst, 2).await;
        assert_eq!(there, Invited::Known(id));
        let accounts = setup.scope.accounts();
        let link = accounts.of_link(LinkPurpose::Invitation, hash(2), NOW);
        assert_eq!(link.await.unwrap(), None);
        assert!(
            setup
                .scope
                .sessions()
                .find(hash(9), NOW)
                .await
                .unwrap()
                .is_none()
        );
        let templates = waiting(&setup).await;
        assert!(
            templates
                .iter()
                .any(|(template, _)| template == "role_given")
        );

        setup
            .scope
            .sessions()
            .begin(session(id, 8), None)
            .await
            .unwrap();
        accounts.grant(id, role(Role::Analyst), NOW).await.unwrap();
        let sessions = setup.scope.sessions();
        let kept = sessions.find(hash(8), NOW).await.unwrap();
        assert!(kept.is_some(), "a role that one has changes nothing");
        accounts.grant(id, role(Role::Support), NOW).await.unwrap();
        assert!(sessions.find(hash(8), NOW).await.unwrap().is_none());

        accounts.disable(id, NOW).await.unwrap();
        let (account, link) = (
            invitee("ada@mail.example", Role::Admin),
            super::link(LinkPurpose::Invitation, 3),
        );
        let refused = accounts.invite(&account, &link, (None, None)).await;
        assert!(matches!(
            refused,
            Err(StoreError::Conflict { field: "mail", .. })
        ));
    }
}

#[tokio::test]
async fn marketplace_keeps_an_owner_who_can_sign_in() {
    for setup in setups().await {
        let accounts = setup.scope.accounts();
        assert!(!accounts.has_owner().await.unwrap());
        let first = owner(&setup, "ada@mail.example", 1).await;
        assert!(accounts.has_owner().await.unwrap());
        // Somebody who has yet to accept could not help.
        let second = invited(&setup, "eve@mail.example", Role::Owner, 2)
            .await
            .id();
        assert!(is_last_owner(accounts.take(first, role(Role::Owner)).await));
        assert!(is_last_owner(accounts.disable(first, NOW).await));
        assert!(is_last_owner(accounts.erase(first, NOW).await));

        let accepted = accounts.accept_invitation(hash(2), ("hash", ""), NOW);
        assert!(accepted.await.unwrap());
        assert!(accounts.take(first, role(Role::Owner)).await.unwrap());
        assert!(!accounts.take(first, role(Role::Owner)).await.unwrap());
        assert!(is_last_owner(accounts.disable(second, NOW).await));
        accounts.disable(first, NOW).await.unwrap();
    }
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    for setup in setups().await {
        let first = owner(&setup, "ada@mail.example", 1).await;
        let second = owner(&setup, "eve@mail.example", 2).await;
        let accounts = setup.scope.accounts();
        let left = tokio::join!(
            accounts.take(first, role(Role::Owner)),
            accounts.take(second, role(Role::Owner)),
        );
        let stayed = [left.0, left.1].into_iter().filter(Result::is_err).count();
        assert_eq!(stayed, 1);
        assert!(accounts.has_owner().await.unwrap());
    }
}

#[tokio::test]
async fn first_owner_is_made_once() {
    for setup in setups().await {
        let accounts = setup.scope.accounts();
        let (ada, eve) = (
            new_account("ada@mail.example"),
            new_account("eve@mail.example"),
        );
        let made = tokio::join!(
            accounts.add_first_owner(&ada),
            accounts.add_first_owner(&eve)
        );
        let made = [made.0.unwrap(), made.1.unwrap()];
        let made: Vec<_> = made.into_iter().flatten().collect();
        assert_eq!(made.len(), 1, "{made:?}");
        let person = accounts.person(made[0]).await.unwrap().unwrap();
        assert_eq!(person.account.verified_at_ms, Some(NOW));
        assert_eq!(person.memberships, [role(Role::Owner)]);
        assert_eq!(accounts.people(None, 10, None).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn people_are_listed_by_page_and_role() {
    for setup in setups().await {
        let accounts = setup.scope.accounts();
        for seed in 1..=5 {
            let text = format!("p{seed}@mail.example");
            let of_role = if seed % 2 == 0 {
                Role::Support
            } else {
                Role::Analyst
            };
            invited(&setup, &text, of_role, seed).await;
        }
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = accounts.people(after, 2, None).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.account.id);
            listed.extend(page.into_iter().map(|person| person.memberships[0].role));
        }
        use Role::{Analyst, Support};
        assert_eq!(listed, [Analyst, Support, Analyst, Support, Analyst]);
        let support = accounts.people(None, 10, Some(Support)).await.unwrap();
        let mails: Vec<_> = support
            .iter()
            .map(|one| one.account.mail.as_str())
            .collect();
        assert_eq!(mails, ["p2@mail.example", "p4@mail.example"]);
        assert!(
            accounts
                .people(None, 10, Some(Role::Owner))
                .await
                .unwrap()
                .is_empty()
        );
    }
}
