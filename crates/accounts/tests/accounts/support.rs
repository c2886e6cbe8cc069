//! Services over one database, with time and randomness that stand still.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use souk_accounts::{
    AccountOptions, AccountSecrets, AccountService, Client, LinkPages, Registrant, SignInOutcome,
    SignedIn, Surroundings,
};
use souk_domain::{Currency, Language};
use souk_identity::HashCost;
use souk_store::{DatabaseOptions, LiveSession, Mail, NewTenant, Store, Tenant};
use souk_testkit::{TestDatabase, databases};

pub(crate) const PASSWORD: &str = "vierzehn blaue Kuehe tanzen";
pub(crate) const OTHER_PASSWORD: &str = "purple llamas juggle teapots";
pub(crate) const ADA: &str = "ada@mail.example";

/// Clock and counter.
#[derive(Debug)]
pub(crate) struct Still {
    pub(crate) now_ms: AtomicI64,
    drawn: AtomicU64,
}

impl Surroundings for Still {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0xA5; 32];
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        bytes[..8].copy_from_slice(&drawn.to_be_bytes());
        bytes
    }
}

/// A database with a tenant.
pub(crate) struct Setup {
    pub(crate) store: Store,
    pub(crate) tenant: Tenant,
    pub(crate) still: Arc<Still>,
    pub(crate) sql: DatabaseConnection,
    _database: TestDatabase,
}

pub(crate) async fn setups() -> Vec<Setup> {
    let mut setups = Vec::new();
    for database in databases().await {
        setups.push(Setup::over(database).await);
    }
    setups
}

impl Setup {
    pub(crate) async fn over(database: TestDatabase) -> Self {
        let options = DatabaseOptions::new(database.url());
        let store = Store::connect(&options).await.unwrap();
        let tenant = NewTenant {
            slug: "shop".to_owned(),
            name: "Shop".to_owned(),
            hosts: vec!["shop.example".parse().unwrap()],
            language: Language::English,
            currency: Currency::EUR,
        };
        Self {
            tenant: store.tenants().add(tenant).await.unwrap(),
            store,
            still: Arc::new(Still {
                now_ms: AtomicI64::new(1_800_000_000_000),
                drawn: AtomicU64::new(0),
            }),
            sql: database.connect().await,
            _database: database,
        }
    }

    /// A service as another process has it.
    pub(crate) fn service(&self) -> AccountService {
        self.service_with(options())
    }

    pub(crate) fn service_with(&self, options: AccountOptions) -> AccountService {
        let secrets = AccountSecrets {
            pepper: [1; 32],
            devices: [2; 32],
            guessers: [3; 32],
            owners: [4; 32],
            seeds: [5; 32],
        };
        let still = Arc::clone(&self.still);
        AccountService::new(self.store.clone(), options, &secrets, None, still).unwrap()
    }

    pub(crate) fn now(&self) -> i64 {
        self.still.now_ms()
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.still.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Runs a statement that someone typed.
    pub(crate) async fn run(&self, sql: &str) {
        self.sql.execute_unprepared(sql).await.unwrap();
    }

    /// Number of failures that are counted, of all guessers.
    pub(crate) async fn failures(&self) -> i64 {
        let sql = "SELECT CAST(coalesce(sum(failures), 0) AS bigint) FROM sign_in_failures";
        let statement = Statement::from_string(self.sql.get_database_backend(), sql);
        let row = self.sql.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// The mails that waited.
    pub(crate) async fn claimed(&self) -> Vec<Mail> {
        let queue = self.store.mail_queue();
        let claimed = queue
            .claim("test", 100, 1, self.still.now_ms())
            .await
            .unwrap();
        for mail in &claimed {
            queue.sent("test", mail.id, 1).await.unwrap();
        }
        claimed
    }

    /// Token of a mail's link.
    pub(crate) fn token_of(mail: &Mail) -> Option<String> {
        let (_, token) = mail.data.split_once("#token=")?;
        Some(token.split('"').next().unwrap().to_owned())
    }

    /// Templates and links of the mails that waited.
    pub(crate) async fn mails(&self) -> Vec<(String, Option<String>)> {
        let claimed = self.claimed().await;
        let mails = claimed
            .into_iter()
            .map(|mail| (mail.template.clone(), Self::token_of(&mail)));
        mails.collect()
    }

    /// Token of the only mail that waits.
    pub(crate) async fn token(&self, template: &str) -> String {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        let (of, token) = mails.pop().unwrap();
        assert_eq!(of, template);
        token.unwrap()
    }

    /// Session of a token, if it is alive.
    pub(crate) async fn live(
        &self,
        service: &AccountService,
        token: &str,
    ) -> Option<Arc<LiveSession>> {
        service.session(self.tenant.id, token).await.unwrap()
    }

    /// An account that has confirmed its address, signed in.
    pub(crate) async fn member(&self, service: &AccountService, mail: &str) -> SignedIn {
        register(service, self, mail, PASSWORD).await;
        let token = self.token("verify").await;
        let outcome = service.verify(&self.tenant, &token, PASSWORD.to_owned(), client());
        begun(outcome.await.unwrap())
    }

    /// Signs in with the password alone.
    pub(crate) async fn sign_in(&self, service: &AccountService, mail: &str) -> SignedIn {
        let outcome = service.sign_in(&self.tenant, mail, PASSWORD.to_owned(), client());
        begun(outcome.await.unwrap())
    }
}

/// Session of a sign-in that needs no second factor.
pub(crate) fn begun(outcome: SignInOutcome) -> SignedIn {
    match outcome {
        SignInOutcome::SignedIn(signed_in) => *signed_in,
        SignInOutcome::SecondFactor(pending) => panic!("{pending:?}"),
    }
}

pub(crate) async fn register(service: &AccountService, setup: &Setup, mail: &str, password: &str) {
    let registrant = Registrant {
        mail: mail.to_owned(),
        name: "Ada".to_owned(),
        password: password.to_owned(),
        language: "en".to_owned(),
    };
    let registered = service.register(&setup.tenant, registrant, client());
    registered.await.unwrap();
}

pub(crate) fn options() -> AccountOptions {
    AccountOptions {
        cost: HashCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        },
        min_password_chars: 15,
        cores: 2,
        staff_needs_factor: true,
        shopper_sessions: 20,
        trusted_sessions: 3,
        attempts_per_minute: None,
        pages: LinkPages {
            url: String::new(),
            otherwise: "http://127.0.0.1".to_owned(),
        },
    }
}

pub(crate) fn client() -> &'static Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| Client {
        address: "192.0.2.1".to_owned(),
        network: "192.0.2.0/24".to_owned(),
        user_agent: "test".to_owned(),
        ..Client::default()
    });
    &CLIENT
}
