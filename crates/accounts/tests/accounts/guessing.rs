//! Guessing of passwords.

use souk_accounts::{AccountError, AccountService, Client};

use crate::support::{ADA, OTHER_PASSWORD, PASSWORD, Setup, client, options, setups};

/// Tries a password, and returns the seconds to wait if it was not even compared.
async fn wait(
    service: &AccountService,
    setup: &Setup,
    (mail, password): (&str, &str),
    client: &Client,
) -> Option<u32> {
    let hashes = service.computed_hashes();
    let tried = service.sign_in(&setup.tenant, mail, password.to_owned(), client);
    match tried.await {
        Err(AccountError::Wait(seconds)) => {
            assert_eq!(
                service.computed_hashes(),
                hashes,
                "a refused attempt costs nothing"
            );
            Some(seconds)
        }
        Err(AccountError::WrongCredentials) => None,
        Err(error) => panic!("{error}"),
        Ok(_) => None,
    }
}

#[tokio::test]
async fn ten_failures_lock_strangers_out_and_not_the_known_device() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        // The address of nobody is locked alike.
        for mail in [ADA, "nobody@mail.example"] {
            let mut failures = 0;
            while failures < 10 {
                match wait(&service, &setup, (mail, OTHER_PASSWORD), client()).await {
                    Some(seconds) => setup.pass(i64::from(seconds) * 1_000),
                    None => failures += 1,
                }
            }
            let locked = wait(&service, &setup, (mail, PASSWORD), client()).await;
            assert_eq!(locked, Some(1_800), "{mail}");
        }
        let known = Client {
            device: Some(member.device.clone()),
            ..client().clone()
        };
        let signed_in = service.sign_in(&setup.tenant, ADA, PASSWORD.to_owned(), &known);
        signed_in.await.unwrap();
        let forged = Client {
            device: Some(member.device.replace('a', "b")),
            ..client().clone()
        };
        assert!(
            wait(&service, &setup, (ADA, PASSWORD), &forged)
                .await
                .is_some()
        );
        setup.pass(1_800_000);
        let over = service.sign_in(&setup.tenant, ADA, PASSWORD.to_owned(), client());
        over.await.unwrap();
        // It begins anew.
        assert_eq!(
            wait(&service, &setup, (ADA, OTHER_PASSWORD), client()).await,
            None
        );
        assert_eq!(
            wait(&service, &setup, (ADA, PASSWORD), client()).await,
            None
        );
    }
}

#[tokio::test]
async fn network_that_tries_many_accounts_has_to_wait() {
    for setup in setups().await {
        let service = setup.service();
        for number in 0..50 {
            let mail = format!("a{number}@mail.example");
            let waits = wait(&service, &setup, (&mail, PASSWORD), client()).await;
            assert_eq!(waits, None, "{number}");
        }
        let one_more = ("b@mail.example", PASSWORD);
        assert_eq!(wait(&service, &setup, one_more, client()).await, Some(1));
        let elsewhere = Client {
            network: "198.51.100.0/24".to_owned(),
            ..client().clone()
        };
        assert_eq!(wait(&service, &setup, one_more, &elsewhere).await, None);
    }
}

#[tokio::test]
async fn client_beyond_its_quota_has_to_wait() {
    for setup in setups().await {
        let mut limited = options();
        limited.attempts_per_minute = Some(5);
        let service = setup.service_with(limited);
        for _ in 0..5 {
            service
                .ask_reset(&setup.tenant, ADA, client())
                .await
                .unwrap();
        }
        let refused = service.ask_reset(&setup.tenant, ADA, client()).await;
        assert!(
            matches!(refused, Err(AccountError::Wait(1..=12))),
            "{refused:?}"
        );
        let tried = service
            .sign_in(&setup.tenant, ADA, PASSWORD.to_owned(), client())
            .await;
        assert!(matches!(tried, Err(AccountError::Wait(_))));
    }
}
