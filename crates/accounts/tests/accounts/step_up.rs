//! Proofs of a factor before what matters.

use souk_accounts::{AccountError, AccountService};
use souk_domain::TenantId;
use souk_store::LiveSession;

use crate::{
    factors::{protect, step_up},
    support::{ADA, OTHER_PASSWORD, PASSWORD, Setup, client, setups},
};

const PROOF_MS: i64 = 5 * 60_000;

/// A second process sees a proof and its end within a second; the one that took it at once.
#[tokio::test]
async fn proof_is_seen_at_once_here_and_within_a_second_elsewhere() {
    for setup in setups().await {
        let (here, there) = (setup.service(), setup.service());
        let member = setup.member(&here, ADA).await;
        let ada = protect(&here, &setup, &member.token.text()).await;
        setup.pass(PROOF_MS);
        let before = setup.live(&there, &ada.token).await.unwrap();
        assert!(setup.live(&here, &ada.token).await.is_some());
        let renewed = step_up(&here, &setup, &ada.token, &ada.code(&setup, 0))
            .await
            .unwrap();
        let live = setup.live(&here, &renewed).await.unwrap();
        assert_eq!(live.session.id, before.session.id);
        assert!(live.session.factor_at_ms > before.session.factor_at_ms);
        assert!(
            setup.live(&here, &ada.token).await.is_none(),
            "the token changes"
        );
        let found = setup.live(&there, &renewed).await.unwrap();
        assert_eq!(found.session.factor_at_ms, live.session.factor_at_ms);
        setup.pass(999);
        assert!(setup.live(&there, &ada.token).await.is_none());
        // By plain SQL as well.
        setup
            .run("UPDATE account_sessions SET factor_at = NULL")
            .await;
        setup.pass(999);
        for service in [&here, &there] {
            let live = setup.live(service, &renewed).await.unwrap();
            assert_eq!(live.session.factor_at_ms, None);
        }
    }
}

/// Tries everything that matters, and returns how it was refused.
async fn refusals(
    service: &AccountService,
    setup: &Setup,
    live: &LiveSession,
) -> Vec<AccountError> {
    let tenant: TenantId = setup.tenant.id;
    let password = || PASSWORD.to_owned();
    let passwords = (password(), OTHER_PASSWORD.to_owned());
    let address = ("lovelace@mail.example", password());
    let phone = (String::new(), password());
    vec![
        service
            .change_password(&setup.tenant, live, passwords, client())
            .await
            .unwrap_err(),
        service
            .ask_address(&setup.tenant, live, address, client())
            .await
            .unwrap_err(),
        service
            .begin_totp(&setup.tenant, live, phone, client())
            .await
            .unwrap_err(),
        service
            .remove_totp(&setup.tenant, live, password(), client())
            .await
            .unwrap_err(),
        service
            .renew_recovery_codes(tenant, live, password(), client())
            .await
            .unwrap_err(),
        service.export(tenant, live, client()).await.unwrap_err(),
        service
            .erase(tenant, live, password(), client())
            .await
            .unwrap_err(),
    ]
}

#[tokio::test]
async fn sensitive_operation_needs_a_proof_within_five_minutes_and_the_password_still() {
    for setup in setups().await {
        let service = setup.service();
        let tenant = setup.tenant.id;
        let member = setup.member(&service, ADA).await;
        let ada = protect(&service, &setup, &member.token.text()).await;
        setup.pass(PROOF_MS);
        let live = setup.live(&service, &ada.token).await.unwrap();
        let hashes = service.computed_hashes();
        for refusal in refusals(&service, &setup, &live).await {
            assert!(matches!(refusal, AccountError::StepUpRequired), "{refusal}");
        }
        assert_eq!(service.computed_hashes(), hashes, "not even compared");
        let wrong = step_up(&service, &setup, &ada.token, &ada.code(&setup, 5)).await;
        assert!(matches!(wrong, Err(AccountError::WrongCode("code"))));
        let token = step_up(&service, &setup, &ada.token, &ada.code(&setup, 0))
            .await
            .unwrap();
        let live = setup.live(&service, &token).await.unwrap();

        let phone = (String::new(), PASSWORD.to_owned());
        let second = service
            .begin_totp(&setup.tenant, &live, phone, client())
            .await;
        assert!(matches!(second, Err(AccountError::FactorExists)));
        let export = service.export(tenant, &live, client()).await.unwrap();
        assert_eq!(export.factors.totp.unwrap().name, "Phone");
        let wrong = service.remove_totp(&setup.tenant, &live, OTHER_PASSWORD.to_owned(), client());
        assert!(matches!(wrong.await, Err(AccountError::WrongPassword)));
        let password = || PASSWORD.to_owned();
        let codes = service.renew_recovery_codes(tenant, &live, password(), client());
        assert_eq!(codes.await.unwrap().len(), 10);
        let lost = step_up(&service, &setup, &token, &ada.recovery_code(0)).await;
        assert!(matches!(
            lost,
            Err(AccountError::WrongCode("recovery_code"))
        ));
        setup.mails().await;
        let removed = service.remove_totp(&setup.tenant, &live, password(), client());
        removed.await.unwrap();
        assert_eq!(setup.mails().await, [("factor_removed".to_owned(), None)]);
        let live = setup.live(&service, &token).await.unwrap();
        assert_eq!(live.session.factor_at_ms, None);
        let none = step_up(&service, &setup, &token, &ada.code(&setup, 1)).await;
        assert!(matches!(none, Err(AccountError::NotFound("factor"))));
        setup.sign_in(&service, ADA).await;
        service.export(tenant, &live, client()).await.unwrap();
    }
}
