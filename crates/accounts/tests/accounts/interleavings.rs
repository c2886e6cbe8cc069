//! Any order of sign-in, sign-out, revocation, disabling and changes of second factors over two processes: what is over is
//! refused by both within a second, and a session counts as proven exactly if a factor was proven in it.

use std::collections::{HashMap, HashSet};

use proptest::{prelude::*, test_runner::TestRunner};
use souk_accounts::{AccountError, AccountService, SignInOutcome};
use souk_domain::TenantId;
use souk_testkit::TestDatabase;

use crate::{
    factors::{Protected, answer, protect},
    support::{PASSWORD, Setup, client},
};

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
    AddFactor {
        session: usize,
    },
    ProveFactor {
        session: usize,
    },
    RemoveFactor {
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
        1 => session.clone().prop_map(|session| Step::RevokeOthers { session }),
        2 => session.clone().prop_map(|session| Step::AddFactor { session }),
        1 => session.clone().prop_map(|session| Step::ProveFactor { session }),
        1 => session.prop_map(|session| Step::RemoveFactor { session }),
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
    is_proven: bool,
}

struct Field {
    setup: Setup,
    processes: [AccountService; 2],
    begun: Vec<Begun>,
    disabled: HashSet<usize>,
    factors: HashMap<usize, Protected>,
    /// Tokens of sessions that have another one by now.
    replaced: Vec<String>,
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
            factors: HashMap::new(),
            replaced: Vec::new(),
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
                    Ok(outcome) => {
                        assert!(!self.disabled.contains(&account));
                        let is_proven = self.factors.contains_key(&account);
                        let token = match outcome {
                            SignInOutcome::SignedIn(signed_in) => {
                                assert!(!is_proven, "the password alone");
                                signed_in.token.text()
                            }
                            SignInOutcome::SecondFactor(pending) => {
                                let code = self.code(account).await;
                                let begun =
                                    answer(&service, &self.setup, &pending, &code, client()).await;
                                begun.unwrap().token.text()
                            }
                        };
                        self.begun.push(Begun {
                            account,
                            token,
                            is_over: false,
                            is_proven,
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
            Step::AddFactor { session } => {
                let Some((account, token)) = self.alive(session) else {
                    return;
                };
                if self.factors.contains_key(&account) {
                    return;
                }
                let protected = protect(&service, &self.setup, &token).await;
                self.renew(session, protected.token.clone());
                self.factors.insert(account, protected);
                self.end(|number, other| other.account == account && number != session);
            }
            Step::ProveFactor { session } => {
                let Some((account, token)) = self.alive(session) else {
                    return;
                };
                if !self.factors.contains_key(&account) {
                    return;
                }
                let code = self.code(account).await;
                let live = self.setup.live(&service, &token).await.unwrap();
                let renewed = service.step_up(&self.setup.tenant, &live, &code, client());
                let token = renewed.await.unwrap().token.text();
                self.renew(session, token);
            }
            Step::RemoveFactor { session } => {
                let Some((account, token)) = self.alive(session) else {
                    return;
                };
                let live = self.setup.live(&service, &token).await.unwrap();
                let password = PASSWORD.to_owned();
                let removed = service.remove_totp(&self.setup.tenant, &live, password, client());
                match removed.await {
                    Ok(()) => {
                        assert!(self.begun[session].is_proven);
                        self.factors.remove(&account);
                        let of_account = |begun: &&mut Begun| begun.account == account;
                        for begun in self.begun.iter_mut().filter(of_account) {
                            begun.is_proven = false;
                        }
                    }
                    Err(AccountError::NotFound("factor")) => {
                        assert!(!self.factors.contains_key(&account));
                    }
                    Err(error) => panic!("{error}"),
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

    /// Account and token of a session that is alive.
    fn alive(&self, session: usize) -> Option<(usize, String)> {
        let begun = self.begun.get(session).filter(|begun| !begun.is_over)?;
        Some((begun.account, begun.token.clone()))
    }

    /// A good code of an account, though the one before it was of the same half minute.
    async fn code(&self, account: usize) -> souk_accounts::FactorAnswer {
        self.setup
            .run("UPDATE account_totp SET last_step = -1")
            .await;
        self.factors[&account].code(&self.setup, 0)
    }

    fn renew(&mut self, session: usize, token: String) {
        let begun = &mut self.begun[session];
        begun.is_proven = true;
        let replaced = std::mem::replace(&mut begun.token, token);
        self.replaced.push(replaced);
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
                let proven = found.map(|live| live.session.factor_at_ms.is_some());
                let expected = (!session.is_over).then_some(session.is_proven);
                assert_eq!(proven, expected, "process {process}");
            }
        }
        for token in &self.replaced {
            for service in &self.processes {
                let found = service.session(self.tenant(), token).await.unwrap();
                assert!(found.is_none(), "a token that was replaced");
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
