//! Second factors: added, recorded, and what tests of them share.

use data_encoding::BASE32_NOPAD;
use souk_accounts::{
    AccountError, AccountService, BegunTotp, Client, FactorAnswer, PendingSignIn, SignInOutcome,
    SignedIn,
};
use souk_identity::{TotpSeed, totp_step};
use souk_store::audit::AuditFilter;

use crate::support::{ADA, OTHER_PASSWORD, PASSWORD, Setup, client, setups};

/// An account with an authenticator app.
pub(crate) struct Protected {
    pub(crate) seed: TotpSeed,
    pub(crate) recovery_codes: Vec<String>,
    /// Token of the session in which it was confirmed.
    pub(crate) token: String,
}

impl Protected {
    /// Code of the present step, or one so many steps away.
    pub(crate) fn code(&self, setup: &Setup, away: i64) -> FactorAnswer {
        let now = setup.now();
        FactorAnswer::Code(self.seed.code(totp_step(now) + away))
    }

    pub(crate) fn recovery_code(&self, number: usize) -> FactorAnswer {
        FactorAnswer::RecoveryCode(self.recovery_codes[number].clone())
    }
}

fn seed_of(begun: &BegunTotp) -> TotpSeed {
    let bytes = BASE32_NOPAD.decode(begun.enrolment.secret.as_bytes());
    TotpSeed::new(bytes.unwrap().try_into().unwrap())
}

/// Adds an app to the account of a session.
pub(crate) async fn protect(service: &AccountService, setup: &Setup, token: &str) -> Protected {
    let live = setup.live(service, token).await.unwrap();
    let phone = ("Phone".to_owned(), PASSWORD.to_owned());
    let begun = service.begin_totp(&setup.tenant, &live, phone, client());
    let seed = seed_of(&begun.await.unwrap());
    let code = seed.code(totp_step(setup.now()));
    let confirmed = service.confirm_totp(&setup.tenant, &live, &code, client());
    let confirmed = confirmed.await.unwrap();
    Protected {
        seed,
        recovery_codes: confirmed
            .recovery_codes
            .iter()
            .map(|code| code.text())
            .collect(),
        token: confirmed.session.token.text(),
    }
}

/// First step of a sign-in.
pub(crate) async fn pending(service: &AccountService, setup: &Setup, mail: &str) -> PendingSignIn {
    let outcome = service.sign_in(&setup.tenant, mail, PASSWORD.to_owned(), client());
    match outcome.await.unwrap() {
        SignInOutcome::SecondFactor(pending) => pending,
        SignInOutcome::SignedIn(_) => panic!("the password alone signed in"),
    }
}

/// Second step of a sign-in.
pub(crate) async fn answer(
    service: &AccountService,
    setup: &Setup,
    pending: &PendingSignIn,
    answer: &FactorAnswer,
    client: &Client,
) -> Result<SignedIn, AccountError> {
    let token = pending.token.text();
    let challenged = service.challenged(setup.tenant.id, &token, client).await?;
    service
        .answer(&setup.tenant, challenged, answer, client)
        .await
}

pub(crate) async fn step_up(
    service: &AccountService,
    setup: &Setup,
    token: &str,
    answer: &FactorAnswer,
) -> Result<String, AccountError> {
    let live = setup.live(service, token).await.unwrap();
    let renewed = service.step_up(&setup.tenant, &live, answer, client());
    renewed.await.map(|renewed| renewed.token.text())
}

#[tokio::test]
async fn unconfirmed_app_is_not_asked_for_and_ends() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let live = setup.live(&service, &member.token.text()).await.unwrap();
        let begin = async |password: &str| {
            let phone = ("Phone".to_owned(), password.to_owned());
            service
                .begin_totp(&setup.tenant, &live, phone, client())
                .await
        };
        assert!(matches!(
            begin(OTHER_PASSWORD).await,
            Err(AccountError::WrongPassword)
        ));
        let first = begin(PASSWORD).await.unwrap();
        assert!(first.qr_code.contains("<svg"));
        assert!(
            first
                .enrolment
                .url
                .starts_with("otpauth://totp/Shop:ada%40mail.example?")
        );
        let second = begin(PASSWORD).await.unwrap();
        let code = async |begun: &BegunTotp| {
            let now = setup.now();
            let code = seed_of(begun).code(totp_step(now));
            service
                .confirm_totp(&setup.tenant, &live, &code, client())
                .await
        };
        setup.sign_in(&service, ADA).await;
        let replaced = code(&first).await;
        assert!(matches!(replaced, Err(AccountError::WrongCode("code"))));
        setup.pass(10 * 60_000);
        let late = code(&second).await;
        assert!(matches!(late, Err(AccountError::NotFound("factor"))));
        assert_eq!(
            service.factors(setup.tenant.id, &live).await.unwrap().totp,
            None
        );
    }
}

#[tokio::test]
async fn events_of_factors_are_in_the_audit_log_without_secrets() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let ada = protect(&service, &setup, &member.token.text()).await;
        let challenge = pending(&service, &setup, ADA).await;
        let wrong = FactorAnswer::Code("000".to_owned());
        let refused = answer(&service, &setup, &challenge, &wrong, client()).await;
        refused.unwrap_err();
        let lost = ada.recovery_code(0);
        let begun = answer(&service, &setup, &challenge, &lost, client())
            .await
            .unwrap();
        let token = begun.token.text();
        let token = step_up(&service, &setup, &token, &ada.code(&setup, 1))
            .await
            .unwrap();
        let live = setup.live(&service, &token).await.unwrap();
        let password = || PASSWORD.to_owned();
        let codes = service.renew_recovery_codes(setup.tenant.id, &live, password(), client());
        let codes = codes.await.unwrap();
        let removed = service.remove_totp(&setup.tenant, &live, password(), client());
        removed.await.unwrap();

        let log = setup.store.audit();
        let filter = AuditFilter::default();
        let entries = log.page(setup.tenant.id, &filter, 20).await.unwrap();
        let mut told: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
        told.reverse();
        let expected = [
            "account.registered",
            "session.signed_in",
            "account.verified",
            "factor.added",
            "factor.asked",
            "factor.refused",
            "recovery_code.used",
            "session.signed_in",
            "session.stepped_up",
            "recovery_code.made",
            "factor.removed",
        ];
        assert_eq!(told, expected);
        let text = format!("{entries:?}");
        let secrets = [
            ada.seed.base32(),
            ada.recovery_codes[0].clone(),
            codes[0].text(),
            challenge.token.text(),
            token,
        ];
        for secret in secrets {
            assert!(!text.contains(&secret), "{secret} in {text}");
        }
        assert_eq!(log.verify_chain(setup.tenant.id).await.unwrap().fault, None);
    }
}
