//! Accounts of other systems.

use souk_accounts::{AccountError, Newcomer};

use crate::support::*;

/// Hash of [`PASSWORD`] as PHP makes it.
const BCRYPT: &str = "$2y$04$E5WoIE1ITRYRlx19/15P1OkTFA9MthkahtVkkK5MrmnOj5YT7dyga";
/// The same as phpass makes it.
const PHPASS: &str = "$P$5RzzzWbTgCHYJsmTDjPmdTjNZUSYdW.";

fn newcomer(row: u64, mail: &str, password_hash: &str) -> Newcomer {
    Newcomer {
        row,
        mail: mail.to_owned(),
        name: "Ada".to_owned(),
        password_hash: password_hash.to_owned(),
        ..Newcomer::default()
    }
}

async fn stored(setup: &Setup, mail: &str) -> Option<String> {
    let mail = souk_identity::MailAddress::parse(mail).unwrap();
    let accounts = setup.store.scope(setup.tenant.id).accounts();
    accounts
        .by_mail(&mail)
        .await
        .unwrap()
        .unwrap()
        .password_hash
}

#[tokio::test]
async fn imported_password_is_good_and_hashed_anew_at_the_first_sign_in() {
    for setup in setups().await {
        let service = setup.service();
        let newcomers = [
            newcomer(2, ADA, BCRYPT),
            newcomer(3, "eve@mail.example", PHPASS),
            newcomer(4, "none@mail.example", ""),
        ];
        let summary = service.import(&setup.tenant, newcomers).await.unwrap();
        assert_eq!((summary.added, summary.known), (3, 0), "{summary:?}");
        for mail in [ADA, "eve@mail.example"] {
            let wrong = service.sign_in(&setup.tenant, mail, OTHER_PASSWORD.to_owned(), client());
            assert!(matches!(wrong.await, Err(AccountError::WrongCredentials)));
            let imported = stored(&setup, mail).await.unwrap();
            assert!(imported.starts_with("imported:$"), "{imported}");
            for _ in 0..2 {
                let right = service.sign_in(&setup.tenant, mail, PASSWORD.to_owned(), client());
                right.await.unwrap();
                let own = stored(&setup, mail).await.unwrap();
                assert!(own.starts_with("$argon2id$"), "{own}");
            }
        }
        // Whoever has no password asks for a link.
        assert_eq!(stored(&setup, "none@mail.example").await, None);
        let asked = service.ask_reset(&setup.tenant, "none@mail.example", client());
        asked.await.unwrap();
        let token = setup.token("reset").await;
        let reset = service.reset(&setup.tenant, &token, PASSWORD.to_owned(), client());
        reset.await.unwrap();
    }
}

#[tokio::test]
async fn repeated_import_changes_nobody_and_faults_name_row_and_field() {
    for setup in setups().await {
        let service = setup.service();
        setup.member(&service, ADA).await;
        let before = stored(&setup, ADA).await;
        let long = "a".repeat(300);
        let mut named = newcomer(5, "long@mail.example", "");
        named.name = long;
        let mut spoken = newcomer(6, "lang@mail.example", "");
        spoken.language = "klingon".to_owned();
        let newcomers = [
            newcomer(2, ADA, BCRYPT),
            newcomer(3, "no address", BCRYPT),
            newcomer(4, "md5@mail.example", "5f4dcc3b5aa765d61d8327deb882cf99"),
            named,
            spoken,
            newcomer(7, "eve@mail.example", BCRYPT),
            newcomer(8, "EVE@mail.example", PHPASS),
        ];
        let summary = service
            .import(&setup.tenant, newcomers.clone())
            .await
            .unwrap();
        assert_eq!((summary.added, summary.known), (1, 2), "{summary:?}");
        let faults = summary
            .faults
            .iter()
            .map(|one| (one.row, &*one.fault.field));
        let expected = [
            (3, "mail"),
            (4, "password_hash"),
            (5, "name"),
            (6, "language"),
        ];
        assert_eq!(faults.collect::<Vec<_>>(), expected);
        assert_eq!(stored(&setup, ADA).await, before);
        let again = service.import(&setup.tenant, newcomers).await.unwrap();
        assert_eq!((again.added, again.known), (0, 3));
    }
}

#[tokio::test]
async fn more_than_a_batch_is_imported() {
    for setup in setups().await {
        let service = setup.service();
        let newcomers =
            (1..=1_203).map(|row| newcomer(row, &format!("p{row}@mail.example"), BCRYPT));
        let summary = service.import(&setup.tenant, newcomers).await.unwrap();
        assert_eq!((summary.added, summary.faults.len()), (1_203, 0));
    }
}
