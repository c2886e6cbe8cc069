//! Sign-ins in two steps.

use souk_accounts::{AccountError, Client, FactorAnswer, SignInOutcome};
use souk_domain::TenantId;
use souk_identity::FactorKind;

use crate::{
    factors::{answer, pending, protect},
    support::{ADA, PASSWORD, client, register, setups},
};

const STEP_MS: i64 = 30_000;

#[tokio::test]
async fn sign_in_takes_two_steps_and_each_code_once() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let other = setup.sign_in(&service, ADA).await.token.text();
        let ada = protect(&service, &setup, &member.token.text()).await;
        assert_eq!(setup.mails().await, [("factor_added".to_owned(), None)]);
        assert!(setup.live(&service, &other).await.is_none(), "others end");
        let old = setup.live(&service, &member.token.text()).await;
        assert!(old.is_none(), "the token changes");
        assert!(setup.live(&service, &ada.token).await.is_some());

        let first = pending(&service, &setup, ADA).await;
        assert_eq!(first.factors, [FactorKind::Totp, FactorKind::RecoveryCode]);
        let challenge = first.token.text();
        assert!(
            setup.live(&service, &challenge).await.is_none(),
            "no session"
        );
        let spent = ada.code(&setup, 0);
        let again = answer(&service, &setup, &first, &spent, client()).await;
        assert!(
            matches!(again, Err(AccountError::WrongCode("code"))),
            "the code that confirmed it"
        );
        for away in [-2, 2] {
            let wrong = answer(&service, &setup, &first, &ada.code(&setup, away), client()).await;
            assert!(
                matches!(wrong, Err(AccountError::WrongCode("code"))),
                "{away}"
            );
        }
        let late = ada.code(&setup, 1);
        let begun = answer(&service, &setup, &first, &late, client())
            .await
            .unwrap();
        let live = setup.live(&service, &begun.token.text()).await.unwrap();
        assert_eq!(live.session.factor_at_ms, Some(live.session.created_at_ms));
        let finished = answer(&service, &setup, &first, &ada.code(&setup, 1), client()).await;
        assert!(matches!(finished, Err(AccountError::InvalidChallenge)));

        // One step late, and one early, of what was not used yet.
        for away in [-1, 1] {
            setup.pass(3 * STEP_MS);
            let next = pending(&service, &setup, ADA).await;
            let code = ada.code(&setup, away);
            answer(&service, &setup, &next, &code, client())
                .await
                .unwrap();
        }
        let third = pending(&service, &setup, ADA).await;
        let lost = ada.recovery_code(3);
        answer(&service, &setup, &third, &lost, client())
            .await
            .unwrap();
        assert_eq!(
            setup.mails().await,
            [("recovery_code_used".to_owned(), None)]
        );
        let fourth = pending(&service, &setup, ADA).await;
        let again = answer(&service, &setup, &fourth, &lost, client()).await;
        assert!(matches!(
            again,
            Err(AccountError::WrongCode("recovery_code"))
        ));
        let listed = service.factors(setup.tenant.id, &live).await.unwrap();
        assert_eq!(listed.recovery_codes.left, 9);
    }
}

#[tokio::test]
async fn reset_neither_signs_in_nor_removes_the_factor() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let ada = protect(&service, &setup, &member.token.text()).await;
        let before = pending(&service, &setup, ADA).await;
        setup.mails().await;
        service
            .ask_reset(&setup.tenant, ADA, client())
            .await
            .unwrap();
        let link = setup.token("reset").await;
        let reset = service.reset(&setup.tenant, &link, PASSWORD.to_owned(), client());
        reset.await.unwrap();
        assert!(setup.live(&service, &ada.token).await.is_none());
        setup.pass(STEP_MS);
        let code = ada.code(&setup, 0);
        let over = answer(&service, &setup, &before, &code, client()).await;
        assert!(matches!(over, Err(AccountError::InvalidChallenge)));
        let after = pending(&service, &setup, ADA).await;
        answer(&service, &setup, &after, &code, client())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn challenge_is_over_after_five_minutes_and_after_five_guesses() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let ada = protect(&service, &setup, &member.token.text()).await;
        let late = pending(&service, &setup, ADA).await;
        setup.pass(5 * 60_000);
        let code = ada.code(&setup, 0);
        let over = answer(&service, &setup, &late, &code, client()).await;
        assert!(matches!(over, Err(AccountError::InvalidChallenge)));

        let guessed = pending(&service, &setup, ADA).await;
        let wrong = FactorAnswer::Code("no".to_owned());
        for _ in 0..5 {
            let refused = answer(&service, &setup, &guessed, &wrong, client()).await;
            assert!(matches!(refused, Err(AccountError::WrongCode("code"))));
        }
        let over = answer(&service, &setup, &guessed, &code, client()).await;
        assert!(matches!(over, Err(AccountError::InvalidChallenge)));
        let foreign = service
            .challenged(TenantId(99), &guessed.token.text(), client())
            .await;
        assert!(matches!(foreign, Err(AccountError::InvalidChallenge)));
    }
}

