//! Registration, links, changes, erasure.

use souk_domain::{AccountId, SellerId};
use souk_identity::Role;
use souk_store::{AccountChanges, LinkPurpose, Membership, NewLink, Registration, StoreError};
use souk_testkit::TestDatabase;

use super::*;
use crate::support::{add_tenant, setup, setups};

#[tokio::test]
async fn registration_of_a_known_address_changes_nothing_and_says_so_by_mail() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        let before = accounts.get(id).await.unwrap().unwrap();
        assert_eq!(
            (before.account.name.as_str(), before.account.verified_at_ms),
            ("Ada", Some(NOW))
        );

        let again = registered(&setup, "ada@mail.example", 2).await;
        assert_eq!(again, Registration::Known(id));
        let after = accounts
            .by_mail(&address("ADA@mail.example"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(after.account, before.account);
        assert!(!accounts.verify(hash(2), NOW).await.unwrap());
        let to_ada = |template: &str| (template.to_owned(), "ada@mail.example".to_owned());
        assert_eq!(waiting(&setup).await, [to_ada("verify"), to_ada("known")]);
    }
}

#[tokio::test]
async fn registration_again_before_the_confirmation_takes_the_account_over() {
    for setup in setups().await {
        let Registration::Pending(id) = registered(&setup, "ada@mail.example", 1).await else {
            panic!("known");
        };
        let accounts = setup.scope.accounts();
        let mut account = new_account("ada@mail.example");
        account.password_hash = Some("another".to_owned());
        let newer = link(LinkPurpose::Verify, 2);
        let again = accounts
            .register(&account, &newer, None, None)
            .await
            .unwrap();
        assert_eq!(again, Registration::Pending(id));
        assert!(
            !accounts.verify(hash(1), NOW).await.unwrap(),
            "an older link"
        );
        assert!(accounts.verify(hash(2), NOW).await.unwrap());
        assert!(!accounts.verify(hash(2), NOW).await.unwrap(), "twice");
        let stored = accounts.get(id).await.unwrap().unwrap();
        assert_eq!(stored.password_hash.as_deref(), Some("another"));
    }
}

#[tokio::test]
async fn link_is_good_for_its_purpose_tenant_and_time_only() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        let reset = link(LinkPurpose::Reset, 2);
        assert!(accounts.send_link(id, &reset, None).await.unwrap());
        let notice = mail("ada@mail.example", "password_changed");
        let of = |purpose, now| accounts.of_link(purpose, hash(2), now);
        assert_eq!(of(LinkPurpose::Reset, NOW).await.unwrap(), Some(id));
        assert_eq!(of(LinkPurpose::Verify, NOW).await.unwrap(), None);
        assert_eq!(of(LinkPurpose::Reset, LATER).await.unwrap(), None);
        let others = other.accounts();
        let elsewhere = others.reset_password(hash(2), "x", &notice, NOW);
        assert!(!elsewhere.await.unwrap());
        let late = accounts.reset_password(hash(2), "x", &notice, LATER).await;
        assert!(!late.unwrap());

        setup
            .scope
            .sessions()
            .begin(session(id, 9), None)
            .await
            .unwrap();
        let done = accounts.reset_password(hash(2), "x", &notice, NOW).await;
        assert!(done.unwrap());
        let found = setup.scope.sessions().find(hash(9), NOW).await.unwrap();
        assert_eq!(found, None, "a reset ends all sessions");
        let stored = accounts.get(id).await.unwrap().unwrap();
        assert_eq!(stored.password_hash.as_deref(), Some("x"));
    }
}

#[tokio::test]
async fn address_changes_by_its_link_unless_it_is_taken_by_then() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        let to = |new: &str, seed| NewLink {
            mail: Some(address(new)),
            ..link(LinkPurpose::Address, seed)
        };
        let notice = mail("ada@mail.example", "address_changed");
        accounts
            .send_link(id, &to("eve@mail.example", 2), None)
            .await
            .unwrap();
        verified(&setup, "eve@mail.example", 3).await;
        assert!(
            !accounts
                .change_address(hash(2), &notice, NOW)
                .await
                .unwrap()
        );

        accounts
            .send_link(id, &to("lovelace@mail.example", 4), None)
            .await
            .unwrap();
        accounts
            .send_link(id, &link(LinkPurpose::Reset, 5), None)
            .await
            .unwrap();
        assert!(
            accounts
                .change_address(hash(4), &notice, NOW)
                .await
                .unwrap()
        );
        let changed = accounts.get(id).await.unwrap().unwrap();
        assert_eq!(changed.account.mail, "lovelace@mail.example");
        let to_the_old = accounts
            .of_link(LinkPurpose::Reset, hash(5), NOW)
            .await
            .unwrap();
        assert_eq!(to_the_old, None);
        let mails = waiting(&setup).await;
        let told = ("address_changed".to_owned(), "ada@mail.example".to_owned());
        assert_eq!(
            mails.iter().filter(|mail| **mail == told).count(),
            1,
            "{mails:?}"
        );
    }
}

