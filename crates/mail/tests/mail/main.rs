//! Mails on their way: to a server of the test's own that speaks SMTP, and into the local mailbox.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod server;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use souk_domain::{Currency, Language};
use souk_identity::{MailAddress, Role, TokenHash};
use souk_mail::{MailSender, Transport};
use souk_papers::{MailKind, PurchaseMail, Sums};
use souk_store::{
    DatabaseOptions, LinkPurpose, Membership, NewAccount, NewEvent, NewLink, NewMail, NewTenant,
    Scope, Sink, Store,
};
use souk_testkit::{TestDatabase, databases};

use self::server::{Answer, Server};

const NOW: i64 = 1_800_000_000_000;
const HOUR: i64 = 3_600_000;

struct Setup {
    store: Store,
    scope: Scope,
    sql: DatabaseConnection,
    _database: TestDatabase,
}

impl Setup {
    /// Texts that a query selects.
    async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.sql.get_database_backend(), sql);
        let rows = self.sql.query_all_raw(statement).await.unwrap();
        let texts = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
        texts.collect()
    }
}

async fn setups() -> Vec<Setup> {
    let mut setups = Vec::new();
    for database in databases().await {
        let store = Store::connect(&DatabaseOptions::new(database.url()))
            .await
            .unwrap();
        let tenant = NewTenant {
            slug: "shop".to_owned(),
            name: "Shop".to_owned(),
            hosts: vec![],
            language: Language::German,
            currency: Currency::EUR,
        };
        let tenant = store.tenants().add(tenant).await.unwrap();
        setups.push(Setup {
            scope: store.scope(tenant.id),
            sql: database.connect().await,
            store,
            _database: database,
        });
    }
    setups
}

/// Registers an account, which writes a mail.
async fn write(setup: &Setup, seed: u8) {
    let mail = MailAddress::parse(&format!("ada{seed}@mail.example")).unwrap();
    let account = NewAccount {
        mail: mail.clone(),
        name: "Ada".to_owned(),
        language: "de".to_owned(),
        password_hash: None,
        memberships: vec![Membership {
            role: Role::Customer,
            seller: None,
        }],
        at_ms: NOW,
    };
    let link = NewLink {
        purpose: LinkPurpose::Verify,
        hash: TokenHash([seed; 32]),
        mail: None,
        expires_at_ms: NOW + HOUR,
    };
    let letter = NewMail {
        recipient: mail,
        template: "verify",
        language: "de".to_owned(),
        data:
            r#"{"shop": "Bücher & mehr", "name": "Ada", "url": "https://shop.example/a#token=7"}"#
                .to_owned(),
        at_ms: NOW,
    };
    let accounts = setup.scope.accounts();
    accounts
        .register(&account, &link, Some(&letter), None)
        .await
        .unwrap();
}

fn sender(setup: &Setup, transport: Transport, worker: &str) -> MailSender {
    let from = Transport::sender("Souk <souk@shop.example>").unwrap();
    MailSender::new(setup.store.clone(), transport, from, worker.to_owned())
}

fn smtp(server: &Server) -> Transport {
    Transport::smtp(&server.url()).unwrap()
}

#[tokio::test]
async fn mail_reaches_the_server_once_whole_and_in_its_language() {
    for setup in setups().await {
        let server = Server::start(vec![]).await;
        write(&setup, 1).await;
        let one = sender(&setup, smtp(&server), "one");
        assert_eq!(one.tick(NOW).await.unwrap(), 1);
        for later in [NOW, NOW + HOUR, NOW + 48 * HOUR] {
            assert_eq!(one.tick(later).await.unwrap(), 0);
        }
        let mails = server.taken();
        assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        assert_eq!(mail.recipient, "ada1@mail.example");
        assert!(mail.data.contains("From: =?utf-8?"), "{}", mail.data);
        assert!(mail.data.contains("<souk@shop.example>"), "{}", mail.data);
        assert!(
            mail.data.contains("Content-Type: text/plain"),
            "{}",
            mail.data
        );
        assert!(
            mail.data.contains("Content-Type: text/html"),
            "{}",
            mail.data
        );
        assert!(mail.data.contains("Message-ID: <souk-"), "{}", mail.data);
        assert!(mail.data.contains("Hallo,"), "{}", mail.data);
    }
}

#[tokio::test]
async fn mail_that_the_server_puts_off_is_tried_again_later_and_later() {
    for setup in setups().await {
        let server = Server::start(vec![Answer::PutOff, Answer::PutOff]).await;
        write(&setup, 1).await;
        let one = sender(&setup, smtp(&server), "one");
        let mut sent = Vec::new();
        for minute in 0..5 {
            sent.push(one.tick(NOW + minute * 60_000).await.unwrap());
        }
        // At once, after one minute, and after two more.
        assert_eq!(sent, [0, 0, 0, 1, 0]);
        assert_eq!(server.taken().len(), 1);
    }
}