/// A right password does not forgive wrong codes, and a known device is not locked out.
#[tokio::test]
async fn ten_wrong_codes_lock_strangers_out_over_any_number_of_challenges() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let ada = protect(&service, &setup, &member.token.text()).await;
        let wrong = FactorAnswer::Code("000".to_owned());
        let mut failures = 0;
        let mut challenge = pending(&service, &setup, ADA).await;
        while failures < 10 {
            match answer(&service, &setup, &challenge, &wrong, client()).await {
                Err(AccountError::WrongCode(_)) => failures += 1,
                Err(AccountError::Wait(seconds)) => setup.pass(i64::from(seconds) * 1_000),
                Err(AccountError::InvalidChallenge) => {
                    challenge = pending(&service, &setup, ADA).await;
                }
                other => panic!("{other:?}"),
            }
        }
        let challenge = pending(&service, &setup, ADA).await;
        let locked = answer(&service, &setup, &challenge, &ada.code(&setup, 0), client()).await;
        assert!(
            matches!(locked, Err(AccountError::Wait(1_800))),
            "{locked:?}"
        );
        let known = Client {
            device: Some(member.device.clone()),
            ..client().clone()
        };
        let begun = answer(&service, &setup, &challenge, &ada.code(&setup, 0), &known).await;
        begun.unwrap();
    }
}

/// Of a stored seed that belongs to somebody else.
#[tokio::test]
async fn seed_that_was_copied_from_another_account_is_no_factor() {
    for setup in setups().await {
        let service = setup.service();
        let ada = setup.member(&service, ADA).await;
        let eve = setup.member(&service, "eve@mail.example").await;
        protect(&service, &setup, &ada.token.text()).await;
        let eve = protect(&service, &setup, &eve.token.text()).await;
        setup
            .run("UPDATE account_totp SET seed = (SELECT seed FROM account_totp ORDER BY account_id DESC LIMIT 1)")
            .await;
        setup.pass(STEP_MS);
        let challenge = pending(&service, &setup, ADA).await;
        let tried = answer(&service, &setup, &challenge, &eve.code(&setup, 0), client()).await;
        assert!(matches!(tried, Err(AccountError::Seed(_))), "{tried:?}");
    }
}

/// Not even a link to the mailbox gets past the factor.
#[tokio::test]
async fn confirmation_by_link_asks_for_the_factor_too() {
    for setup in setups().await {
        let service = setup.service();
        let member = setup.member(&service, ADA).await;
        let ada = protect(&service, &setup, &member.token.text()).await;
        setup.mails().await;
        setup.run("UPDATE accounts SET verified_at = NULL").await;
        register(&service, &setup, ADA, PASSWORD).await;
        let link = setup.token("verify").await;
        let verify = async || {
            let verified = service.verify(&setup.tenant, &link, PASSWORD.to_owned(), client());
            verified.await
        };
        let SignInOutcome::SecondFactor(waits) = verify().await.unwrap() else {
            panic!("the link signed in");
        };
        let again = verify().await;
        assert!(matches!(again, Err(AccountError::InvalidLink)), "{again:?}");
        let code = ada.recovery_code(0);
        let begun = answer(&service, &setup, &waits, &code, client()).await;
        assert_eq!(begun.unwrap().account.mail, ADA);
    }
}