#[tokio::test]
async fn new_password_ends_the_links_that_were_mailed_before() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        let notice = mail("ada@mail.example", "password_changed");
        for by_reset in [true, false] {
            let away = NewLink {
                mail: Some(address("eve@mail.example")),
                ..link(LinkPurpose::Address, 2)
            };
            accounts.send_link(id, &away, None).await.unwrap();
            let reset = link(LinkPurpose::Reset, 3);
            accounts.send_link(id, &reset, None).await.unwrap();
            if by_reset {
                let done = accounts.reset_password(hash(3), "x", &notice, NOW);
                assert!(done.await.unwrap());
            } else {
                accounts.set_password(id, "y", None, &notice).await.unwrap();
            }
            for (purpose, seed) in [(LinkPurpose::Address, 2), (LinkPurpose::Reset, 3)] {
                let left = accounts.of_link(purpose, hash(seed), NOW).await.unwrap();
                assert_eq!(left, None, "{purpose:?} after a reset: {by_reset}");
            }
        }
    }
}

#[tokio::test]
async fn account_that_nobody_confirms_ends_after_a_week() {
    const WEEK: i64 = 7 * 24 * 3_600_000;

    for setup in setups().await {
        let confirmed = verified(&setup, "ada@mail.example", 1).await;
        let mut pending = Vec::new();
        for (seed, text) in ["idle", "asked", "staff", "closed"].iter().enumerate() {
            let mail = format!("{text}@mail.example");
            let seed = u8::try_from(seed).unwrap() + 2;
            let Registration::Pending(id) = registered(&setup, &mail, seed).await else {
                panic!("{mail} is known");
            };
            pending.push(id);
        }
        let accounts = setup.scope.accounts();
        let asked = NewLink {
            expires_at_ms: NOW + WEEK + 2,
            ..link(LinkPurpose::Reset, 9)
        };
        accounts.send_link(pending[1], &asked, None).await.unwrap();
        let support = Membership {
            role: Role::Support,
            seller: None,
        };
        accounts.grant(pending[2], support, NOW).await.unwrap();
        accounts.disable(pending[3], NOW).await.unwrap();

        let left = async |now| {
            setup.store.prune_identity(now).await.unwrap();
            let page = accounts.people(None, 10, None).await.unwrap();
            page.iter()
                .map(|person| person.account.id)
                .collect::<Vec<_>>()
        };
        let all = [&[confirmed][..], &pending].concat();
        assert_eq!(left(NOW + WEEK).await, all);
        let but_idle = [&[confirmed][..], &pending[1..]].concat();
        assert_eq!(left(NOW + WEEK + 1).await, but_idle);
        let at_last = [&[confirmed][..], &pending[2..]].concat();
        assert_eq!(left(NOW + WEEK + 2).await, at_last);
        let again = registered(&setup, "idle@mail.example", 10).await;
        assert!(matches!(again, Registration::Pending(_)));
    }
}

#[tokio::test]
async fn confirmed_address_displaces_an_account_that_nobody_confirmed() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        let notice = mail("ada@mail.example", "address_changed");
        let to = |new: &str, seed| NewLink {
            mail: Some(address(new)),
            ..link(LinkPurpose::Address, seed)
        };
        let Registration::Pending(squatter) = registered(&setup, "new@mail.example", 2).await
        else {
            panic!("known");
        };
        let away = to("new@mail.example", 3);
        accounts.send_link(id, &away, None).await.unwrap();
        let changed = accounts.change_address(hash(3), &notice, NOW).await;
        assert!(changed.unwrap());
        assert!(accounts.get(squatter).await.unwrap().is_none());

        // Somebody who was given a role is no squatter.
        let Registration::Pending(invited) = registered(&setup, "staff@mail.example", 4).await
        else {
            panic!("known");
        };
        let support = Membership {
            role: Role::Support,
            seller: None,
        };
        accounts.grant(invited, support, NOW).await.unwrap();
        let away = to("staff@mail.example", 5);
        accounts.send_link(id, &away, None).await.unwrap();
        let changed = accounts.change_address(hash(5), &notice, NOW).await;
        assert!(!changed.unwrap());
        assert!(accounts.get(invited).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn account_is_of_its_tenant_alone() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        setup
            .scope
            .sessions()
            .begin(session(id, 9), None)
            .await
            .unwrap();
        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        assert!(other.accounts().get(id).await.unwrap().is_none());
        assert!(
            other
                .accounts()
                .people(None, 10, None)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(other.sessions().find(hash(9), NOW).await.unwrap().is_none());
        assert!(other.sessions().list(id, NOW).await.unwrap().is_empty());
        let changes = AccountChanges::default();
        let refused = other.accounts().update(id, changes).await;
        assert!(matches!(refused, Err(StoreError::NotFound("account"))));
        let refused = other.accounts().disable(id, NOW).await;
        assert!(matches!(refused, Err(StoreError::NotFound("account"))));
        let link = link(LinkPurpose::Reset, 4);
        assert!(!other.accounts().send_link(id, &link, None).await.unwrap());
    }
}