#[tokio::test]
async fn mail_is_given_up_when_it_is_refused_or_a_day_old() {
    for setup in setups().await {
        let server = Server::start(vec![Answer::Refuse]).await;
        write(&setup, 1).await;
        let one = sender(&setup, smtp(&server), "one");
        assert_eq!(one.tick(NOW).await.unwrap(), 0);
        assert_eq!(one.tick(NOW + 12 * HOUR).await.unwrap(), 0);
        assert!(server.taken().is_empty());

        let away = Server::start(vec![]).await;
        let nobody = sender(&setup, smtp(&away), "two");
        drop(away);
        write(&setup, 2).await;
        for minute in 0..24 * 60 {
            assert_eq!(nobody.tick(NOW + minute * 60_000).await.unwrap(), 0);
        }
        let late = sender(&setup, smtp(&server), "three");
        assert_eq!(late.tick(NOW + 25 * HOUR).await.unwrap(), 0);
        assert_eq!(late.tick(NOW + 48 * HOUR).await.unwrap(), 0);
    }
}

/// However slow the server is, the lease of a mail that waits for its turn cannot end meanwhile: it has none.
#[tokio::test]
async fn mail_is_claimed_when_it_is_its_turn() {
    for setup in setups().await {
        let server = Server::start(vec![]).await;
        for seed in 0..3 {
            write(&setup, seed).await;
        }
        let one = sender(&setup, smtp(&server), "one");
        assert_eq!(one.tick(NOW).await.unwrap(), 1);
        let queue = setup.store.mail_queue();
        let others = queue.claim("two", 10, 1_000, NOW).await.unwrap();
        assert_eq!(others.len(), 2);
    }
}

/// Servers quote the recipient in what they reply.
#[tokio::test]
async fn failure_is_noted_without_the_text_of_the_reply() {
    for setup in setups().await {
        let server = Server::start(vec![Answer::PutOff, Answer::Refuse]).await;
        write(&setup, 1).await;
        write(&setup, 2).await;
        let one = sender(&setup, smtp(&server), "one");
        for _ in 0..2 {
            assert_eq!(one.tick(NOW).await.unwrap(), 0);
        }
        let errors = setup.texts("SELECT error FROM mails ORDER BY id").await;
        let noted =
            ["451", "550"].map(|code| format!("the mail server did not take the mail: {code}"));
        assert_eq!(errors, noted);
    }
}

#[tokio::test]
async fn two_processes_send_each_mail_once() {
    for setup in setups().await {
        let server = Server::start(vec![]).await;
        for seed in 0..30 {
            write(&setup, seed).await;
        }
        let (one, two) = (
            sender(&setup, smtp(&server), "one"),
            sender(&setup, smtp(&server), "two"),
        );
        let all = async |sender: &MailSender| {
            let mut sent = 0;
            while setup.store.mail_queue().is_due(NOW).await.unwrap() {
                sent += sender.tick(NOW).await.unwrap();
            }
            sent
        };
        let (first, second) = tokio::join!(all(&one), all(&two));
        assert_eq!(first + second, 30);
        let mut recipients: Vec<_> = server
            .taken()
            .into_iter()
            .map(|mail| mail.recipient)
            .collect();
        recipients.sort();
        recipients.dedup();
        assert_eq!((recipients.len(), server.taken().len()), (30, 30));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn local_mailbox_has_the_mail_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    for setup in setups().await {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = folder.path().join("mailbox");
        write(&setup, 1).await;
        let local = sender(&setup, Transport::Folder(mailbox.clone()), "one");
        assert_eq!(local.tick(NOW).await.unwrap(), 1);
        let files: Vec<_> = std::fs::read_dir(&mailbox).unwrap().collect();
        assert_eq!(files.len(), 1);
        let file = files[0].as_ref().unwrap();
        assert!(file.file_name().to_str().unwrap().ends_with("-verify.eml"));
        let mode = |metadata: std::fs::Metadata| metadata.permissions().mode() & 0o777;
        assert_eq!(mode(file.metadata().unwrap()), 0o600);
        assert_eq!(mode(std::fs::metadata(&mailbox).unwrap()), 0o700);
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(text.contains("To: ada1@mail.example"), "{text}");
        // As they are, so that they can be read and copied without a mail program.
        for part in ["Bücher & mehr", "\r\nhttps://shop.example/a#token=7\r\n"] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[tokio::test]
async fn mail_about_a_purchase_reaches_a_guest_and_is_not_limited() {
    for setup in setups().await {
        let events = setup.scope.events();
        let event = NewEvent {
            kind: "order.placed",
            subject: "orders/1".to_owned(),
            data: "{}".to_owned(),
            actor: "test".to_owned(),
            at_ms: NOW,
        };
        events.add(&[event]).await.unwrap();
        let batch = events.claim(Sink::Mail, 10).await.unwrap().unwrap();
        let values = PurchaseMail {
            shop: "Bücher & mehr".to_owned(),
            number: Some("000017".to_owned()),
            currency: "EUR".to_owned(),
            tax_included: true,
            sums: Sums {
                total: 3_190,
                ..Sums::default()
            },
            ..PurchaseMail::default()
        };
        let letter = NewMail {
            recipient: MailAddress::parse("guest@mail.example").unwrap(),
            template: MailKind::OrderPlaced.name(),
            language: "de".to_owned(),
            data: serde_json::to_string(&values).unwrap(),
            at_ms: NOW,
        };
        for _ in 0..7 {
            batch.add_mail(None, &letter).await.unwrap();
        }
        batch.finish().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let local = Transport::Folder(folder.path().to_owned());
        let local = sender(&setup, local, "one");
        for _ in 0..7 {
            assert_eq!(local.tick(NOW).await.unwrap(), 1);
        }
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 7);
        let text = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
        for part in [
            "To: guest@mail.example",
            "31,90\u{a0}€",
            "Kauf 000017 bei Bücher & mehr",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
