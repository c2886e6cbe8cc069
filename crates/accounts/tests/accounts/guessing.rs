//! Guessing of passwords.

use std::time::{Duration, Instant};

use souk_accounts::{AccountError, AccountService, Client};

use crate::support::{ADA, OTHER_PASSWORD, PASSWORD, Setup, client, options, register, setups};

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
        assert_eq!(wait(&service, &setup, one_more, client()).await, Some(120));
        let elsewhere = Client {
            network: "198.51.100.0/24".to_owned(),
            ..client().clone()
        };
        assert_eq!(wait(&service, &setup, one_more, &elsewhere).await, None);
    }
}

#[tokio::test]
async fn known_device_is_not_counted_with_its_network() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let known = Client {
            device: Some(member.device.clone()),
            ..client().clone()
        };
        assert_eq!(
            wait(&service, &setup, (ADA, OTHER_PASSWORD), &known).await,
            None
        );
        for number in 0..50 {
            let mail = format!("a{number}@mail.example");
            assert_eq!(
                wait(&service, &setup, (&mail, PASSWORD), client()).await,
                None
            );
        }
        let shut_out = wait(&service, &setup, ("b@mail.example", PASSWORD), client()).await;
        assert_eq!(shut_out, Some(120));
        let signed_in = service.sign_in(&setup.tenant, ADA, PASSWORD.to_owned(), &known);
        signed_in.await.unwrap();
    }
}

/// Tries wrong passwords until the address is locked for half an hour.
async fn lock(service: &AccountService, setup: &Setup, mail: &str) {
    loop {
        match wait(service, setup, (mail, OTHER_PASSWORD), client()).await {
            Some(1_800) => return,
            Some(seconds) => setup.pass(i64::from(seconds) * 1_000),
            None => {}
        }
    }
}

#[tokio::test]
async fn owner_whom_strangers_lock_out_comes_back_by_a_link() {
    for setup in setups().await {
        let service = setup.service();
        setup.member(&service, ADA).await;
        lock(&service, &setup, ADA).await;
        let asked = service.ask_reset(&setup.tenant, ADA, client());
        asked.await.unwrap();
        let token = setup.token("reset").await;
        let reset = service.reset(&setup.tenant, &token, OTHER_PASSWORD.to_owned(), client());
        reset.await.unwrap();
        let sign_in = service.sign_in(&setup.tenant, ADA, OTHER_PASSWORD.to_owned(), client());
        sign_in.await.unwrap();
        assert_eq!(setup.mails().await, [("password_changed".to_owned(), None)]);

        // Nor does a lock-out of the address hold for a link to it, which has a count of its own.
        let eve = "eve@mail.example";
        lock(&service, &setup, eve).await;
        register(&service, &setup, eve, PASSWORD).await;
        let token = setup.token("verify").await;
        let verify = async |password: &str| {
            let done = service.verify(&setup.tenant, &token, password.to_owned(), client());
            done.await
        };
        for _ in 0..5 {
            let wrong = verify(OTHER_PASSWORD).await;
            assert!(matches!(wrong, Err(AccountError::WrongCredentials)));
        }
        let refused = verify(PASSWORD).await;
        assert!(matches!(refused, Err(AccountError::Wait(1))));
        setup.pass(1_000);
        verify(PASSWORD).await.unwrap();
    }
}

/// Waits until so many failures are counted.
async fn until_counted(setup: &Setup, failures: i64) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let counted = setup.failures().await;
        if counted == failures {
            return;
        }
        assert!(Instant::now() < deadline, "{counted} are counted");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn attempts_that_are_never_compared_are_not_counted() {
    for setup in setups().await {
        let mut without_cores = options();
        without_cores.cores = 0;
        let service = setup.service_with(without_cores);
        let mut attempts = tokio::task::JoinSet::new();
        for number in 0..40 {
            let (service, tenant) = (service.clone(), setup.tenant.clone());
            attempts.spawn(async move {
                let mail = format!("a{number}@mail.example");
                let tried = service.sign_in(&tenant, &mail, PASSWORD.to_owned(), client());
                tried.await.map(|_| ())
            });
        }
        for _ in 0..8 {
            let refused = attempts.join_next().await.unwrap().unwrap();
            assert!(matches!(refused, Err(AccountError::Busy)), "{refused:?}");
        }
        // By account and network.
        until_counted(&setup, 2 * 32).await;
        attempts.shutdown().await;
        until_counted(&setup, 0).await;
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

/// As a storefront's server asks for all its shoppers, without telling who they are.
#[tokio::test]
async fn client_that_is_not_known_is_counted_by_the_account_alone() {
    for setup in setups().await {
        let mut limited = options();
        limited.attempts_per_minute = Some(5);
        let service = setup.service_with(limited);
        let unknown = Client {
            address: String::new(),
            network: String::new(),
            ..client().clone()
        };
        for number in 0..60 {
            let mail = format!("a{number}@mail.example");
            let waits = wait(&service, &setup, (&mail, PASSWORD), &unknown).await;
            assert_eq!(waits, None, "{number}");
        }
        for _ in 0..5 {
            wait(&service, &setup, (ADA, PASSWORD), &unknown).await;
        }
        let waits = wait(&service, &setup, (ADA, PASSWORD), &unknown).await;
        assert_eq!(waits, Some(1));
    }
}
