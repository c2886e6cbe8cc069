//! Registration, sign-in, links, changes.

use souk_accounts::{AccountError, Client, Registrant};
use souk_identity::{HashCost, Role};
use souk_store::{
    AccountChanges, Membership,
    audit::{AuditEntry, AuditFilter},
};
use souk_testkit::TestDatabase;

use crate::support::{
    ADA, OTHER_PASSWORD, PASSWORD, Setup, begun, client, options, register, setups,
};

/// Tells as little by its work as by its answer.
#[tokio::test]
async fn unknown_and_known_addresses_cost_one_hash_and_get_one_answer() {
    for setup in setups().await {
        let service = setup.service();
        setup.member(&service, ADA).await;
        register(&service, &setup, "eve@mail.example", PASSWORD).await;
        setup.mails().await;
        let closed = "bob@mail.example";
        let bob = setup.member(&service, closed).await;
        let accounts = setup.store.scope(setup.tenant.id).accounts();
        accounts.disable(bob.account.id, 1).await.unwrap();

        for (mail, password) in [
            (ADA, OTHER_PASSWORD),
            ("nobody@mail.example", PASSWORD),
            ("eve@mail.example", PASSWORD),
            (closed, PASSWORD),
        ] {
            let before = service.computed_hashes();
            let refused = service.sign_in(&setup.tenant, mail, password.to_owned(), client());
            let refused = refused.await.unwrap_err();
            assert!(
                matches!(refused, AccountError::WrongCredentials),
                "{mail}: {refused}"
            );
            assert_eq!(service.computed_hashes() - before, 1, "{mail}");
        }
        for mail in [ADA, "new@mail.example"] {
            let before = service.computed_hashes();
            register(&service, &setup, mail, PASSWORD).await;
            assert_eq!(service.computed_hashes() - before, 1, "{mail}");
            let asked = service.ask_reset(&setup.tenant, mail, client()).await;
            asked.unwrap();
        }
        service
            .ask_reset(&setup.tenant, "nobody@mail.example", client())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn link_needs_the_password_and_works_once_and_for_half_an_hour() {
    for setup in setups().await {
        let service = setup.service();
        register(&service, &setup, ADA, PASSWORD).await;
        let first = setup.token("verify").await;
        register(&service, &setup, ADA, PASSWORD).await;
        let token = setup.token("verify").await;
        let verify = async |token: &str, password: &str| {
            let done = service.verify(&setup.tenant, token, password.to_owned(), client());
            done.await.map(|outcome| begun(outcome).account.mail)
        };
        assert!(matches!(
            verify(&first, PASSWORD).await,
            Err(AccountError::InvalidLink)
        ));
        let wrong = verify(&token, OTHER_PASSWORD).await;
        assert!(matches!(wrong, Err(AccountError::WrongCredentials)));
        assert_eq!(verify(&token, PASSWORD).await.unwrap(), ADA);
        assert!(matches!(
            verify(&token, PASSWORD).await,
            Err(AccountError::InvalidLink)
        ));

        service
            .ask_reset(&setup.tenant, ADA, client())
            .await
            .unwrap();
        let token = setup.token("reset").await;
        setup.pass(30 * 60_000);
        let late = service.reset(&setup.tenant, &token, OTHER_PASSWORD.to_owned(), client());
        assert!(matches!(late.await, Err(AccountError::InvalidLink)));
    }
}

#[tokio::test]
async fn reset_ends_every_session_and_a_weak_password_leaves_its_link() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        service
            .ask_reset(&setup.tenant, ADA, client())
            .await
            .unwrap();
        let token = setup.token("reset").await;
        let weak = service.reset(
            &setup.tenant,
            &token,
            "adaadaadaadaada".to_owned(),
            client(),
        );
        let Err(AccountError::Invalid(fault)) = weak.await else {
            panic!("a weak password was taken");
        };
        assert_eq!(fault.field, "password");
        let reset = service.reset(&setup.tenant, &token, OTHER_PASSWORD.to_owned(), client());
        reset.await.unwrap();
        assert!(setup.live(&service, &member.token.text()).await.is_none());
        assert_eq!(setup.mails().await, [("password_changed".to_owned(), None)]);
        let sign_in =
            |password: &str| service.sign_in(&setup.tenant, ADA, password.to_owned(), client());
        assert!(sign_in(PASSWORD).await.is_err());
        sign_in(OTHER_PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn name_that_a_stranger_chose_is_in_no_mail() {
    for setup in setups().await {
        let service = setup.service();
        register(&service, &setup, ADA, PASSWORD).await;
        service
            .ask_reset(&setup.tenant, ADA, client())
            .await
            .unwrap();
        let mut reset = None;
        for mail in setup.claimed().await {
            assert!(!mail.data.contains("\"Ada\""), "{}", mail.template);
            reset = Setup::token_of(&mail);
        }
        let token = reset.unwrap();
        let done = service.reset(&setup.tenant, &token, OTHER_PASSWORD.to_owned(), client());
        done.await.unwrap();
        for mail in setup.claimed().await {
            assert!(!mail.data.contains("\"Ada\""), "{}", mail.template);
        }
        // From now on it is hers.
        service
            .ask_reset(&setup.tenant, ADA, client())
            .await
            .unwrap();
        let mails = setup.claimed().await;
        assert!(mails[0].data.contains("\"Ada\""));
    }
}

#[tokio::test]
async fn change_of_the_password_keeps_one_session_and_ends_the_others() {
    for setup in setups().await {
        let service = setup.service();
        let kept = setup.member(&service, ADA).await;
        let other = setup.sign_in(&service, ADA).await;
        let live = setup.live(&service, &kept.token.text()).await.unwrap();
        let change = |current: &str, new: &str| {
            let passwords = (current.to_owned(), new.to_owned());
            service.change_password(&setup.tenant, &live, passwords, client())
        };
        let wrong = change(OTHER_PASSWORD, OTHER_PASSWORD).await;
        assert!(matches!(wrong, Err(AccountError::WrongPassword)));
        assert_eq!(change(PASSWORD, OTHER_PASSWORD).await.unwrap(), 1);
        assert!(setup.live(&service, &kept.token.text()).await.is_some());
        assert!(setup.live(&service, &other.token.text()).await.is_none());
    }
}

#[tokio::test]
async fn sign_in_replaces_the_session_that_the_client_had() {
    for setup in setups().await {
        let service = setup.service();
        let before = setup.member(&service, ADA).await;
        let client = Client {
            previous: Some(before.token.hash()),
            ..client().clone()
        };
        let after = service.sign_in(&setup.tenant, ADA, PASSWORD.to_owned(), &client);
        let after = begun(after.await.unwrap());
        assert_ne!(after.token, before.token);
        assert!(setup.live(&service, &before.token.text()).await.is_none());
        assert!(setup.live(&service, &after.token.text()).await.is_some());
    }
}

#[tokio::test]
async fn hash_of_an_older_cost_is_replaced_at_the_next_sign_in() {
    for setup in setups().await {
        setup.member(&setup.service(), ADA).await;
        let mut dearer = options();
        dearer.cost = HashCost {
            passes: 2,
            ..dearer.cost
        };
        let service = setup.service_with(dearer);
        for hashes in [2, 1] {
            let before = service.computed_hashes();
            service
                .sign_in(&setup.tenant, ADA, PASSWORD.to_owned(), client())
                .await
                .unwrap();
            assert_eq!(service.computed_hashes() - before, hashes);
        }
    }
}

#[tokio::test]
async fn sessions_of_staff_are_short_and_few() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let membership = Membership {
            role: Role::Support,
            seller: None,
        };
        let accounts = setup.store.scope(setup.tenant.id).accounts();
        accounts
            .grant(member.account.id, membership, 1)
            .await
            .unwrap();
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(setup.sign_in(&service, ADA).await.token.text());
        }
        assert!(
            setup.live(&service, &tokens[0]).await.is_none(),
            "three at most"
        );
        setup.pass(59 * 60_000);
        let live = setup.live(&service, &tokens[3]).await.unwrap();
        assert_eq!(live.memberships.len(), 2);
        setup.pass(60 * 60_000);
        assert!(
            setup.live(&service, &tokens[3]).await.is_none(),
            "an hour without use"
        );
        assert!(setup.live(&service, &tokens[2]).await.is_none());
    }
}

