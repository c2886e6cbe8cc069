//! Any order of sign-in, sign-out, revocation and disabling over two processes: what is over is refused by both within a second.

use std::collections::HashSet;

use proptest::{prelude::*, test_runner::TestRunner};
use souk_accounts::AccountService;
use souk_domain::TenantId;
use souk_testkit::TestDatabase;

use crate::support::{PASSWORD, Setup, client};

const MAILS: [&str; 2] = ["ada@mail.example", "eve@mail.example"];
/// Less than the second after which nothing is believed.
const ALMOST_A_SECOND: i64 = 999;

/// Something that somebody does.
#[derive(Debug, Clone)]
enum Step {
    SignIn {
        account: usize,
    },
    SignOut {
        session: usize,
    },
    RevokeOthers {
        session: usize,
    },
    /// By hand, of the row of the newest session.
    DeleteNewest,
    Disable {
        account: usize,
    },
    Enable {
        account: usize,
    },
    /// Has every session in the memory of a process.
    UseAll,
    Wait {
        ms: i64,
    },
}

fn step() -> impl Strategy<Value = (usize, Step)> {
    let account = 0..MAILS.len();
    let session = 0..8_usize;
    let step = prop_oneof![
        4 => account.clone().prop_map(|account| Step::SignIn { account }),
        2 => session.clone().prop_map(|session| Step::SignOut { session }),
        1 => session.prop_map(|session| Step::RevokeOthers { session }),
        1 => Just(Step::DeleteNewest),
        1 => account.clone().prop_map(|account| Step::Disable { account }),
        1 => account.prop_map(|account| Step::Enable { account }),
        3 => Just(Step::UseAll),
        1 => (0..1_200_i64).prop_map(|ms| Step::Wait { ms }),
    ];
    (0..2_usize, step)
}

/// A session that has begun.
struct Begun {
    account: usize,
    token: String,
    is_over: bool,
}

struct Field {
    setup: Setup,
    processes: [AccountService; 2],
    begun: Vec<Begun>,
    disabled: HashSet<usize>,
}

impl Field {
    async fn start(database: TestDatabase) -> Self {
        let setup = Setup::over(database).await;
        let processes = [setup.service(), setup.service()];
        for mail in MAILS {
            setup.member(&processes[0], mail).await;
        }
        setup.run("DELETE FROM account_sessions").await;
        Self {
            setup,
            processes,
            begun: Vec::new(),
            disabled: HashSet::new(),
        }
    }

    fn tenant(&self) -> TenantId {
        self.setup.tenant.id
    }

    fn end(&mut self, which: impl Fn(usize, &Begun) -> bool) {
        for (number, session) in self.begun.iter_mut().enumerate() {
            session.is_over |= which(number, session);
        }
    }

    async fn step(&mut self, process: usize, step: &Step) {
        let service = self.processes[process].clone();
        match *step {
            Step::SignIn { account } => {
                let tenant = &self.setup.tenant;
                let tried = service.sign_in(tenant, MAILS[account], PASSWORD.to_owned(), client());
                match tried.await {
                    Ok(signed_in) => {
                        assert!(!self.disabled.contains(&account));
                        self.begun.push(Begun {
                            account,
                            token: signed_in.token.text(),
                            is_over: false,
                        });
                    }
                    Err(error) => {
                        assert!(self.disabled.contains(&account), "{error}");
                        // Attempts at a closed account count; they are not what is tried here.
                        self.setup.run("DELETE FROM sign_in_failures").await;
                    }
                }
            }
            Step::SignOut { session } | Step::RevokeOthers { session } => {
                let Some(begun) = self.begun.get(session) else {
                    return;
                };
                let (account, token) = (begun.account, begun.token.clone());
                let live = service.session(self.tenant(), &token).await.unwrap();
                let Some(live) = live else { return };
                if matches!(step, Step::SignOut { .. }) {
                    service.sign_out(self.tenant(), &live, "").await.unwrap();
                    self.end(|number, _| number == session);
                } else {
                    service
                        .revoke_others(self.tenant(), &live, "")
                        .await
                        .unwrap();
                    self.end(|number, other| other.account == account && number != session);
                }
            }
            Step::DeleteNewest => {
                let newest = "SELECT max(id) FROM account_sessions";
                let sql = format!("DELETE FROM account_sessions WHERE id = ({newest})");
                self.setup.run(&sql).await;
                let newest = self.begun.iter().rposition(|begun| !begun.is_over);
                self.end(|number, _| Some(number) == newest);
            }
            Step::Disable { account } => {
                let id = self.account_id(account).await;
                let accounts = self.setup.store.scope(self.tenant()).accounts();
                accounts.disable(id, 1).await.unwrap();
                self.disabled.insert(account);
                self.end(|_, session| session.account == account);
            }
            Step::Enable { account } => {
                let id = self.account_id(account).await;
                let accounts = self.setup.store.scope(self.tenant()).accounts();
                accounts.enable(id).await.unwrap();
                self.disabled.remove(&account);
            }
            Step::UseAll => {
                for session in &self.begun {
                    let found = service.session(self.tenant(), &session.token).await;
                    assert!(session.is_over || found.unwrap().is_some());
                }
            }
            Step::Wait { ms } => self.setup.pass(ms),
        }
    }

    async fn account_id(&self, account: usize) -> souk_domain::AccountId {
        let mail = souk_identity::MailAddress::parse(MAILS[account]).unwrap();
        let accounts = self.setup.store.scope(self.tenant()).accounts();
        accounts.by_mail(&mail).await.unwrap().unwrap().account.id
    }

    /// Holds after every step and a second.
    async fn check(&self) {
        self.setup.pass(ALMOST_A_SECOND);
        for session in &self.begun {
            for (process, service) in self.processes.iter().enumerate() {
                let found = service
                    .session(self.tenant(), &session.token)
                    .await
                    .unwrap();
                assert_eq!(found.is_none(), session.is_over, "process {process}");
            }
        }
    }
}

async fn play(database: TestDatabase, steps: &[(usize, Step)]) {
    let mut field = Field::start(database).await;
    for (process, step) in steps {
        // Where they are believed, so that a process that is not told goes on believing.
        for service in &field.processes {
            for session in &field.begun {
                let found = service
                    .session(field.tenant(), &session.token)
                    .await
                    .unwrap();
                assert_eq!(found.is_none(), session.is_over);
            }
        }
        field.step(*process, step).await;
        field.check().await;
    }
}

#[test]
fn nothing_that_is_over_is_accepted_a_second_later() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig {
        cases: 12,
        ..ProptestConfig::with_source_file(file!())
    };
    let steps = proptest::collection::vec(step(), 1..14);
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&steps, |steps| {
        runtime.block_on(async {
            play(TestDatabase::sqlite().await, &steps).await;
            play(TestDatabase::postgres().await, &steps).await;
        });
        Ok(())
    });
    outcome.unwrap();
}