#[tokio::test]
async fn roles_of_sellers_name_a_seller_of_the_tenant() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        setup
            .run("INSERT INTO sellers (tenant_id, slug, name) VALUES ({tenant}, 's', 'S')")
            .await;
        let seller = SellerId(setup.number("SELECT id FROM sellers").await);
        let grant = |role, seller| accounts.grant(id, Membership { role, seller }, NOW);
        grant(Role::SellerOwner, Some(seller)).await.unwrap();
        grant(Role::SellerOwner, Some(seller)).await.unwrap();
        grant(Role::Owner, None).await.unwrap();
        for (role, of) in [(Role::SellerOwner, None), (Role::Owner, Some(seller))] {
            assert!(
                matches!(grant(role, of).await, Err(StoreError::Invalid(_))),
                "{role}"
            );
        }
        assert!(
            grant(Role::SellerStaff, Some(SellerId(seller.0 + 1)))
                .await
                .is_err()
        );
        let roles = accounts.memberships(id).await.unwrap();
        let roles: Vec<_> = roles.iter().map(|one| (one.role, one.seller)).collect();
        let expected = [
            (Role::Customer, None),
            (Role::SellerOwner, Some(seller)),
            (Role::Owner, None),
        ];
        assert_eq!(roles, expected);
    }
}

#[tokio::test]
async fn erased_account_keeps_its_id_and_nothing_else() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        let accounts = setup.scope.accounts();
        super::factors::with_factor(&setup, id).await;
        let waits = super::factors::challenge(id, 3);
        setup.scope.factors().challenge(waits, None).await.unwrap();
        accounts.erase(id, LATER).await.unwrap();
        let erased = accounts.get(id).await.unwrap().unwrap();
        let account = &erased.account;
        assert_eq!((account.mail.as_str(), account.name.as_str()), ("", ""));
        assert_eq!(
            (account.erased_at_ms, account.verified_at_ms),
            (Some(LATER), None)
        );
        assert_eq!(erased.password_hash, None);
        for table in [
            "account_sessions",
            "account_links",
            "account_totp",
            "recovery_codes",
            "sign_in_challenges",
            "memberships",
            "mails",
        ] {
            let rows = setup.number(&format!("SELECT count(*) FROM {table}")).await;
            assert_eq!(rows, 0, "{table}");
        }
        assert!(accounts.people(None, 10, None).await.unwrap().is_empty());
        let again = accounts.erase(id, LATER).await;
        assert!(matches!(again, Err(StoreError::NotFound("account"))));
        let anew = verified(&setup, "ada@mail.example", 2).await;
        assert_ne!(anew, id);
        assert_ne!(anew, AccountId(0));
    }
}

#[tokio::test]
async fn tenant_takes_its_people_along() {
    for setup in setups().await {
        let id = verified(&setup, "ada@mail.example", 1).await;
        setup
            .scope
            .sessions()
            .begin(session(id, 9), None)
            .await
            .unwrap();
        setup.store.tenants().remove("main", None).await.unwrap();
        assert_eq!(setup.number("SELECT count(*) FROM accounts").await, 0);
        assert_eq!(
            setup.number("SELECT count(*) FROM account_sessions").await,
            0
        );
    }
}

#[tokio::test]
async fn what_is_printed_has_no_secret() {
    let setup = setup(TestDatabase::sqlite().await).await;
    let id = verified(&setup, "ada@mail.example", 1).await;
    let credentials = setup.scope.accounts().get(id).await.unwrap().unwrap();
    let queue = setup.store.mail_queue();
    let mails = queue.claim("test", 1, 1, NOW).await.unwrap();
    let (new, letter) = (
        new_account("ada@mail.example"),
        mail("ada@mail.example", "verify"),
    );
    let secrets = [
        credentials.password_hash.clone().unwrap(),
        new.password_hash.clone().unwrap(),
        letter.data.clone(),
        mails[0].data.clone(),
    ];
    let printed = [
        format!("{credentials:?}"),
        format!("{new:?}"),
        format!("{letter:?}"),
        format!("{mails:?}"),
    ];
    for (secret, printed) in secrets.iter().zip(printed) {
        assert!(!secret.is_empty() && !printed.contains(secret), "{printed}");
        // Nor as it is escaped.
        assert!(!printed.contains("secret"), "{printed}");
    }
}