#[tokio::test]
async fn address_moves_with_a_link_and_account_leaves_with_the_password() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let tenant = setup.tenant.id;
        let token = member.token.text();
        let live = setup.live(&service, &token).await.unwrap();
        let new = ("lovelace@mail.example", PASSWORD.to_owned());
        service
            .ask_address(&setup.tenant, &live, new, client())
            .await
            .unwrap();
        let mut mails = setup.mails().await;
        let (template, link) = mails.pop().unwrap();
        assert_eq!(template, "address");
        assert_eq!(
            mails,
            [("address_asked".to_owned(), None)],
            "to the old one"
        );
        let link = link.unwrap();
        service
            .change_address(&setup.tenant, &link, client())
            .await
            .unwrap();
        let live = setup.live(&service, &token).await.unwrap();
        assert_eq!(live.account.mail, "lovelace@mail.example");
        assert_eq!(setup.mails().await, [("address_changed".to_owned(), None)]);

        let changes = AccountChanges {
            name: Some("Lovelace".to_owned()),
            ..AccountChanges::default()
        };
        let account = service.update(tenant, &live, changes).await.unwrap();
        assert_eq!(account.name, "Lovelace");
        let live = setup.live(&service, &token).await.unwrap();
        let export = service.export(tenant, &live, client()).await.unwrap();
        assert_eq!(
            (export.account.name.as_str(), export.sessions.len()),
            ("Lovelace", 1)
        );

        let wrong = service
            .erase(tenant, &live, OTHER_PASSWORD.to_owned(), client())
            .await;
        assert!(matches!(wrong, Err(AccountError::WrongPassword)));
        service
            .erase(tenant, &live, PASSWORD.to_owned(), client())
            .await
            .unwrap();
        assert!(setup.live(&service, &token).await.is_none());
    }
}

#[tokio::test]
async fn security_events_are_in_the_audit_log_without_secrets() {
    for setup in setups().await {
        let service = setup.service();
        let ada = setup.member(&service, ADA).await;
        let wrong = service.sign_in(&setup.tenant, ADA, OTHER_PASSWORD.to_owned(), client());
        wrong.await.unwrap_err();
        register(&service, &setup, ADA, OTHER_PASSWORD).await;
        service
            .ask_reset(&setup.tenant, ADA, client())
            .await
            .unwrap();

        let log = setup.store.audit();
        let tenant = setup.tenant.id;
        let entries = log.page(tenant, &AuditFilter::default(), 10).await.unwrap();
        let of_ada = format!("account:{}", ada.account.id.0);
        let told = |entry: &AuditEntry| (entry.action.clone(), entry.actor.clone());
        let told: Vec<_> = entries.iter().map(told).collect();
        // What anybody can cause is nothing that she did.
        let expected = [
            ("password.reset_asked", "anonymous"),
            ("account.registered_again", "anonymous"),
            ("session.refused", "anonymous"),
            ("account.verified", of_ada.as_str()),
            ("session.signed_in", of_ada.as_str()),
            ("account.registered", "anonymous"),
        ];
        let expected = expected.map(|(name, actor)| (name.to_owned(), actor.to_owned()));
        assert_eq!(told, expected);
        let target = Some(format!("accounts/{}", ada.account.id.0));
        assert!(entries.iter().all(|entry| entry.target == target));
        let text = format!("{entries:?}");
        for secret in [ADA, PASSWORD, OTHER_PASSWORD, &ada.token.text()] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert_eq!(log.verify_chain(tenant).await.unwrap().fault, None);
    }
}

#[tokio::test]
async fn what_is_printed_has_no_secret() {
    let setup = Setup::over(TestDatabase::sqlite().await).await;
    let signed_in = setup.member(&setup.service(), ADA).await;
    let known = Client {
        device: Some(signed_in.device.clone()),
        previous: Some(signed_in.token.hash()),
        ..client().clone()
    };
    let registrant = Registrant {
        mail: ADA.to_owned(),
        name: "Ada".to_owned(),
        password: PASSWORD.to_owned(),
        language: "en".to_owned(),
    };
    let printed = format!("{signed_in:?} {known:?} {registrant:?}");
    for secret in [PASSWORD, &signed_in.device, &signed_in.token.text()] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("192.0.2.1"), "{printed}");
}
